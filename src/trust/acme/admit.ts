// Lets a signed request in: the checks of `checks/`, in their order.
import { network } from '../../platform/http/address.ts'
import { findAccount } from './account-store.ts'
import type { AcmeAuthority } from './authority.ts'
import { checkAccountStatus } from './checks/account-status.ts'
import { checkAlgorithm } from './checks/algorithm.ts'
import { checkContentType } from './checks/content-type.ts'
import { type Envelope, openEnvelope } from './checks/envelope.ts'
import { checkNonce } from './checks/nonce.ts'
import { readPayload } from './checks/payload.ts'
import { checkSignature } from './checks/signature.ts'
import { checkSigner } from './checks/signer.ts'
import { checkUrl } from './checks/url.ts'
import type { Acme, Endpoint, Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { readPublicKey } from './jose.ts'
import { takeAllowance } from './rates.ts'

export interface Sent {
  contentType: string | undefined
  body: unknown
  params: Record<string, string>
  address: string
  requestId: string
}

export async function admit(
  acme: Acme,
  authority: AcmeAuthority,
  endpoint: Endpoint,
  sent: Sent,
): Promise<Signed> {
  await takeAllowance(acme, 'acme.requests', network(sent.address))
  checkContentType(sent.contentType)
  const envelope = openEnvelope(sent.body ?? '')
  const { protected: header } = envelope
  checkAlgorithm(header.alg)
  const signer = checkSigner(header, endpoint.signedBy)
  const url = urlOf(authority, endpoint, sent.params)
  checkUrl(header.url, url)
  const key = 'jwk' in signer ? readPublicKey(signer.jwk) : null
  const account = await meet(acme, authority, envelope, 'kid' in signer ? signer.kid : null)
  if (account !== null) checkAccountStatus(account)
  const known = key ?? readPublicKey(account?.jwk)
  checkSignature(envelope, known)
  const payload = readPayload(endpoint, envelope.payload)
  const { params, address, requestId } = sent
  return { authority, account, key: known, payload, params, url, address, requestId }
}

/** Uses the nonce up, also where the request then fails, and finds whose it is. */
async function meet(acme: Acme, authority: AcmeAuthority, envelope: Envelope, kid: string | null) {
  const { organizationId, id: authorityId } = authority
  const place = { organizationId, authorityId }
  const id = kid === null ? null : accountIdOf(authority, kid)
  const { db } = acme.trust.platform
  const account = await db.inTenant(organizationId, async (tx) => {
    await checkNonce(tx, acme.nonces, place, envelope.protected.nonce)
    return id === null ? null : findAccount(tx, place, id)
  })
  if (kid !== null && account === null) throw acmeErrors.problem('acme_account_does_not_exist')
  return account
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function accountIdOf(authority: AcmeAuthority, kid: string): string | null {
  const before = authority.url('/account/')
  const id = kid.startsWith(before) ? kid.slice(before.length) : ''
  if (uuid.test(id)) return id
  return '00000000-0000-0000-0000-000000000000'
}

function urlOf(authority: AcmeAuthority, { path }: Endpoint, params: Record<string, string>) {
  return authority.url(path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? ''))
}
