// What the end of a deployment leaves behind, in its transaction: an audit row and an event.
import { certificateDeployed, certificateDeploymentFailed } from '../../events/certificate.ts'
import type { AuditOrigin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { recordChange } from '../certificates/record.ts'
import * as certificates from '../certificates/store.ts'
import type { Deployment } from './schema.ts'

/** Nothing of what was given up: that stands where it was given up. */
export async function recordEnd(
  tx: Tx,
  organizationId: string,
  deployment: Deployment,
): Promise<void> {
  const reach = { organizationId, workspaceId: null }
  const certificate = await certificates.find(tx, reach, deployment.certificateId)
  if (certificate === null) return
  const { id, target, agentId, version, state, servedFingerprint } = deployment
  const origin = byAgents(organizationId)
  const details = { deployment: id, target, agent: agentId, version }
  const place = { deployment_id: id, target }
  if (state === 'deployed') {
    await recordChange(tx, origin, certificate, {
      action: 'certificate.deployed',
      details: { ...details, servedFingerprint },
      event: certificateDeployed,
      more: { ...place, agent_id: agentId ?? '' },
    })
    return
  }
  if (state !== 'failed' && state !== 'rolled_back') return
  const error = deployment.error ?? { code: state, message: 'The agent gave no reason' }
  await recordChange(tx, origin, certificate, {
    action: 'certificate.deployment_failed',
    details: { ...details, state, ...error },
    event: certificateDeploymentFailed,
    more: { ...place, agent_id: agentId, state, error },
  })
}

/** No request did it, whoever asked for it. */
function byAgents(organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'deployments', name: 'Deployments' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}
