// External account binding (RFC 8555 §7.3.4): a MAC over the account's key, with a key that was
// handed out beforehand.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Tx } from '../../platform/db.ts'
import { type Envelope, malformed, openEnvelope } from './checks/envelope.ts'
import { eabPlace, lockEabKey } from './eab-store.ts'
import type { Acme, Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'

const hashes: Readonly<Record<string, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
}

/** Whom the account is bound to; null where it need not be and is not. */
export async function checkBinding(
  tx: Tx,
  acme: Acme,
  request: Signed,
  sent: unknown,
): Promise<{ id: string; workspaceId: string } | null> {
  const { authority } = request
  if (sent === undefined || sent === null) {
    if (!authority.settings.externalAccountRequired) return null
    throw acmeErrors.problem('acme_external_account_required')
  }
  const envelope = openEnvelope(typeof sent === 'object' ? sent : {})
  const kid = checkForm(envelope, request)
  const { organizationId, id: authorityId } = authority
  const key = await lockEabKey(tx, { organizationId, authorityId }, kid)
  const context = eabPlace(organizationId, kid)
  const secret = key && acme.trust.platform.secrets.open(key.sealedKey, context)
  if (key === null || secret === null || !macHolds(envelope, secret)) {
    throw refuse('The external account is unknown, or its MAC does not hold')
  }
  if (!key.usable) throw refuse('The key of the external account was revoked or has expired')
  if (key.accounts >= key.accountsMax) {
    throw refuse('The key of the external account has as many accounts as it may have')
  }
  return { id: kid, workspaceId: key.workspaceId }
}

/** Answers the key identifier. */
function checkForm({ protected: header, payload }: Envelope, { key, url }: Signed): string {
  const { alg, kid, nonce, jwk } = header
  if (!Object.hasOwn(hashes, alg)) {
    throw malformed('The binding must be signed by HS256, HS384 or HS512')
  }
  if (kid === undefined || jwk !== undefined || nonce !== undefined) {
    throw malformed('The binding must name kid, and neither jwk nor nonce')
  }
  if (header.url !== url) throw malformed('The binding was signed for another URL')
  if (!isSameKey(payload, key.jwk)) throw malformed('The binding is of another key')
  return kid
}

function isSameKey(payload: Buffer, jwk: object): boolean {
  try {
    const bound: Record<string, unknown> = JSON.parse(payload.toString('utf8'))
    return Object.entries(jwk).every(([name, value]) => bound[name] === value)
  } catch {
    return false
  }
}

function macHolds({ protected: { alg }, input, signature }: Envelope, secret: Buffer): boolean {
  const expected = createHmac(hashes[alg] ?? 'sha256', secret)
    .update(input)
    .digest()
  return expected.length === signature.length && timingSafeEqual(expected, signature)
}

function refuse(message: string) {
  return acmeErrors.problem('acme_unauthorized', { message })
}
