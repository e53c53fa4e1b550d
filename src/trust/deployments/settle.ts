// The end of a deployment, and all that follows from it in the same transaction: the others of its
// rollout, the certificate's state, the audit log and the events.
import type { Tx } from '../../platform/db.ts'
import { recordEnd } from './record.ts'
import { advance } from './rollout.ts'
import type { Deployment } from './schema.ts'
import * as store from './store.ts'

/** Of a rollout to one target, where the agent ends in the middle of each. */
const attemptsMax = 4

/** The certificate is locked. Answers false where the deployment had ended before. */
export async function settleDeployment(
  tx: Tx,
  place: store.DeploymentPlace,
  ending: store.Ending,
): Promise<boolean> {
  const { organizationId } = place
  if (!(await store.end(tx, place, ending))) return false
  const deployment = await store.find(tx, place)
  if (deployment === null) return false
  const certificate = { organizationId, certificateId: deployment.certificateId }
  const isRepeated =
    ending.error?.code === 'cut_off' && (await store.repeat(tx, place, attemptsMax))
  if (isRepeated) {
    // That it was cut off stands in its row; how it ends, the next one tells.
    await advance(tx, certificate)
    await store.refreshCertificate(tx, certificate)
    return true
  }
  if (deployment.canary && deployment.state !== 'deployed' && deployment.rolloutId !== null) {
    const rollout = { organizationId, rollout: deployment.rolloutId }
    await store.cancelWaiting(tx, rollout, stopped(deployment))
  }
  await advance(tx, certificate)
  await store.refreshCertificate(tx, certificate)
  await recordEnd(tx, organizationId, deployment)
  return true
}

function stopped({ target, state, error }: Deployment) {
  const how = state === 'rolled_back' ? 'was rolled back' : 'did not succeed'
  const code = state === 'cancelled' ? 'cancelled' : 'canary_failed'
  const why = error === null ? '' : `: ${error.message}`
  return { code, message: `The first target, ${target}, ${how}${why}` }
}
