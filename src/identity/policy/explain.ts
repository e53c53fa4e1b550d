// Why a decision was what it was: what matched, and what would have but for one thing.
import { begin, eachCandidate } from './decide.ts'
import { affordable, explainedMax, sizeOf } from './effort.ts'
import type { Entities } from './entities.ts'
import type { Evaluation } from './evaluation.ts'
import { scopeText } from './expression-text.ts'
import { findFailedPart } from './failed-part.ts'
import type { AccessRequest, CedarJson, Effect, PolicyJson } from './json.ts'
import { absentIn } from './looked-at.ts'
import { fits } from './scope.ts'
import type { CompiledPolicy, PolicySet } from './set.ts'
import { entityWords } from './value-words.ts'

export interface NearMiss {
  readonly policyId: string
  readonly effect: Effect
  /** Cedar's text of the part of the scope, or of the condition, that was false or failed. */
  readonly failed: string
  /** What that part looked at, shortened where it is long; absent where there was nothing. */
  readonly actual?: CedarJson
  /** What was looked at and what it was, in words; empty where the part is of constants. */
  readonly because: string
}

export interface Explanation {
  /** How many policies the index left to be looked at. */
  readonly considered: number
  /** Policies that hold, of either effect: with a forbid among them the request is forbidden. */
  readonly matched: readonly string[]
  /**
   * Policies that one part kept from holding: those first that would have decided otherwise, and
   * among these those whose whole scope fits.
   */
  readonly nearMisses: readonly NearMiss[]
  /** There where further near misses were too long to be looked into. */
  readonly truncated?: true
}

export interface ExplanationBounds {
  readonly nearMissesMax: number
}

/**
 * Explains one request. Slower than the decision: it looks at every policy of the set.
 * @throws InvalidValue where the request has no meaning in Cedar
 */
export function explain(
  set: PolicySet,
  request: AccessRequest,
  entities: Entities,
  { nearMissesMax }: ExplanationBounds = { nearMissesMax: 10 },
): Explanation {
  const evaluation = begin(request, entities)
  const matched: CompiledPolicy[] = []
  const considered = eachCandidate(set, evaluation, (policy) => {
    if (holds(policy, evaluation)) matched.push(policy)
  })
  const misses = set.policies.flatMap((policy) => missOf(policy, evaluation) ?? [])
  const other = isAllowed(matched) ? 'forbid' : 'permit'
  const rank = ({ policy, at }: Miss) => ranks[at] + (policy.effect === other ? 0 : 10)
  const near = misses.sort((a, b) => rank(a) - rank(b)).slice(0, nearMissesMax)
  const shown = affordableOf(near)
  return {
    considered,
    matched: matched.sort((a, b) => a.order - b.order).map(({ id }) => id),
    nearMisses: shown.map((miss) => describe(miss, evaluation)),
    ...(shown.length < near.length ? { truncated: true } : {}),
  }
}

/** As many as are worth their effort; always the first. */
function affordableOf(misses: readonly Miss[]): Miss[] {
  let left = explainedMax
  return misses.filter(({ policy, at }, index) => {
    if (at === 'condition') left -= sizeOf(policy.json.conditions, explainedMax)
    return left >= 0 || index === 0
  })
}

function isAllowed(matched: readonly CompiledPolicy[]): boolean {
  return matched.length > 0 && matched.every(({ effect }) => effect === 'permit')
}

const sides = ['principal', 'resource', 'action'] as const
type Side = (typeof sides)[number]

/** A condition may come to hold by itself; another action is another question. */
const ranks = { condition: 0, principal: 1, resource: 2, action: 3 } as const

interface Miss {
  readonly policy: CompiledPolicy
  readonly at: 'condition' | Side
}

function missOf(policy: CompiledPolicy, evaluation: Evaluation): Miss | undefined {
  const [side, ...more] = sides.filter((each) => !fitsSide(policy, evaluation, each))
  if (more.length > 0) return undefined
  const held = holds(policy, evaluation)
  if (side === undefined) return held ? undefined : { policy, at: 'condition' }
  return held ? { policy, at: side } : undefined
}

function fitsSide(policy: CompiledPolicy, evaluation: Evaluation, side: Side): boolean {
  const entity = evaluation[side]
  return fits(policy[side], entity, evaluation.entities.ancestors(entity.key))
}

function holds({ condition }: CompiledPolicy, evaluation: Evaluation): boolean {
  return condition === undefined || condition(evaluation) === true
}

function describe({ policy, at }: Miss, evaluation: Evaluation): NearMiss {
  const { id: policyId, effect } = policy
  if (at === 'condition')
    return { policyId, effect, ...findFailedPart(policy.json.conditions, evaluation) }
  const { type, id } = evaluation[at]
  const failed = scopeText(at, policy[at])
  const because = entityWords(at, evaluation[at], evaluation)
  return { policyId, effect, failed, because, actual: { __entity: { type, id } } }
}

export interface Circumstances {
  readonly request: AccessRequest
  readonly entities: Entities
}

/** Attributes for want of which a forbid that holds does so, such as `context.risk_score`. */
export function absencesOf(
  { effect, conditions }: PolicyJson,
  { request, entities }: Circumstances,
): string[] {
  if (effect !== 'forbid') return []
  const evaluation = affordable(request, conditions, () => begin(request, entities))
  if (evaluation === null) return []
  return [...new Set(conditions.flatMap(({ body }) => absentIn(body, evaluation)))]
}

/**
 * What a condition that could not be evaluated looked at; empty where that says nothing, or where
 * much was said of this request before.
 */
export function failureWords(
  { conditions }: PolicyJson,
  { request, entities }: Circumstances,
): string {
  const evaluation = affordable(request, conditions, () => begin(request, entities))
  return evaluation === null ? '' : findFailedPart(conditions, evaluation).because
}
