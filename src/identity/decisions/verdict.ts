// What the policies say of a request, told apart and in words. Closed beyond Cedar: where a deny
// rule could not be evaluated, nothing is allowed.
import type { NamedPolicy, PoliciesInForce } from '../authorization/active-policies.ts'
import { decide } from '../policy/decide.ts'
import type { Entities } from '../policy/entities.ts'
import { explain } from '../policy/explain.ts'
import type { AccessRequest } from '../policy/json.ts'
import type { Explanation, Reason } from './schema.ts'
import type { FailedPolicy } from './store.ts'

export interface Verdict {
  allowed: boolean
  reason: Reason
  message: string
  policies: NamedPolicy[]
  errors: FailedPolicy[]
}

export interface Facts {
  request: AccessRequest
  entities: Entities
}

export function verdictOf(inForce: PoliciesInForce, { request, entities }: Facts): Verdict {
  const { decision, reasons, errors: failures } = decide(inForce.set, request, entities)
  const policies = named(inForce, reasons)
  const errors = failures.flatMap(({ policyId, message }) => {
    const policy = inForce.policies.get(policyId)
    return policy === undefined ? [] : [{ ...policy, message }]
  })
  if (decision === 'deny') {
    const [first] = policies
    if (first === undefined) return denied('not_permitted', 'No policy permits this', { errors })
    return { ...denied('forbidden', `${quoted(first)} forbids this`, { errors }), policies }
  }
  const failed = errors.filter(({ effect }) => effect === 'forbid')
  const [first] = failed
  if (first !== undefined) {
    const message = `${quoted(first)} forbids some things and could not be evaluated`
    const blamed = named(
      inForce,
      failures.map(({ policyId }) => policyId),
    ).filter(({ effect }) => effect === 'forbid')
    return { ...denied('deny_rule_failed', message, { errors }), policies: blamed }
  }
  const [permit] = policies
  const message = permit === undefined ? 'Permitted' : `${quoted(permit)} permits this`
  return { allowed: true, reason: 'permitted', message, policies, errors }
}

export function denied(
  reason: Reason,
  message: string,
  { errors = [] }: { errors?: FailedPolicy[] } = {},
): Verdict {
  return { allowed: false, reason, message, policies: [], errors }
}

const nearMissesMax = 20

export function explanationOf(inForce: PoliciesInForce, { request, entities }: Facts): Explanation {
  const found = explain(inForce.set, request, entities, { nearMissesMax })
  return {
    considered: found.considered,
    matched: named(inForce, found.matched),
    near_misses: found.nearMisses.flatMap(({ policyId, failed, actual }) => {
      const policy = inForce.policies.get(policyId)
      if (policy === undefined) return []
      return [{ ...policy, failed, ...(actual === undefined ? {} : { actual: plain(actual) }) }]
    }),
  }
}

/** Integers beyond what JSON's numbers hold become text. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)),
  )
}

/** Each policy once, although several of its parts may have matched. */
function named({ policies }: PoliciesInForce, ids: readonly string[]): NamedPolicy[] {
  const [only] = ids
  const found = new Map<string, NamedPolicy>()
  if (only === undefined) return []
  for (const id of ids) {
    const policy = policies.get(id)
    if (policy !== undefined) found.set(`${policy.id} ${policy.effect}`, policy)
  }
  return [...found.values()]
}

function quoted({ name }: NamedPolicy): string {
  return `The policy "${name}"`
}
