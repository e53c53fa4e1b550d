// Asks an agent to deploy a certificate. There is none in this version, and that is said plainly.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { mustFind } from '../certificates/issue.ts'
import type { Certificate } from '../certificates/schema.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'

export interface WantedDeployment {
  id: number
  targets?: readonly string[] | undefined
  agentId?: string | undefined
}

/** Throws AGENT_UNAVAILABLE; what was tried stands in the audit log. */
export async function deployCertificate(
  { platform }: Trust,
  origin: Origin,
  { id, targets, agentId }: WantedDeployment,
): Promise<Certificate> {
  const certificate = await platform.db.inTenant(origin.caller.organizationId, async (tx) => {
    const found = await mustFind(tx, origin, id)
    const wanted = targets ?? found.deploymentTargets
    if (wanted.length === 0) {
      throw invalidField('targets', 'is required where the certificate has no deploymentTargets')
    }
    await appendAudit(tx, origin, {
      action: 'certificate.deployment_requested',
      objectType: 'certificate',
      objectId: String(id),
      result: 'failure',
      details: { commonName: found.commonName, targets: wanted, agentId: agentId ?? null },
    })
    return { ...found, deploymentTargets: [...wanted] }
  })
  const { deploymentTargets } = certificate
  throw errors.problem('agent_unavailable', {
    details: { targets: deploymentTargets, agentId: agentId ?? null },
  })
}
