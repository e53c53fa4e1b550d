// Accounts (RFC 8555 §7.3): made for a key, changed, closed.
import { z } from 'zod'
import { appendAudit } from '../../platform/audit/audit.ts'
import { network } from '../../platform/http/address.ts'
import { uuid7 } from '../../platform/ids.ts'
import * as store from './account-store.ts'
import type { AcmeAuthority } from './authority.ts'
import { checkAccountStatus } from './checks/account-status.ts'
import { malformed } from './checks/envelope.ts'
import { type Acme, accountOf, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { checkBinding } from './external-account.ts'
import { ordersOf } from './order-store.ts'
import { takeAllowance } from './rates.ts'

const contacts = z.array(z.string().max(320)).max(10)
const NewAccount = z.object({
  contact: contacts.default([]),
  onlyReturnExisting: z.boolean().default(false),
  externalAccountBinding: z.unknown().optional(),
})
const Change = z.object({
  contact: contacts.optional(),
  status: z.string().max(20).optional(),
})

export const accountEndpoints: Endpoint[] = [
  {
    path: '/new-account',
    operationId: 'acmeNewAccount',
    summary: 'An account for the key that signs, made or found',
    signedBy: 'key',
    payload: NewAccount,
    handle: newAccount,
  },
  {
    path: '/account/:account',
    operationId: 'acmeAccount',
    summary: 'Read, change or close an account',
    signedBy: 'account',
    payload: Change,
    readable: true,
    handle: account,
  },
  {
    path: '/account/:account/orders',
    operationId: 'acmeAccountOrders',
    summary: 'The orders of an account',
    signedBy: 'account',
    payload: null,
    handle: orders,
  },
]

async function newAccount(acme: Acme, request: Signed) {
  const { authority, key } = request
  const sent = NewAccount.parse(request.payload)
  const place = placeOf(authority)
  const { db } = acme.trust.platform
  const known = await db.inTenant(place.organizationId, (tx) =>
    store.findByKey(tx, place, key.thumbprint),
  )
  if (known !== null) return existing(authority, known)
  if (sent.onlyReturnExisting) throw acmeErrors.problem('acme_account_does_not_exist')
  const addresses = readContacts(sent.contact)
  await takeAllowance(acme, 'acme.accounts', network(request.address))
  return db.inTenant(place.organizationId, async (tx) => {
    const bound = await checkBinding(tx, acme, request, sent.externalAccountBinding)
    const made = await store.insertAccount(tx, place, {
      id: uuid7(),
      thumbprint: key.thumbprint,
      jwk: key.jwk,
      contacts: addresses,
      eabKeyId: bound?.id ?? null,
      workspaceId: bound?.workspaceId ?? null,
      address: request.address,
    })
    if (made === null) {
      const other = await store.findByKey(tx, place, key.thumbprint)
      if (other === null) throw acmeErrors.problem('acme_conflict')
      return existing(authority, other)
    }
    await appendAudit(tx, originOf({ ...request, account: made }), {
      action: 'acme_account.created',
      objectType: 'acme_account',
      objectId: made.id,
      details: { authority: authority.id, contacts: addresses, eabKey: made.eabKeyId },
    })
    return answerOf(authority, made, 201)
  })
}

function existing(authority: AcmeAuthority, known: store.AccountRow) {
  checkAccountStatus(known)
  return answerOf(authority, known, 200)
}

async function account(acme: Acme, request: Signed) {
  const { authority, payload } = request
  const own = mustBeOwn(request)
  if (payload === undefined) return answerOf(authority, own, 200)
  const { contact, status } = Change.parse(payload)
  if (status !== undefined && status !== 'deactivated') {
    throw malformed('The status of an account becomes deactivated, and nothing else')
  }
  const addresses = contact && readContacts(contact)
  const place = placeOf(authority)
  const changed: store.AccountRow = {
    ...own,
    ...(addresses === undefined ? {} : { contacts: addresses }),
    ...(status === undefined ? {} : { status }),
  }
  await acme.trust.platform.db.inTenant(place.organizationId, async (tx) => {
    if (addresses !== undefined) await store.setContacts(tx, place, own.id, addresses)
    if (status !== undefined) await store.closeAccount(tx, place, own.id, status)
    if (addresses === undefined && status === undefined) return
    await appendAudit(tx, originOf(request), {
      action: status === undefined ? 'acme_account.changed' : 'acme_account.deactivated',
      objectType: 'acme_account',
      objectId: own.id,
      details: { authority: authority.id, contacts: changed.contacts },
    })
  })
  return answerOf(authority, changed, 200)
}

async function orders(acme: Acme, request: Signed) {
  const { authority } = request
  const owner = { organizationId: authority.organizationId, accountId: mustBeOwn(request).id }
  const ids = await acme.trust.platform.db.inTenant(owner.organizationId, (tx) =>
    ordersOf(tx, owner),
  )
  const urls = ids.map((id) => authority.url(`/order/${id}`))
  return { status: 200 as const, body: { orders: urls } }
}

function mustBeOwn(request: Signed): store.AccountRow {
  const own = accountOf(request)
  if (own.id === request.params.account) return own
  throw acmeErrors.problem('acme_unauthorized', { message: 'This is another account' })
}

function placeOf({ organizationId, id: authorityId }: AcmeAuthority): store.Place {
  return { organizationId, authorityId }
}

function answerOf({ url }: AcmeAuthority, row: store.AccountRow, status: 200 | 201) {
  const { id, contacts: contact } = row
  const own = url(`/account/${id}`)
  const body = { status: row.status, contact, orders: `${own}/orders` }
  return { status, body, headers: { location: own } }
}

/** RFC 8555 §7.3: one address each, and no header fields behind it. */
function readContacts(sent: readonly string[]): string[] {
  for (const each of sent) {
    if (!/^mailto:/i.test(each)) throw acmeErrors.problem('acme_unsupported_contact')
    if (!/^mailto:[^\s@?,;<>"()\\]+@[A-Za-z0-9.-]+$/i.test(each)) {
      throw acmeErrors.problem('acme_invalid_contact')
    }
    if (!/^[\x21-\x7e]+$/.test(each)) throw acmeErrors.problem('acme_invalid_contact')
  }
  return [...sent]
}
