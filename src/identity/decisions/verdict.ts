// What the policies say of a request, told apart and in words. Closed beyond Cedar: where a deny
// rule could not be evaluated, nothing is allowed.
import type { NamedPolicy, PoliciesInForce } from '../authorization/active-policies.ts'
import { decide } from '../policy/decide.ts'
import type { Entities } from '../policy/entities.ts'
import { absencesOf, explain, failureWords } from '../policy/explain.ts'
import type { AccessRequest, PolicyJson } from '../policy/json.ts'
import { readableJson } from '../policy/value-words.ts'
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

export function verdictOf(inForce: PoliciesInForce, facts: Facts): Verdict {
  const { request, entities } = facts
  const { decision, reasons, errors: failures } = decide(inForce.set, request, entities)
  const policies = named(inForce, reasons)
  const errors = failures.flatMap(({ policyId, message }) => {
    const policy = inForce.policies.get(policyId)
    if (policy === undefined) return []
    const json = jsonOf(inForce, policy)
    const words = json === undefined ? '' : failureWords(json, facts)
    return [{ ...policy, message: words === '' ? message : `${message}: ${words}` }]
  })
  if (decision === 'deny') {
    const [first] = policies
    if (first === undefined) return denied('not_permitted', 'No policy permits this', { errors })
    const message = `${quoted(inForce, first)} forbids this${absence(inForce, first, facts)}`
    return { ...denied('forbidden', message, { errors }), policies }
  }
  const failed = errors.filter(({ effect }) => effect === 'forbid')
  const [first] = failed
  if (first !== undefined) {
    const message = `${quoted(inForce, first)} forbids some things and could not be evaluated`
    const blamed = named(
      inForce,
      failures.map(({ policyId }) => policyId),
    ).filter(({ effect }) => effect === 'forbid')
    return { ...denied('deny_rule_failed', message, { errors }), policies: blamed }
  }
  const [permit] = policies
  const message = permit === undefined ? 'Permitted' : `${quoted(inForce, permit)} permits this`
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

export function explanationOf(inForce: PoliciesInForce, facts: Facts): Explanation {
  const { request, entities } = facts
  const found = explain(inForce.set, request, entities, { nearMissesMax })
  return {
    considered: found.considered,
    ...(found.truncated ? { truncated: true } : {}),
    matched: named(inForce, found.matched).map((policy) => {
      const json = jsonOf(inForce, policy)
      const absent = json === undefined ? [] : absencesOf(json, facts)
      return { ...policy, ...described(json), ...(absent.length > 0 ? { absent } : {}) }
    }),
    near_misses: found.nearMisses.flatMap(({ policyId, failed, because, actual }) => {
      const policy = inForce.policies.get(policyId)
      if (policy === undefined) return []
      const about = { ...policy, ...described(jsonOf(inForce, policy)), failed }
      return [
        {
          ...about,
          ...(because === '' ? {} : { because }),
          ...(actual === undefined ? {} : { actual: readableJson(actual) }),
        },
      ]
    }),
  }
}

/** For who may not read these: without the values that stored attributes of them have. */
export function withoutSight(
  explanation: Explanation,
  hidden: readonly ('principal' | 'resource')[],
): Explanation {
  if (hidden.length === 0) return explanation
  const near_misses = explanation.near_misses.map((miss) => {
    const { actual: _, because = '', ...rest } = miss
    const text = `${miss.failed} ${because}`
    // What was cut off may have named one.
    return text.includes('…') || hidden.some((name) => text.includes(name)) ? rest : miss
  })
  return { ...explanation, near_misses }
}

function described(json: PolicyJson | undefined): { description?: string } {
  const description = json?.annotations?.description
  return description ? { description } : {}
}

function jsonOf({ members }: PoliciesInForce, { id, rule }: NamedPolicy): PolicyJson | undefined {
  return members.get(id)?.compiled[rule]
}

const absencesShownMax = 5

/** The surprise of every first deny: what is absent counts as if it were there and bad. */
function absence(inForce: PoliciesInForce, policy: NamedPolicy, facts: Facts): string {
  const json = jsonOf(inForce, policy)
  const absent = json === undefined ? [] : absencesOf(json, facts).slice(0, absencesShownMax)
  if (absent.length === 0) return ''
  const are = absent.length === 1 ? 'is' : 'are'
  return `: ${absent.join(', ')} ${are} absent, which counts as holding in a deny`
}

/** Each rule once. */
function named({ policies }: PoliciesInForce, ids: readonly string[]): NamedPolicy[] {
  const [only] = ids
  const found = new Map<string, NamedPolicy>()
  if (only === undefined) return []
  for (const id of ids) {
    const policy = policies.get(id)
    if (policy !== undefined) found.set(`${policy.id} ${policy.rule}`, policy)
  }
  return [...found.values()]
}

/** By its rule, too, where the policy is of several. */
function quoted({ members }: PoliciesInForce, { id, name, rule }: NamedPolicy): string {
  const isOneOfMany = (members.get(id)?.compiled.length ?? 0) > 1
  return isOneOfMany ? `The policy "${name}" (rules.${rule})` : `The policy "${name}"`
}
