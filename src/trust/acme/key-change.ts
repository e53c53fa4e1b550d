// keyChange (RFC 8555 §7.3.5): the old key signs what the new key has signed.
import { z } from 'zod'
import { appendAudit } from '../../platform/audit/audit.ts'
import { findByKey, setKey } from './account-store.ts'
import { checkAlgorithm } from './checks/algorithm.ts'
import { type Envelope, malformed, openEnvelope } from './checks/envelope.ts'
import { checkSignature } from './checks/signature.ts'
import { type Acme, accountOf, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { type PublicKey, readPublicKey } from './jose.ts'

const Inner = z.object({ protected: z.string(), payload: z.string(), signature: z.string() })
const KeyChange = z.object({ account: z.string(), oldKey: z.record(z.string(), z.unknown()) })

export const keyChangeEndpoint: Endpoint = {
  path: '/key-change',
  operationId: 'acmeKeyChange',
  summary: 'Give an account another key',
  signedBy: 'account',
  payload: Inner,
  handle: changeKey,
}

async function changeKey(acme: Acme, request: Signed) {
  const { authority, key } = request
  const account = accountOf(request)
  const next = readInner(openEnvelope(request.payload), request)
  const { organizationId, id: authorityId } = authority
  const place = { organizationId, authorityId }
  await acme.trust.platform.db.inTenant(organizationId, async (tx) => {
    const other = await findByKey(tx, place, next.thumbprint)
    if (other !== null) {
      const headers = { location: authority.url(`/account/${other.id}`) }
      throw acmeErrors.problem('acme_conflict', { headers })
    }
    const { thumbprint, jwk } = next
    const change = { id: account.id, from: key.thumbprint, thumbprint, jwk }
    if (!(await setKey(tx, place, change))) {
      throw acmeErrors.problem('acme_conflict', { message: 'The account has changed meanwhile' })
    }
    await appendAudit(tx, originOf(request), {
      action: 'acme_account.key_changed',
      objectType: 'acme_account',
      objectId: account.id,
      details: { authority: authorityId, thumbprint },
    })
  })
  const location = authority.url(`/account/${account.id}`)
  const { status, contacts: contact } = account
  const body = { status, contact, orders: `${location}/orders` }
  return { status: 200 as const, body, headers: { location } }
}

/** The new key. */
function readInner(inner: Envelope, { key, url, authority, account }: Signed): PublicKey {
  const { protected: header, payload } = inner
  checkAlgorithm(header.alg)
  if (header.jwk === undefined || header.kid !== undefined || header.nonce !== undefined) {
    throw malformed('The inner request must name jwk, and neither kid nor nonce')
  }
  if (header.url !== url) throw malformed('The inner request was signed for another URL')
  const next = readPublicKey(header.jwk)
  checkSignature(inner, next)
  const said = KeyChange.safeParse(parsed(payload))
  if (!said.success) throw malformed('The inner request must say account and oldKey')
  if (said.data.account !== authority.url(`/account/${account?.id}`)) {
    throw malformed('The inner request is of another account')
  }
  if (readPublicKey(said.data.oldKey).thumbprint !== key.thumbprint) {
    throw malformed('oldKey is not the key of the account')
  }
  return next
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return null
  }
}
