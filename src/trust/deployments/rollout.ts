// Makes the deployments of a certificate's version: the canary goes first, the others wait for it.
// It all stands in rows, so that whoever dies, another goes on where they stand.
import type { Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import { cancelUnoffered, insertJob } from '../agents/jobs.ts'
import { targetsNamed } from '../targets/store.ts'
import { recordEnd } from './record.ts'
import * as store from './store.ts'

const dayMs = 86_400_000
/** So long an agent may be away: after a renewal nobody waits for the answer. */
const lastsMs = { requested: dayMs, renewal: 7 * dayMs } as const

export interface Rollout {
  organizationId: string
  workspaceId: string
  certificateId: number
  version: number
  targets: readonly string[]
  cause: 'requested' | 'renewal'
  renewalId: number | null
  createdBy: string
  /** The only agent that has the key; null where the server has it. */
  keyAgentId: string | null
}

/** The certificate is locked. Answers what became of each, the canary first. */
export async function startRollout(tx: Tx, wanted: Rollout): Promise<store.OpenDeployment[]> {
  const known = await targetsNamed(tx, wanted, wanted.targets)
  const missing = wanted.targets.filter((name) => !known.some((target) => target.name === name))
  await giveUpOlder(tx, wanted)
  const rollout = uuid7()
  const made = { ...wanted, rollout }
  const hasKey = (target: { agentId: string }) =>
    wanted.keyAgentId === null || wanted.keyAgentId === target.agentId
  for (const [position, target] of known.filter(hasKey).entries()) {
    const { name, agentId } = target
    await store.insert(tx, { ...made, target: name, agentId, position, error: null })
  }
  for (const { name, agentId } of known.filter((target) => !hasKey(target))) {
    await fail(tx, { ...made, target: name, agentId, position: -1, error: keyElsewhere })
  }
  for (const target of missing) {
    const error = { code: 'unknown_target', message: `There is no deployment target ${target}` }
    await fail(tx, { ...made, target, agentId: null, position: -1, error })
  }
  await advance(tx, wanted)
  await store.refreshCertificate(tx, wanted)
  return store.openOf(tx, wanted)
}

const keyElsewhere = {
  code: 'key_elsewhere',
  message: 'The private key is with another agent, and does not leave it',
}

/** What can never come about is recorded as such, and told. */
async function fail(tx: Tx, made: store.NewDeployment): Promise<void> {
  const { organizationId } = made
  const id = await store.insert(tx, made)
  const deployment = await store.find(tx, { organizationId, id })
  if (deployment !== null) await recordEnd(tx, organizationId, deployment)
}

/** What has not been begun is overtaken: only the version in force is deployed. */
async function giveUpOlder(tx: Tx, wanted: Rollout): Promise<void> {
  const { organizationId, version } = wanted
  const older = (await store.openOf(tx, wanted)).filter((each) => each.version < version)
  const ids = older.filter(({ state }) => state === 'queued').map(({ id }) => id)
  const unbegun = await cancelUnoffered(tx, organizationId, ids)
  for (const { id, state } of older) {
    if (state !== 'waiting' && !unbegun.includes(id)) continue
    const error = { code: 'superseded', message: 'A newer version of the certificate is deployed' }
    await store.end(tx, { organizationId, id }, { state: 'cancelled', error })
  }
}

/** Lets begin whose turn it is. The certificate is locked. */
export async function advance(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
): Promise<void> {
  const { organizationId } = certificate
  for (const { id, agentId, cause } of await store.ready(tx, certificate)) {
    await store.setState(tx, { organizationId, id }, 'queued')
    await insertJob(tx, {
      organizationId,
      agentId,
      kind: 'deploy',
      deploymentId: id,
      lastsMs: lastsMs[cause],
    })
  }
}
