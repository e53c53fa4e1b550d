// RFC 8555 §6.5: every request carries a nonce of ours, and none is taken twice.
import type { Tx } from '../../../platform/db.ts'
import { acmeErrors } from '../errors.ts'
import type { Nonces } from '../nonces.ts'

export async function checkNonce(
  tx: Tx,
  nonces: Nonces,
  place: { organizationId: string; authorityId: number },
  nonce: string | undefined,
): Promise<void> {
  const { organizationId, authorityId } = place
  const isGood =
    nonce !== undefined &&
    nonces.isOurs(authorityId, nonce) &&
    (await nonces.use(tx, organizationId, nonce))
  if (!isGood) throw acmeErrors.problem('acme_bad_nonce')
}
