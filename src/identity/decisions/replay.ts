// Decides logged requests again, with the entities of then: why it was decided so, and what other
// policies would have said.
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Tx } from '../../platform/db.ts'
import { compiled, type PoliciesInForce } from '../authorization/active-policies.ts'
import { inForceAt } from '../policies/store.ts'
import { createEntities, type Entities } from '../policy/entities.ts'
import type { CedarJson, Entity, EntityUid } from '../policy/json.ts'
import { toCedarRecord, UnfitAttribute, withLists } from '../policy/names.ts'
import { type ContextNeeds, enrichContext } from '../policy/rules/context.ts'
import { entityRef } from '../policy/value.ts'
import { mask } from './mask.ts'
import type { Reason } from './schema.ts'
import { type DecisionRow, readSnapshots } from './store.ts'
import { explanationOf, type Facts, verdictOf } from './verdict.ts'

/** A logged request as far as it does not depend on policies. */
export interface Recorded {
  row: DecisionRow
  principal: EntityUid
  action: EntityUid
  resource: EntityUid
  time: number
  entities: Entities
}

const Uid = z.object({ type: z.string(), id: z.string() })
const LoggedRequest = z.object({ principal: Uid, action: Uid, resource: Uid, time: z.number() })

/** What was decided by the policies, and not before they were asked. */
const byPolicies: readonly string[] = [
  'permitted',
  'not_permitted',
  'forbidden',
  'deny_rule_failed',
] satisfies Reason[]

/** Null where it was not the policies that decided, or what they decided over is not kept. */
export function recorded(
  row: DecisionRow,
  snapshots: ReadonlyMap<string, unknown[]>,
): Recorded | null {
  const request = LoggedRequest.safeParse(row.request)
  const isWhole = row.snapshots.every((hash) => snapshots.has(hash)) && !isMasked(row.context)
  if (!isWhole || !request.success || !byPolicies.includes(row.reason)) return null
  const kept = row.snapshots.flatMap((hash) => snapshots.get(hash) ?? []) as Entity[]
  if (kept.some(({ attrs }) => isMasked(attrs))) return null
  const entities = eachOnce(kept)
  const { resource } = request.data
  return {
    row,
    ...request.data,
    entities: createEntities(withLists(withResource(entities, row, resource))),
  }
}

export function factsOf(recorded: Recorded, needs: ContextNeeds): Facts {
  const { row, principal, action, resource, time, entities } = recorded
  const context = enrichContext(contextOf(row), needs, new Date(time), row.action)
  return { request: { principal, action, resource, context }, entities }
}

/** A token's task may be deeper than what requests may say. */
function contextOf({ context }: DecisionRow): Record<string, CedarJson> {
  try {
    return toCedarRecord(context, 'context')
  } catch (error) {
    if (!(error instanceof UnfitAttribute)) throw error
    const { task, ...rest } = context
    return { ...toCedarRecord(rest, 'context'), task: task as CedarJson }
  }
}

export async function replay(tx: Tx, organizationId: string, row: DecisionRow) {
  const snapshots = await readSnapshots(tx, organizationId, row.snapshots)
  const entities = row.snapshots.flatMap((hash) => snapshots.get(hash) ?? [])
  const again = recorded(row, snapshots)
  const former = again && (await inForceThen(tx, organizationId, row.generation))
  return {
    policies_generation: row.generation,
    entities,
    replay: again && former && decidedAgain(again, former),
  }
}

/** Whoever looks at one decision looks at others of its time; a set takes a while to compile. */
const formerSets = new LRUCache<string, Promise<PoliciesInForce>>({ max: 2, ttl: 60_000 })

function inForceThen(tx: Tx, organizationId: string, generation: number): Promise<PoliciesInForce> {
  const key = `${organizationId} ${generation}`
  const kept = formerSets.get(key)
  if (kept !== undefined) return kept
  const made = inForceAt(tx, organizationId, generation).then((members) =>
    compiled(members, generation),
  )
  formerSets.set(key, made)
  made.catch(() => formerSets.delete(key))
  return made
}

function decidedAgain(again: Recorded, inForce: PoliciesInForce) {
  const facts = factsOf(again, inForce.needs)
  const { allowed, reason } = verdictOf(inForce, facts)
  const agrees = allowed === again.row.allowed && reason === again.row.reason
  return { allowed, reason, agrees, explanation: explanationOf(inForce, facts) }
}

/** As it was decided: the principal's snapshot is before the resource's, whose owner it may be. */
function eachOnce(entities: readonly Entity[]): Entity[] {
  const found = new Map<string, Entity>()
  for (const entity of entities) {
    const { key } = entityRef(entity.uid)
    if (!found.has(key)) found.set(key, entity)
  }
  return [...found.values()]
}

/** One of which nothing more was known has no snapshot; its name says all. */
function withResource(entities: Entity[], row: DecisionRow, resource: EntityUid): Entity[] {
  const isThere = entities.some(({ uid }) => uid.type === resource.type && uid.id === resource.id)
  if (isThere) return entities
  const type = row.resource.slice(0, row.resource.length - resource.id.length - 1)
  const attrs: Record<string, CedarJson> = { type, id: resource.id }
  return [...entities, { uid: resource, attrs, parents: [] }]
}

function isMasked(value: unknown): boolean {
  if (value === mask) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(isMasked)
}
