// What is checked of policies beyond that they parse: that a forbid cannot fail for want of an
// attribute, that a policy is about something, and with a schema all that Cedar's validator knows.
import { validate } from '@cedar-policy/cedar-wasm/nodejs'
import { doubtsOf } from './doubts.ts'
import { expressionText } from './expression-text.ts'
import type { UnguardedRead } from './guards.ts'
import { findUnguardedReads } from './guards.ts'
import { leadingOf } from './leading.ts'
import type { PolicyError } from './place.ts'
import { Places } from './place.ts'
import { findSchemaExcess } from './schema-bounds.ts'
import type { PlacedPolicy } from './text.ts'
import { guarded, parsePlaced, placed } from './text.ts'
import type { Piece } from './text-bounds.ts'

export interface Checked {
  errors: PolicyError[]
  warnings: PolicyError[]
}

/**
 * Checks policies as they are to be stored. With a schema in Cedar's text form, Cedar's validator
 * says which attributes are optional; without one, all are but those that the platform itself
 * provides. Never throws.
 */
export function checkPolicies(text: string, schema?: string): Checked {
  const { policies, errors } = parsePlaced(text)
  if (errors.length > 0) return { errors, warnings: [] }
  const places = new Places(text)
  const warnings = policies.flatMap((policy) => [
    ...findUnanchored(policy, places),
    ...findDoubtful(policy, places, schema !== undefined),
  ])
  if (schema !== undefined) {
    const validated = validatePolicies(policies, schema, places)
    return { errors: validated.errors, warnings: [...warnings, ...validated.warnings] }
  }
  const holes: PolicyError[] = []
  for (const policy of policies) {
    if (holes.length >= errorsMax) break
    holes.push(...findHoles(text, policy, places))
  }
  return { errors: holes.slice(0, errorsMax), warnings }
}

const errorsMax = 100

function findHoles(text: string, policy: PlacedPolicy, places: Places): PolicyError[] {
  if (policy.json.effect !== 'forbid') return []
  // Each is searched for in the text.
  const reads = findUnguardedReads(policy.json.conditions).slice(0, errorsMax)
  return reads.map((read) => {
    const { start, end } = locate(text, policy.piece, read)
    const of = expressionText(read.of)
    const name = read.name === undefined ? '…' : JSON.stringify(read.name)
    const plain = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(read.name ?? '') ? read.name : name
    const test = read.kind === 'tag' ? `${of}.hasTag(${name})` : `${of} has ${plain}`
    const message = `a forbid must not read ${read.kind} ${name} before \`${shorten(test)}\``
    return places.error(message, start, end, holeHelp)
  })
}

const holeHelp =
  'where it is absent the policy would fail and forbid nothing: to forbid then, too, ' +
  'write `!(… has …) || …`, and not to, `… has … && …`'

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

/** Where the read stands: JSON has no places, but both have their reads in the same order. */
function locate(text: string, piece: Piece, { kind, name, nth }: UnguardedRead) {
  const { tokens } = piece
  let seen = 0
  let inHas = false
  for (const [i, token] of tokens.entries()) {
    const written = text.slice(token.start, token.end)
    if (written === 'has') inHas = true
    else if (inHas && written !== '.' && tokens[i - 1] && !/^(has|\.)$/.test(at(i - 1)))
      inHas = false
    if (inHas) continue
    if (kind === 'tag' ? written === 'getTag' : isReadOf(i, name ?? '')) {
      if (seen === nth) return token
      seen += 1
    }
  }
  return piece

  function at(i: number): string {
    const token = tokens[i]
    return token === undefined ? '' : text.slice(token.start, token.end)
  }

  function isReadOf(i: number, wanted: string): boolean {
    if (at(i - 1) === '.') return at(i) === wanted && at(i + 1) !== '('
    return (
      at(i - 1) === '[' && at(i + 1) === ']' && tokens[i]?.kind === 'text' && at(i).includes(wanted)
    )
  }
}

/** A schema has types of its own, and its validator knows them. */
function findDoubtful(
  { json, piece }: PlacedPolicy,
  places: Places,
  hasSchema: boolean,
): PolicyError[] {
  if (hasSchema) return []
  return doubtsOf(json).map(({ message, help }) =>
    places.error(message, piece.start, piece.end, help),
  )
}

/** A forbid of everything under a condition is how people close; a permit of that is a hole. */
function findUnanchored({ json, piece }: PlacedPolicy, places: Places): PolicyError[] {
  const scopes = [json.principal, json.action, json.resource]
  if (json.effect === 'forbid' || scopes.some(({ op }) => op !== 'All')) return []
  if (leadingOf(json.conditions).anchors.length > 0) return []
  const isOpen = json.conditions.length === 0
  const message = isOpen
    ? 'this policy permits everything to everybody'
    : 'this policy may permit any principal any action on any resource'
  const help = 'name in its head what it is about'
  return [places.error(message, piece.start, piece.end, help)]
}

function lengthOf(policies: readonly PlacedPolicy[]): number {
  return policies.reduce((sum, { text }) => sum + text.length, 0)
}

function validatePolicies(
  policies: readonly PlacedPolicy[],
  schema: string,
  places: Places,
): Checked {
  const excess = findSchemaExcess(schema, lengthOf(policies))
  if (excess.length > 0) return { errors: excess, warnings: [] }
  const [templates, statics] = [true, false].map((wanted) =>
    Object.fromEntries(
      policies.flatMap(({ text, template }, i) => (template === wanted ? [[`${i}`, text]] : [])),
    ),
  )
  const answer = guarded(() =>
    validate({
      schema,
      policies: { staticPolicies: statics ?? {}, templates: templates ?? {}, templateLinks: [] },
    }),
  )
  if (answer.type === 'failure')
    return { errors: answer.errors.map(({ message }) => ({ message })), warnings: [] }
  const place = ({ policyId, error }: (typeof answer.validationErrors)[number]) => {
    const piece = policies[Number(policyId)]?.piece
    const described = { ...error, message: error.message.replace(/^for policy `\d+`, /, '') }
    return piece === undefined ? { message: error.message } : placed(described, piece, places)
  }
  return {
    errors: answer.validationErrors.map(place),
    warnings: answer.validationWarnings.map(place),
  }
}
