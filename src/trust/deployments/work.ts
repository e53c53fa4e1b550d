// What an agent is told of a deployment: the certificate as it is in force, the target as it is set
// up, and the private key sealed to the agent, which is open here for this moment only.
import { sql, type Tx } from '../../platform/db.ts'
import type { JobRow } from '../agents/jobs.ts'
import type { LivingAgent } from '../agents/store.ts'
import { chainOfVersion } from '../certificates/detail.ts'
import { openKey } from '../certificates/private-keys.ts'
import { versionInForce } from '../certificates/versions.ts'
import type { Job } from '../connectors/agent-protocol.ts'
import { rawPublicKey, sealFor } from '../connectors/agent-words.ts'
import type { Trust } from '../parts.ts'
import { targetsNamed } from '../targets/store.ts'
import * as store from './store.ts'

const chainMax = 10

/** Null where there is nothing to deploy any more. */
export async function deploymentWork(
  trust: Trust,
  tx: Tx,
  agent: LivingAgent,
  job: JobRow,
): Promise<Extract<Job['work'], { kind: 'deploy' }> | null> {
  const { organizationId } = job
  const place = { organizationId, id: job.deploymentId ?? 0 }
  const deployment = await store.find(tx, place)
  if (deployment === null || !['queued', 'running'].includes(deployment.state)) return null
  const { certificateId, version: number } = deployment
  const version = await versionInForce(tx, { organizationId, certificateId })
  const [target] = await targetsNamed(tx, agent, [deployment.target])
  if (version?.number !== number || target?.agentId !== agent.id) return null
  if (await isRevoked(tx, organizationId, certificateId)) return null
  const chain = await chainOfVersion(trust, tx, organizationId, version)
  const { sealedKey } = version
  const key = sealedKey === null ? null : sealedFor(trust, agent, job, sealedKey)
  await store.setState(tx, place, 'running')
  const { name, type, settings } = target
  return {
    kind: 'deploy',
    deploymentId: deployment.id,
    certificateId,
    version: number,
    target: { name, type, settings },
    certificate: version.der.toString('base64'),
    chain: chain.slice(0, chainMax).map((der) => Buffer.from(der).toString('base64')),
    fingerprint: `SHA256:${version.fingerprint.toString('hex')}`,
    key,
  }
}

function sealedFor(trust: Trust, agent: LivingAgent, job: JobRow, sealed: Buffer) {
  const key = openKey(trust.platform.secrets, job.organizationId, sealed)
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  const words = sealFor(rawPublicKey('X25519', agent.sealingKey), job.id, pkcs8)
  pkcs8.fill(0)
  return words
}

async function isRevoked(tx: Tx, organizationId: string, id: number): Promise<boolean> {
  const found = await tx.maybe(sql`select 1 as one from certificates
    where organization_id = ${organizationId} and id = ${id} and revoked_at is not null`)
  return found !== null
}
