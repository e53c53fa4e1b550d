// Asks agents to deploy a certificate, takes the wish back, or repeats it.

import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { cancelUnoffered } from '../agents/jobs.ts'
import * as agents from '../agents/store.ts'
import { mustFind } from '../certificates/issue.ts'
import { agentOf } from '../certificates/key-location.ts'
import type { Certificate } from '../certificates/schema.ts'
import * as certificates from '../certificates/store.ts'
import { type StoredVersion, versionInForce } from '../certificates/versions.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { type NamedTarget, namesIn, targetsNamed } from '../targets/store.ts'
import { startRollout } from './rollout.ts'
import type { Deployment, Started } from './schema.ts'
import { settleDeployment } from './settle.ts'
import * as store from './store.ts'

export interface WantedDeployment {
  id: number
  targets?: readonly string[] | undefined
  agentId?: string | undefined
}

const namesShown = 50

/**
 * The canary begins at once. Throws AGENT_UNAVAILABLE where an agent of the targets is away: who
 * asks is told, and does not wait without knowing.
 */
export async function deployCertificate(
  { platform }: Trust,
  origin: Origin,
  { id, targets: named, agentId }: WantedDeployment,
): Promise<Certificate & { deployments: Started[] }> {
  const { organizationId } = origin.caller
  return platform.db.inTenant(organizationId, async (tx) => {
    const lineage = await certificates.lock(tx, reachOf(origin.caller), id)
    if (lineage === null) throw errors.problem('certificate_not_found')
    const names = [...new Set(named ?? lineage.deploymentTargets)]
    if (names.length === 0) {
      throw invalidField('targets', 'is required where the certificate has no deploymentTargets')
    }
    const version = await versionInForce(tx, { organizationId, certificateId: id })
    const place = { organizationId, workspaceId: lineage.workspaceId }
    const targets = await requireTargets(tx, place, { names, agentId })
    if (version === null) throw errors.problem('not_issued_yet')
    if (lineage.revokedAt !== null) throw errors.problem('already_revoked')
    const keyAgentId = requireKey(version, targets)
    await requireOnline(tx, origin, targets)
    await requireNoneOpen(tx, { organizationId, certificateId: id, version: version.number }, names)
    const open = await startRollout(tx, {
      ...place,
      certificateId: id,
      version: version.number,
      targets: names,
      cause: 'requested',
      renewalId: null,
      createdBy: origin.caller.actor.id,
      keyAgentId,
    })
    await appendAudit(tx, origin, {
      action: 'certificate.deployment_requested',
      objectType: 'certificate',
      objectId: String(id),
      details: { commonName: lineage.commonName, targets: names, version: version.number },
    })
    const made = open.filter(({ target }) => names.includes(target))
    const deployments = made.map(({ target, state, ...each }) => ({ id: each.id, target, state }))
    return { ...(await mustFind(tx, origin, id)), deployments }
  })
}

/** Those of the workspace. Throws AGENT_UNAVAILABLE or `invalid_request` with what there is. */
async function requireTargets(
  tx: Tx,
  place: { organizationId: string; workspaceId: string },
  { names, agentId }: { names: readonly string[]; agentId?: string | undefined },
): Promise<NamedTarget[]> {
  const agent = agentId === undefined ? null : await agents.find(tx, place, agentId)
  const there = await namesIn(tx, place, namesShown)
  const isGone = agentId !== undefined && (agent === null || agent.revokedAt !== null)
  if (isGone || there.length === 0) throw unavailable({ targets: names, agentId: agentId ?? null })
  const targets = await targetsNamed(tx, place, names)
  const missing = names.filter((name) => !targets.some((target) => target.name === name))
  if (missing.length > 0) {
    const message = `has no ${missing.slice(0, 5).join(', ')}; there are: ${there.join(', ')}`
    throw invalidField('targets', message)
  }
  const foreign = targets.filter((target) => agent !== null && target.agentId !== agent.id)
  if (foreign.length > 0) {
    const message = `does not serve ${foreign.map(({ name }) => name).join(', ')}`
    throw invalidField('agentId', `${message}: leave it out, or name targets of this agent`)
  }
  return targets
}

/** Answers the only agent that has the key; null where it is here. */
function requireKey(version: StoredVersion, targets: readonly NamedTarget[]): string | null {
  if (version.sealedKey !== null) return null
  const holder = agentOf(version.keyLocation)
  if (holder === null) {
    throw errors.problem('private_key_not_held', {
      message: 'The private key is neither here nor with an agent: renew the certificate first',
    })
  }
  const others = targets.filter(({ agentId }) => agentId !== holder).map(({ name }) => name)
  if (others.length === 0) return holder
  const message = `has ${others.join(', ')}, of another agent than the one that made the private`
  throw invalidField('targets', `${message} key, which does not leave its host`)
}

async function requireOnline(tx: Tx, origin: Origin, targets: readonly NamedTarget[]) {
  const { organizationId } = origin.caller
  for (const id of new Set(targets.map(({ agentId }) => agentId))) {
    const agent = await agents.find(tx, { organizationId, workspaceId: null }, id)
    if (agent?.status === 'online') continue
    const names = targets.filter(({ agentId }) => agentId === id).map(({ name }) => name)
    const { name = id, status = 'revoked', lastSeenAt = null } = agent ?? {}
    const why = status === 'revoked' ? 'was revoked' : `was last seen at ${lastSeenAt}`
    const message = `The agent ${name}, which has ${names.slice(0, 5).join(', ')}, ${why}`
    throw unavailable({ targets: names, agentId: id, agent: name, lastSeenAt }, message)
  }
}

function unavailable(details: Record<string, unknown>, message?: string) {
  return errors.problem('agent_unavailable', { ...(message ? { message } : {}), details })
}

/** Of an older version may be: the newer one follows it. */
async function requireNoneOpen(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number; version: number },
  names: readonly string[],
): Promise<void> {
  const open = (await store.openOf(tx, certificate)).filter(
    (each) => each.version === certificate.version && names.includes(each.target),
  )
  if (open.length === 0) return
  const deployments = open.map(({ id, target, state }) => ({ id, target, state }))
  throw errors.problem('deployment_in_progress', { details: { deployments } })
}

/** One that nobody has begun; the others of its rollout with it, where it is their canary. */
export async function cancelDeployment(
  { platform }: Trust,
  origin: Origin,
  id: number,
): Promise<Deployment> {
  const { organizationId } = origin.caller
  const place = { organizationId, id }
  return platform.db.inTenant(organizationId, async (tx) => {
    const deployment = await mustLock(tx, origin, id)
    if (deployment.finishedAt !== null) throw errors.problem('deployment_ended')
    const begun = deployment.state !== 'waiting'
    if (begun && (await cancelUnoffered(tx, organizationId, [id])).length === 0) {
      throw errors.problem('deployment_in_progress', {
        message: 'Its agent is at it: wait until it has ended',
      })
    }
    const error = { code: 'cancelled', message: `${origin.caller.actor.name} gave it up` }
    await settleDeployment(tx, place, { state: 'cancelled', error })
    await appendAudit(tx, origin, entry('deployment.cancelled', deployment))
    return (await store.find(tx, place)) ?? deployment
  })
}

/** Once more, with those that its end kept from beginning. */
export async function retryDeployment(trust: Trust, origin: Origin, id: number) {
  const { organizationId } = origin.caller
  const wanted = await trust.platform.db.inTenant(organizationId, async (tx) => {
    const deployment = await mustLock(tx, origin, id)
    if (deployment.finishedAt === null) throw errors.problem('deployment_in_progress')
    if (deployment.state === 'deployed') throw errors.problem('deployment_ended')
    const stopped = deployment.canary
      ? await store.stoppedBy(tx, organizationId, deployment.rolloutId)
      : []
    return { id: deployment.certificateId, targets: [deployment.target, ...stopped] }
  })
  return deployCertificate(trust, origin, wanted)
}

/** Its certificate is locked then. Throws DEPLOYMENT_NOT_FOUND. */
async function mustLock(tx: Tx, origin: Origin, id: number): Promise<Deployment> {
  const { organizationId } = origin.caller
  const known = await store.find(tx, { organizationId, id })
  const certificate =
    known && (await certificates.lock(tx, reachOf(origin.caller), known.certificateId))
  const deployment = certificate && (await store.find(tx, { organizationId, id }))
  if (deployment === null) throw errors.problem('deployment_not_found')
  return deployment
}

function entry(action: string, { id, certificateId, target, version }: Deployment) {
  const details = { certificate: certificateId, target, version }
  return { action, objectType: 'deployment', objectId: String(id), details }
}
