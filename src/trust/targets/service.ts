// Keeps deployment targets. A target belongs to the workspace of its agent.

import pg from 'pg'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { Problem } from '../../platform/errors.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidRequest, validate } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Agent } from '../agents/schema.ts'
import * as agents from '../agents/store.ts'
import { deployTypes, isDeployType } from '../connectors/deploy/index.ts'
import { errors } from '../errors.ts'
import type { CreateTarget, Target, UpdateTarget } from './schema.ts'
import * as store from './store.ts'

export async function createTarget(
  { db }: Platform,
  origin: Origin,
  wanted: CreateTarget,
): Promise<Target> {
  const { organizationId } = origin.caller
  const settings = checkedSettings(wanted.type, wanted.settings)
  return db.inTenant(organizationId, async (tx) => {
    const agent = await agentFor(tx, origin, wanted.agentId, wanted.type)
    const { workspaceId } = agent
    const made = { ...wanted, settings, organizationId, workspaceId, agentId: agent.id }
    const id = await store.insert(tx, made)
    if (id === null) throw errors.problem('name_taken', { details: { field: 'name' } })
    const target = await mustFind(tx, origin, id)
    await appendAudit(tx, origin, entry('deployment_target.created', target, made))
    return target
  })
}

export async function updateTarget(
  { db }: Platform,
  origin: Origin,
  { id, ...change }: UpdateTarget & { id: number },
): Promise<Target> {
  const { organizationId } = origin.caller
  const changed = db.inTenant(organizationId, async (tx) => {
    const target = await mustFind(tx, origin, id)
    const { type } = target
    const changed = { ...target, ...(change as Partial<Target>) }
    const settings = checkedSettings(type, changed.settings)
    const isMoved = change.agentId !== undefined && change.agentId !== target.agentId
    const moved = isMoved ? await agentFor(tx, origin, changed.agentId, type) : null
    if (moved !== null && moved.workspaceId !== target.workspaceId) {
      throw invalidRequest([{ field: 'agentId', message: 'is an agent of another workspace' }])
    }
    const agentId = moved?.id ?? target.agentId
    if (agentId !== target.agentId || changed.name !== target.name) {
      await requireIdle(tx, organizationId, target)
    }
    if (!(await store.update(tx, { organizationId, id }, { ...changed, settings, agentId }))) {
      throw errors.problem('name_taken', { details: { field: 'name' } })
    }
    await appendAudit(tx, origin, entry('deployment_target.changed', target, change))
    return mustFind(tx, origin, id)
  })
  return changed.catch((error: unknown) => {
    // Somebody took the name at the same moment.
    const isTaken = error instanceof pg.DatabaseError && error.code === uniqueViolation
    throw isTaken ? errors.problem('name_taken', { details: { field: 'name' } }) : error
  })
}

const uniqueViolation = '23505'

export async function removeTarget({ db }: Platform, origin: Origin, id: number): Promise<void> {
  const { organizationId } = origin.caller
  await db.inTenant(organizationId, async (tx) => {
    const target = await mustFind(tx, origin, id)
    await requireIdle(tx, organizationId, target)
    await store.remove(tx, { organizationId, id })
    await appendAudit(tx, origin, entry('deployment_target.deleted', target, {}))
  })
}

export async function mustFind(
  tx: Tx,
  { caller }: Pick<Origin, 'caller'>,
  id: number,
): Promise<Target> {
  const target = await store.find(tx, reachOf(caller), id)
  if (target === null) throw errors.problem('deployment_target_not_found')
  return target
}

async function requireIdle(tx: Tx, organizationId: string, { name }: Target): Promise<void> {
  if (!(await store.hasOpenDeployment(tx, { organizationId, name }))) return
  throw errors.problem('deployment_target_in_use', { details: { target: name } })
}

/** One that lives, and that can serve such a target. Throws `invalid_request`. */
async function agentFor(tx: Tx, origin: Origin, named: string, type: string): Promise<Agent> {
  const agent = await agents.find(tx, reachOf(origin.caller), named)
  if (agent === null || agent.revokedAt !== null) {
    const message = 'is no agent that lives: the list of agents shows which there are'
    throw invalidRequest([{ field: 'agentId', message }])
  }
  if (agent.targetTypes.includes(type)) return agent
  const served = agent.targetTypes.join(', ') || 'none'
  const message = `is not served by ${agent.name}, whose own configuration allows: ${served}`
  throw invalidRequest([{ field: 'type', message }])
}

/** With what is usual filled in. Throws `invalid_request` that names the fields. */
function checkedSettings(type: string, settings: unknown): Record<string, unknown> {
  if (!isDeployType(type)) return {}
  try {
    return validate(deployTypes[type].settings, settings, 'body') as Record<string, unknown>
  } catch (error) {
    const fields = error instanceof Problem ? error.details.fields : null
    if (!Array.isArray(fields)) throw error
    throw invalidRequest(
      fields.map(({ field, message }) => ({
        field: field === 'body' ? 'settings' : `settings.${field}`,
        message: String(message).replace(/ of the body$/, ` of the type ${type}`),
      })),
    )
  }
}

function entry(action: string, target: Target, change: object) {
  const { id, name, type, agentId } = target
  const details = { name, type, agentId, change }
  return { action, objectType: 'deployment_target', objectId: String(id), details }
}
