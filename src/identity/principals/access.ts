// What a principal may do as things stand: the policies that apply to it, and the stored resources
// on which it may do something. What the context of a request would add is not known here.
import { setImmediate } from 'node:timers/promises'
import type { Database } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import type {
  ActivePolicies,
  NamedPolicy,
  PoliciesInForce,
} from '../authorization/active-policies.ts'
import { inSlices } from '../authorization/slices.ts'
import type { Asked } from '../decisions/facts.ts'
import type { DecisionService } from '../decisions/service.ts'
import { errors } from '../errors.ts'
import { begin, eachCandidate } from '../policy/decide.ts'
import { createEntities } from '../policy/entities.ts'
import { scopeText } from '../policy/expression-text.ts'
import { actionUid, readResource, resourceUid, withLists } from '../policy/names.ts'
import {
  type CompiledPolicy,
  compilingSteps,
  type PolicySet,
  type PolicySource,
} from '../policy/set.ts'
import * as resources from '../resources/store.ts'
import type { Access, AccessQuery, Applicable } from './access-schema.ts'
import { principalEntity, readPrincipal } from './entities.ts'
import { looksBeyond, reduced } from './reduced-policies.ts'

export interface AccessService {
  of(caller: Caller, id: string, query: AccessQuery): Promise<Access>
}

const policiesMax = 200
const actionsMax = 50

export function accessService(options: {
  db: Database
  policies: ActivePolicies
  decisions: DecisionService
}): AccessService {
  const { db, policies, decisions } = options
  const reductions = createReductions()

  async function grants(
    caller: Caller,
    asked: { id: string; names: readonly resources.Named[]; actions: readonly string[] },
  ): Promise<Access['access']> {
    const found: Access['access'] = []
    for (const resource of asked.names) {
      const request = { principal: asked.id, resource, context: {} }
      await decisions.prepare(caller, [{ ...request, action: '' }])
      const inForce = await policies.of(caller.organizationId)
      const { possible } = await reductions.of(inForce)
      const may = (action: string, trial?: { inForce: PoliciesInForce }) =>
        decisions.judge(caller, { ...request, action } satisfies Asked, trial)?.verdict.allowed ===
        true
      const allowed = asked.actions.filter((action) => may(action))
      const rest = asked.actions.filter((action) => !allowed.includes(action))
      const conditional = rest.filter((action) => may(action, { inForce: possible }))
      if (allowed.length + conditional.length > 0) {
        const name = `${resource.type}:${resource.id}`
        found.push({ resource: name, actions: allowed, conditional_actions: conditional })
      }
      // Others get their turn.
      await setImmediate()
    }
    return found
  }

  return {
    async of(caller, id, query) {
      const { organizationId } = caller
      const { principal, page } = await db.inTenant(organizationId, async (tx) => {
        const found = await readPrincipal(tx, organizationId, id)
        if (found === null) throw errors.problem('principal_not_found')
        return { principal: found, page: await resourcesOf(tx, organizationId, query) }
      })
      const inForce = await policies.of(organizationId)
      const isActive = principal.standing === 'active'
      const applicable = isActive ? applies(await reductions.of(inForce), inForce, principal) : []
      const actions = query.action === undefined ? inForce.actions : [query.action]
      const asked = { id, names: page.names, actions: actions.slice(0, actionsMax) }
      return {
        principal: id,
        status: principal.standing,
        policies: applicable.slice(0, policiesMax),
        actions: asked.actions,
        access: isActive ? await grants(caller, asked) : [],
        pagination: page.pagination,
        truncated: applicable.length > policiesMax || actions.length > actionsMax,
      }
    },
  }
}

interface Page {
  names: resources.Named[]
  pagination: Access['pagination']
}

/** One that is named, else those that are stored, page by page. */
async function resourcesOf(
  tx: Parameters<typeof resources.list>[0],
  organizationId: string,
  { resource, resource_type: type, page, limit }: AccessQuery,
): Promise<Page> {
  if (resource === undefined) {
    const offset = (page - 1) * limit
    const { rows, total } = await resources.list(tx, organizationId, { type, limit, offset })
    const pages = Math.ceil(total / limit)
    return { names: rows, pagination: { total, page, per_page: limit, pages } }
  }
  const name = readResource(resource)
  if (name === null) throw invalidField('resource', 'must be type:id')
  return { names: [name], pagination: { total: 1, page: 1, per_page: limit, pages: 1 } }
}

interface Reductions {
  /** Each policy as far as it is about the principal alone. */
  ofPrincipals: PolicySet
  /** What could be allowed in some context. */
  possible: PoliciesInForce
}

/** Kept for as long as the policies are in force: compiling takes a while. */
function createReductions() {
  const kept = new WeakMap<PoliciesInForce, Promise<Reductions>>()
  return {
    of(inForce: PoliciesInForce): Promise<Reductions> {
      const hit = kept.get(inForce)
      if (hit !== undefined) return hit
      const made = inSlices(reducing(inForce))
      kept.set(inForce, made)
      return made
    },
  }
}

function* reducing(inForce: PoliciesInForce): Generator<undefined, Reductions> {
  const all = inForce.set.policies
  const known = ['principal', 'action', 'resource'] as const
  const ofPrincipals: PolicySource[] = []
  const possible: PolicySource[] = []
  for (const { id, effect, json } of all) {
    ofPrincipals.push({ id, json: reduced(json, ['principal']) })
    if (effect === 'permit' || !looksBeyond(json, known)) {
      possible.push({ id, json: reduced(json, known) })
    }
    yield
  }
  return {
    ofPrincipals: yield* compilingSteps(ofPrincipals),
    possible: { ...inForce, set: yield* compilingSteps(possible) },
  }
}

/** Each policy once, though several of its parts may apply. */
function applies(
  { ofPrincipals }: Reductions,
  inForce: PoliciesInForce,
  principal: Parameters<typeof principalEntity>[0],
): Applicable[] {
  const entities = principalEntity(principal)
  const [own] = entities
  if (own === undefined) return []
  // Heads and conditions about these two are left out, so any will do.
  const request = { action: actionUid(''), resource: resourceUid('', ''), context: {} }
  const evaluation = begin({ principal: own.uid, ...request }, createEntities(withLists(entities)))
  const matched = new Set<string>()
  eachCandidate(ofPrincipals, evaluation, ({ id, condition }) => {
    if (condition === undefined || condition(evaluation) === true) matched.add(id)
  })
  return inForce.set.policies.flatMap((policy) => {
    const named = matched.has(policy.id) ? inForce.policies.get(policy.id) : undefined
    return named === undefined ? [] : [shown(policy, named)]
  })
}

function shown(policy: CompiledPolicy, named: NamedPolicy): Applicable {
  return {
    ...named,
    actions: scopeText('action', policy.action) || 'action',
    resources: scopeText('resource', policy.resource) || 'resource',
    conditional: looksBeyond(policy.json, ['principal']),
  }
}
