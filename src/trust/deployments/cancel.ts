// Gives up what nobody has begun to deploy of a certificate.
import type { Tx } from '../../platform/db.ts'
import { cancelUnoffered } from '../agents/jobs.ts'
import * as store from './store.ts'

/** The certificate is locked. What an agent is at goes on: only it can say how that ends. */
export async function cancelUnbegun(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  message: string,
): Promise<void> {
  const { organizationId } = certificate
  const open = await store.openOf(tx, certificate)
  const ids = open.filter(({ state }) => state === 'queued').map(({ id }) => id)
  const unbegun = await cancelUnoffered(tx, organizationId, ids)
  for (const { id, state } of open) {
    if (state !== 'waiting' && !unbegun.includes(id)) continue
    const error = { code: 'cancelled', message }
    await store.end(tx, { organizationId, id }, { state: 'cancelled', error })
  }
}
