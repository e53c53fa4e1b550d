// newOrder, and reading orders (RFC 8555 §7.4).
import { z } from 'zod'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { AcmeAuthority } from './authority.ts'
import { insertAuthorization, reusable } from './authorization-store.ts'
import { malformed } from './checks/envelope.ts'
import { type Acme, accountOf, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { challengesFor, type Identifier, readIdentifiers, requireWithin } from './identifiers.ts'
import * as store from './order-store.ts'
import { takeAllowance } from './rates.ts'
import { requireReplaceable } from './renewal-info.ts'

const identifiersMax = 100
const openOrdersMax = 300
const orderMs = 86_400_000

const NewOrder = z.object({
  identifiers: z
    .array(z.object({ type: z.string().max(50), value: z.string().max(500) }))
    .min(1)
    .max(identifiersMax),
  notBefore: z.string().optional(),
  notAfter: z.string().optional(),
  replaces: z.string().max(200).optional(),
})

export const orderEndpoints: Endpoint[] = [
  {
    path: '/new-order',
    operationId: 'acmeNewOrder',
    summary: 'Order a certificate',
    signedBy: 'account',
    payload: NewOrder,
    handle: newOrder,
  },
  {
    path: '/order/:order',
    operationId: 'acmeOrder',
    summary: 'How an order stands',
    signedBy: 'account',
    payload: null,
    handle: readOrder,
  },
]

async function newOrder(acme: Acme, request: Signed) {
  const { authority } = request
  const account = accountOf(request)
  const sent = NewOrder.parse(request.payload)
  if (sent.notBefore !== undefined || sent.notAfter !== undefined) {
    throw malformed('The authority chooses how long a certificate is valid: leave out notBefore')
  }
  const identifiers = readIdentifiers(sent.identifiers, authority.settings)
  await takeAllowance(acme, 'acme.orders', account.id)
  const { organizationId, id: authorityId } = authority
  const owner = { organizationId, authorityId, accountId: account.id }
  const { db, now } = acme.trust.platform
  const order = await db.inTenant(organizationId, async (tx) => {
    if ((await store.openOrders(tx, owner)) >= openOrdersMax) {
      const message = `The account has ${openOrdersMax} orders that it has not finished`
      throw acmeErrors.problem('acme_rate_limited', { message, headers: { 'retry-after': '3600' } })
    }
    const { issuer, root } = await acme.trust.authorities.keys(tx, authority.row)
    const above = [issuer, root].flatMap(
      ({ certificate }) => certificate.says.nameConstraints ?? [],
    )
    requireWithin(identifiers, above)
    const replaces = sent.replaces ?? null
    if (replaces !== null) {
      await requireReplaceable(tx, acme, authority, { replaces, account, identifiers })
    }
    const id = uuid7()
    const expiresAt = new Date(now() + orderMs)
    const authorizations = await authorizationsFor(tx, authority, owner, { identifiers, expiresAt })
    await store.insertOrder(tx, owner, { id, identifiers, replaces, expiresAt, authorizations })
    await appendAudit(tx, originOf(request), {
      action: 'acme_order.created',
      objectType: 'acme_order',
      objectId: id,
      details: { authority: authorityId, names: identifiers.map(({ value }) => value) },
    })
    return store.findOrder(tx, owner, id)
  })
  if (order === null) throw new Error('an order is gone that was just made')
  return answerOf(authority, order, 201)
}

async function authorizationsFor(
  tx: Tx,
  { settings }: AcmeAuthority,
  owner: { organizationId: string; authorityId: number; accountId: string },
  wanted: { identifiers: readonly Identifier[]; expiresAt: Date },
): Promise<string[]> {
  const ids: string[] = []
  for (const identifier of wanted.identifiers) {
    const known = settings.authorizationHours === 0 ? null : await reusable(tx, owner, identifier)
    const challenges = challengesFor(identifier, settings.challenges)
    const made = { identifier, challenges, expiresAt: wanted.expiresAt }
    ids.push(known ?? (await insertAuthorization(tx, owner, made)))
  }
  return ids
}

async function readOrder(acme: Acme, request: Signed) {
  const { authority, params } = request
  const order = await acme.trust.platform.db.inTenant(authority.organizationId, (tx) =>
    mustFindOrder(tx, request, params.order ?? ''),
  )
  return answerOf(authority, order)
}

export async function mustFindOrder(
  tx: Tx,
  request: Signed,
  id: string,
  options = { locked: false },
): Promise<store.OrderRow> {
  const { organizationId } = request.authority
  const owner = { organizationId, accountId: accountOf(request).id }
  const order = await store.findOrder(tx, owner, id, options)
  if (order === null) throw acmeErrors.problem('acme_missing')
  return order
}

export function answerOf({ url }: AcmeAuthority, order: store.OrderRow, status: 200 | 201 = 200) {
  const { id, replaces, error } = order
  const body = {
    status: order.status,
    expires: order.expiresAt,
    identifiers: order.identifiers,
    authorizations: order.authorizations.map((each) => url(`/authorization/${each}`)),
    finalize: url(`/order/${id}/finalize`),
    ...(replaces === null ? {} : { replaces }),
    ...(error === null ? {} : { error }),
    ...(order.status === 'valid' ? { certificate: url(`/certificate/${id}`) } : {}),
  }
  return { status, body, headers: { location: url(`/order/${id}`) } }
}
