// The decision: Cedar's meaning, neither more nor less.
import type { Entities } from './entities.ts'
import type { Evaluation } from './evaluation.ts'
import type { AccessRequest } from './json.ts'
import { InvalidValue, isUid, readRecord } from './json-value.ts'
import { fits } from './scope.ts'
import type { CompiledPolicy, PolicySet } from './set.ts'
import { entityRef } from './value.ts'

export interface Decision {
  readonly decision: 'allow' | 'deny'
  /** The policies that decided: the forbids that hold, else the permits. In the set's order. */
  readonly reasons: readonly string[]
  /** Policies whose condition could not be evaluated; Cedar decides as if they were not there. */
  readonly errors: readonly { readonly policyId: string; readonly message: string }[]
}

/**
 * Decides one request. Allowed is what a permit allows and no forbid forbids; whether a deny is a
 * refusal or only the lack of a permit shows in `reasons`, which the latter leaves empty.
 * @throws InvalidValue where the request has no meaning in Cedar
 */
export function decide(set: PolicySet, request: AccessRequest, entities: Entities): Decision {
  const evaluation = begin(request, entities)
  const forbids: CompiledPolicy[] = []
  const permits: CompiledPolicy[] = []
  const failed: Failure[] = []
  eachCandidate(set, evaluation, (policy) => {
    const holds = policy.condition === undefined ? true : policy.condition(evaluation)
    if (holds === true) (policy.effect === 'forbid' ? forbids : permits).push(policy)
    else if (holds !== false) failed.push({ policy, message: failureOf(evaluation, holds) })
  })
  const reasons = forbids.length > 0 ? forbids : permits
  return {
    decision: forbids.length === 0 && permits.length > 0 ? 'allow' : 'deny',
    reasons: inOrder(reasons, (policy) => policy).map(({ id }) => id),
    errors: inOrder(failed, ({ policy }) => policy).map(({ policy, message }) => ({
      policyId: policy.id,
      message,
    })),
  }
}

interface Failure {
  readonly policy: CompiledPolicy
  readonly message: string
}

/** @throws InvalidValue */
export function begin(request: AccessRequest, entities: Entities): Evaluation {
  for (const each of ['principal', 'action', 'resource'] as const) {
    if (!isUid(request[each])) throw new InvalidValue(each, 'must be {"type": text, "id": text}')
  }
  const [principal, resource] = [entityRef(request.principal), entityRef(request.resource)]
  return {
    principal,
    action: entityRef(request.action),
    resource,
    context: readRecord(request.context, 'context'),
    entities,
    stored: {
      principal: entities.find(principal.key) ?? null,
      resource: entities.find(resource.key) ?? null,
    },
    failure: '',
  }
}

/** The policies whose scope fits, each once. Returns how many the index left to be looked at. */
export function eachCandidate(
  set: PolicySet,
  evaluation: Evaluation,
  visit: (policy: CompiledPolicy) => void,
): number {
  const { principal, action, resource, entities } = evaluation
  const above = entities.ancestors(principal.key)
  const around = entities.ancestors(action.key)
  const over = entities.ancestors(resource.key)
  let seen: Set<CompiledPolicy> | undefined
  let looked = 0
  for (const policies of set.index.find(evaluation)) {
    for (const policy of policies) {
      if (policy.scattered) {
        seen ??= new Set()
        if (seen.has(policy)) continue
        seen.add(policy)
      }
      looked += 1
      if (
        fits(policy.principal, principal, above) &&
        fits(policy.action, action, around) &&
        fits(policy.resource, resource, over)
      )
        visit(policy)
    }
  }
  return looked
}

function inOrder<T>(list: T[], policyOf: (each: T) => CompiledPolicy): T[] {
  return list.length < 2 ? list : list.sort((a, b) => policyOf(a).order - policyOf(b).order)
}

export function failureOf(evaluation: Evaluation, value: unknown): string {
  return value === undefined ? evaluation.failure : `type error: expected bool, got ${typeof value}`
}
