// What an order may name: DNS names (RFC 8555 §7.1.4), wildcards among them, and addresses
// (RFC 8738), each in the one form that a certificate will have.
import type { AcmeSettings } from '../connectors/authority/acme-server.ts'
import { parseAlternativeName } from '../x509/alternative-name.ts'
import { namesOutside } from '../x509/chain/constraints.ts'
import { X509Error } from '../x509/error.ts'
import type { NameConstraints } from '../x509/extension/extension.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { acmeErrors, type Subproblem, typeOf } from './errors.ts'

export interface Identifier {
  type: 'dns' | 'ip'
  value: string
}

export type ChallengeType = AcmeSettings['challenges'][number]

/** Each once, in their order. Throws with a subproblem for each that is refused. */
export function readIdentifiers(
  sent: readonly { type: string; value: string }[],
  { challenges }: Pick<AcmeSettings, 'challenges'>,
): Identifier[] {
  const read = new Map<string, Identifier>()
  const refused: Subproblem[] = []
  for (const { type, value } of sent) {
    const answer = readOne(type, value, challenges)
    if ('wrong' in answer) {
      const code = answer.unsupported ? 'acme_unsupported_identifier' : 'acme_rejected_identifier'
      const shown = { type: type.slice(0, 20), value: value.slice(0, 253) }
      const kind = typeOf(acmeErrors.problem(code))
      refused.push({ type: kind, detail: answer.wrong, identifier: shown })
    } else {
      read.set(`${answer.type} ${answer.value}`, answer)
    }
  }
  const [first] = refused
  if (first === undefined) return [...read.values()]
  const isUnsupported = first.type.endsWith(':unsupportedIdentifier')
  throw acmeErrors.problem(
    isUnsupported ? 'acme_unsupported_identifier' : 'acme_rejected_identifier',
    { message: first.detail, details: { subproblems: refused } },
  )
}

/** Nobody should prove names that no certificate can have. Throws with a subproblem for each. */
export function requireWithin(
  identifiers: readonly Identifier[],
  above: readonly NameConstraints[],
): void {
  const type = typeOf(acmeErrors.problem('acme_rejected_identifier'))
  const subproblems: Subproblem[] = identifiers.flatMap(({ type: kind, value }) => {
    const [outside] = namesOutside([parseAlternativeName(value)], above)
    if (outside === undefined) return []
    const detail = `${outside} by the authority's constraints`
    return [{ type, detail, identifier: { type: kind, value } }]
  })
  const [first] = subproblems
  if (first === undefined) return
  throw acmeErrors.problem('acme_rejected_identifier', {
    message: first.detail,
    details: { subproblems },
  })
}

function readOne(
  type: string,
  value: string,
  offered: readonly ChallengeType[],
): Identifier | { wrong: string; unsupported?: true } {
  if (type !== 'dns' && type !== 'ip') {
    return { wrong: `Identifiers of type ${type.slice(0, 20)} are unknown`, unsupported: true }
  }
  const name = nameOf(value)
  if (typeof name === 'string') return { wrong: name }
  if (name.kind !== type) return { wrong: `"${value.slice(0, 100)}" is none of type ${type}` }
  if (type === 'dns' && !/^[\x21-\x7e]+$/.test(value)) {
    return { wrong: `"${value.slice(0, 100)}" must be in its ASCII form` }
  }
  if (challengesFor({ type, value: name.value }, offered).length === 0) {
    return { wrong: `The authority offers no challenge that proves ${name.value}` }
  }
  return { type, value: name.value }
}

function nameOf(value: string): GeneralName | string {
  try {
    return parseAlternativeName(value)
  } catch (error) {
    if (error instanceof X509Error) return error.message
    throw error
  }
}

export function isWildcard({ value }: Pick<Identifier, 'value'>): boolean {
  return value.startsWith('*.')
}

/** Only the zone proves a wildcard (RFC 8555 §7.1.3), and never an address (RFC 8738 §4). */
export function challengesFor(
  identifier: Identifier,
  offered: readonly ChallengeType[],
): ChallengeType[] {
  if (identifier.type === 'ip') return offered.filter((type) => type !== 'dns-01')
  return isWildcard(identifier) ? offered.filter((type) => type === 'dns-01') : [...offered]
}
