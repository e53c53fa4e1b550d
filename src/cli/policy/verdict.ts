// Decides a request over policies of files, as the server would.
import { decide } from '../../identity/policy/decide.ts'
import type { Entities } from '../../identity/policy/entities.ts'
import {
  absencesOf,
  type Explanation,
  explain,
  failureWords,
} from '../../identity/policy/explain.ts'
import type { AccessRequest } from '../../identity/policy/json.ts'
import { toCedarRecord } from '../../identity/policy/names.ts'
import {
  type ContextNeeds,
  enrichContext,
  mergeNeeds,
} from '../../identity/policy/rules/context.ts'
import { compilePolicySet, type PolicySet } from '../../identity/policy/set.ts'
import { type Asked, entitiesOf, type World } from './request.ts'
import type { FilePolicy, PolicyFile } from './sources.ts'

export interface Policies {
  set: PolicySet
  byId: ReadonlyMap<string, FilePolicy>
  needs: ContextNeeds
}

/** As the server's decisions give it. */
export const reasons = [
  'permitted',
  'forbidden',
  'not_permitted',
  'deny_rule_failed',
  'principal_suspended',
  'principal_terminated',
] as const
export type Reason = (typeof reasons)[number]

export interface Verdict {
  decision: 'allow' | 'deny'
  reason: Reason
  /** The policies that decided. */
  policies: FilePolicy[]
  failures: { policy: FilePolicy; message: string }[]
  /** By the id of a policy that denies: attributes for want of which it does. */
  absent: ReadonlyMap<string, readonly string[]>
}

export interface Question {
  asked: Asked
  world: World
  context: Record<string, unknown>
  now: Date
}

/** Without those that are archived. */
export function gatherPolicies(files: readonly PolicyFile[]): Policies {
  const inForce = files.filter(({ archived }) => !archived)
  const policies = inForce.flatMap((file) => file.policies)
  return {
    set: compilePolicySet(policies.map(({ id, json }) => ({ id, json }))),
    byId: new Map(policies.map((policy) => [policy.id, policy])),
    needs: mergeNeeds(inForce.map(({ needs }) => needs)),
  }
}

interface Prepared {
  request: AccessRequest
  entities: Entities
}

function prepare({ needs }: Policies, { asked, world, context, now }: Question): Prepared {
  const own = toCedarRecord(context, 'context')
  return {
    request: {
      principal: asked.principal.uid,
      action: asked.action.uid,
      resource: asked.resource.uid,
      context: enrichContext(own, needs, now, asked.action.name),
    },
    entities: entitiesOf(asked, world),
  }
}

export function judge(policies: Policies, question: Question): Verdict {
  const { status } = question.asked.principal
  if (status !== 'active') {
    const reason = `principal_${status}` as const
    return { decision: 'deny', reason, policies: [], failures: [], absent: new Map() }
  }
  const prepared = prepare(policies, question)
  const { request, entities } = prepared
  const absent = new Map<string, readonly string[]>()
  const decided = decide(policies.set, request, entities)
  const failures = decided.errors.flatMap(({ policyId, message }) => {
    const policy = policies.byId.get(policyId)
    if (policy === undefined) return []
    const words = failureWords(policy.json, prepared)
    return [{ policy, message: words === '' ? message : `${message}: ${words}` }]
  })
  const deciding = decided.reasons.flatMap((id) => policies.byId.get(id) ?? [])
  if (decided.decision === 'deny') {
    const reason = deciding.length > 0 ? 'forbidden' : 'not_permitted'
    for (const { id, json } of deciding) absent.set(id, absencesOf(json, prepared))
    return { decision: 'deny', reason, policies: deciding, failures, absent }
  }
  const denies = failures.filter(({ policy }) => policy.json.effect === 'forbid')
  if (denies.length === 0) {
    return { decision: 'allow', reason: 'permitted', policies: deciding, failures, absent }
  }
  const blamed = denies.map(({ policy }) => policy)
  return { decision: 'deny', reason: 'deny_rule_failed', policies: blamed, failures, absent }
}

export function explainVerdict(policies: Policies, question: Question): Explanation {
  const { request, entities } = prepare(policies, question)
  return explain(policies.set, request, entities)
}
