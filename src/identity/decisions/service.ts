// Decides, and logs what it decided. On the hot path nothing waits: policies and entities are in
// memory while they are known to be of now, and the log is written later.
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { holds } from '../../platform/permissions.ts'
import type { ActivePolicies, PoliciesInForce } from '../authorization/active-policies.ts'
import type { Generations } from '../authorization/generation.ts'
import type { KnownEntities, KnownPrincipal, Wanted } from '../authorization/known-entities.ts'
import type { CedarJson } from '../policy/json.ts'
import { boundBroken, taskContext } from '../principals/task.ts'
import { type Asked, type Gathered, gather, type Known } from './facts.ts'
import { decisionId } from './id.ts'
import type { DecisionLog } from './log.ts'
import { masked } from './mask.ts'
import type { Decision } from './schema.ts'
import { denied, explanationOf, type Verdict, verdictOf, withoutSight } from './verdict.ts'

export interface DecisionService {
  /** Counts a request of so many decisions as so many requests. Throws 429. */
  charge(caller: Caller, count: number): Promise<void>
  /** Decides and logs. Throws 400 that names what in the request has no meaning, and 503. */
  evaluate(caller: Caller, asked: Asked, requestId: string | null): Promise<Decision>
  /** Reads what these requests need in one go, so that each of them is then decided at once. */
  prepare(caller: Caller, all: readonly Asked[]): Promise<void>
  /** Without a row in the log. Undefined where `prepare` must come first. */
  judge(caller: Caller, asked: Asked, trial?: Trial): Judged | undefined
}

/** What is otherwise than in earnest. */
export interface Trial {
  inForce?: PoliciesInForce
  /** Somebody who need not be stored. */
  principal?: KnownPrincipal
}

export interface Judged {
  verdict: Verdict
  inForce: PoliciesInForce
  facts: Gathered
}

/** More changes than this in one request's time: then it is told to come again. */
const attemptsMax = 20
/** After so long without room in the log it is told so, too. */
const roomMs = 2_000
const trusted = 'trust:attributes'
const beyond = denied(
  'resource_incomplete',
  'The resource is in more than is looked at, and what forbids this could be among it',
)

export interface DecisionOptions {
  policies: ActivePolicies
  entities: KnownEntities
  generations: Generations
  log: DecisionLog
  now: () => number
  charge: DecisionService['charge']
}

export function decisionService(options: DecisionOptions): DecisionService {
  const { policies, entities, generations, log, now } = options

  function principalOf(organizationId: string, { principal }: Asked) {
    return typeof principal === 'string' ? entities.principal(organizationId, principal) : principal
  }

  function judge(caller: Caller, asked: Asked, trial?: Trial): Judged | undefined {
    const { organizationId } = caller
    const inForce = trial?.inForce ?? policies.ready(organizationId)
    if (inForce === null) return undefined
    const resource = entities.resource(organizationId, asked.resource)
    const principal = trial?.principal ?? principalOf(organizationId, asked)
    if (resource === undefined || principal === undefined) return undefined
    const refusal = refusalOf(principal) ?? outside(caller, asked)
    const known: Known = {
      principal: principal ?? { type: 'Unknown', id: String(asked.principal) },
      resource,
      task: taskOf(caller),
      isTrusted: trial !== undefined || holds(caller.scopes, trusted),
    }
    // Also where it is refused already: what has no meaning is 400 whoever it is about.
    const facts = gather(asked, known, { needs: inForce.needs, now: now() })
    if (refusal !== null) return { verdict: refusal, inForce, facts }
    const verdict = verdictOf(inForce, facts)
    const isCut = resource !== null && !resource.complete
    return { verdict: isCut && verdict.allowed ? beyond : verdict, inForce, facts }
  }

  async function prepare({ organizationId }: Caller, all: readonly Asked[]): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      await policies.of(organizationId)
      if (generations.known(organizationId) === null) await generations.ask(organizationId)
      const wanted = missing(entities, organizationId, all)
      if (wanted === null) return
      await entities.load(organizationId, wanted)
    }
    throw common.problem('unavailable')
  }

  return {
    judge,
    prepare,
    charge: options.charge,
    async evaluate(caller, asked, requestId) {
      const { organizationId, actor } = caller
      const startedAt = performance.now()
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        const judged = judge(caller, asked)
        if (judged === undefined) {
          await prepare(caller, [asked])
          continue
        }
        const at = now()
        const id = decisionId(at)
        const latencyUs = Math.round((performance.now() - startedAt) * 1_000)
        const made = { organizationId, id, at, actorId: actor.id, requestId, latencyUs }
        if (log.append({ ...made, ...loggedOf(asked, judged) })) {
          const isSeen = holds(caller.scopes, 'read:principals')
          const shown = { isExplained: asked.explain === true, isSeen }
          return answerOf(judged, { id, at, latencyUs, ...shown })
        }
        // Nothing is answered that is not logged, and nothing that was decided a while ago.
        await log.room(organizationId)
        if (performance.now() - startedAt > roomMs) break
      }
      throw common.problem('unavailable', { headers: { 'retry-after': '2' } })
    },
  }
}

function answerOf(
  { verdict, inForce, facts }: Judged,
  made: { id: string; at: number; latencyUs: number; isExplained: boolean; isSeen: boolean },
): Decision {
  const { allowed, reason, message, policies, errors } = verdict
  return {
    id: made.id,
    allowed,
    decision: allowed ? 'allow' : 'deny',
    reason,
    message,
    policies,
    errors: errors.length === 0 ? undefined : errors,
    explanation: made.isExplained ? explained(inForce, facts, made.isSeen) : undefined,
    evaluated_at: new Date(made.at).toISOString(),
    latency_ms: made.latencyUs / 1_000,
  }
}

function explained(inForce: PoliciesInForce, facts: Gathered, isSeen: boolean) {
  const whole = explanationOf(inForce, facts)
  return isSeen ? whole : withoutSight(whole, ['principal', 'resource'])
}

/** Null where all is known. */
function missing(
  entities: KnownEntities,
  organizationId: string,
  all: readonly Asked[],
): Wanted | null {
  const principals = all.flatMap(({ principal }) =>
    typeof principal === 'string' && entities.principal(organizationId, principal) === undefined
      ? [principal]
      : [],
  )
  const resources = all.flatMap(({ resource }) =>
    entities.resource(organizationId, resource) === undefined ? [resource] : [],
  )
  return principals.length + resources.length === 0 ? null : { principals, resources }
}

function refusalOf(principal: KnownPrincipal | object | null): Verdict | null {
  if (principal === null) return denied('principal_not_found', 'There is no such principal')
  if (!('principal' in principal)) return null
  const { status, standing } = (principal as KnownPrincipal).principal
  if (standing === 'active') return null
  const whose = status === standing ? 'The principal' : 'The owner of the principal'
  return standing === 'suspended'
    ? denied('principal_suspended', `${whose} is suspended`)
    : denied('principal_terminated', `${whose} is terminated`)
}

function outside({ task }: Caller, { action, resource }: Asked): Verdict | null {
  const request = { action, resource: `${resource.type}:${resource.id}` }
  const broken = task === undefined ? null : boundBroken(task, request)
  return broken && denied('outside_token', `The token is not for this ${broken}`)
}

function taskOf({ task, principalId }: Caller): CedarJson | undefined {
  return task === undefined || principalId === undefined
    ? undefined
    : taskContext(principalId, task)
}

function loggedOf(asked: Asked, { verdict, inForce, facts }: Judged) {
  const { principal, action, resource } = asked
  const { allowed, reason, policies, errors } = verdict
  return {
    principal: typeof principal === 'string' ? principal : `${principal.type}:${principal.id}`,
    action,
    resource: `${resource.type}:${resource.id}`,
    request: requestText(facts),
    allowed,
    reason,
    policies: JSON.stringify(policies),
    errors: errors.length === 0 ? null : JSON.stringify(errors),
    context: masked(facts.context, facts.contextText),
    snapshots: facts.snapshots,
    generation: inForce.generation,
  }
}

function requestText({ request: { principal, action, resource }, time }: Gathered): string {
  return JSON.stringify({ principal, action, resource, time })
}
