// SQL of orders, and of the authorizations that each of them needs.
import { empty, sql, type Tx } from '../../platform/db.ts'
import type { Identifier } from './identifiers.ts'

export type OrderStatus = 'pending' | 'ready' | 'valid' | 'invalid'

export interface OrderRow {
  id: string
  accountId: string
  status: OrderStatus
  identifiers: Identifier[]
  replaces: string | null
  error: object | null
  certificateId: number | null
  certificateNumber: number | null
  expiresAt: string
  authorizations: string[]
}

/** Computed when it is read: nothing runs when an authorization is proven or time is over. */
const status = sql`case
  when o.status <> 'pending' then o.status
  when o.expires_at <= now() then 'invalid'
  else (select case
      when bool_and(a.status = 'valid' and a.expires_at > now()) then 'ready'
      when bool_or(a.status in ('invalid', 'deactivated') or a.expires_at <= now()) then 'invalid'
      else 'pending' end
    from acme_order_authorizations oa
    join acme_authorizations a on a.organization_id = oa.organization_id
      and a.id = oa.authorization_id
    where oa.organization_id = o.organization_id and oa.order_id = o.id) end`

const columns = sql`o.id, o.account_id as "accountId", ${status} as status, o.identifiers,
  o.replaces, o.error, o.certificate_id as "certificateId",
  o.certificate_number as "certificateNumber", o.expires_at as "expiresAt",
  array(select oa.authorization_id::text from acme_order_authorizations oa
    where oa.organization_id = o.organization_id and oa.order_id = o.id
    order by oa.number) as authorizations`

interface Owner {
  organizationId: string
  accountId: string
}

export async function findOrder(
  tx: Tx,
  { organizationId, accountId }: Owner,
  id: string,
  { locked = false } = {},
): Promise<OrderRow | null> {
  return tx.maybe<OrderRow>(sql`select ${columns} from acme_orders o
    where o.organization_id = ${organizationId} and o.account_id = ${accountId} and o.id = ${id}
    ${locked ? sql`for no key update of o` : empty}`)
}

export async function insertOrder(
  tx: Tx,
  owner: Owner & { authorityId: number },
  made: {
    id: string
    identifiers: readonly Identifier[]
    replaces: string | null
    expiresAt: Date
    authorizations: readonly string[]
  },
): Promise<void> {
  await tx.run(sql`insert into acme_orders
      (organization_id, account_id, authority_id, id, status, identifiers, replaces, expires_at)
    values (${owner.organizationId}, ${owner.accountId}, ${owner.authorityId}, ${made.id},
      'pending', ${JSON.stringify(made.identifiers)}, ${made.replaces}, ${made.expiresAt})`)
  await tx.run(sql`insert into acme_order_authorizations
      (organization_id, order_id, number, authorization_id)
    select ${owner.organizationId}, ${made.id}, ordinality, id
      from unnest(${made.authorizations}::uuid[]) with ordinality as u (id, ordinality)`)
}

/** How many the account has begun and not finished. */
export async function openOrders(tx: Tx, { organizationId, accountId }: Owner): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from acme_orders
    where organization_id = ${organizationId} and account_id = ${accountId}
      and status = 'pending' and expires_at > now()`)
  return n
}

export async function ordersOf(tx: Tx, { organizationId, accountId }: Owner): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`select id from acme_orders
    where organization_id = ${organizationId} and account_id = ${accountId}
      and status <> 'invalid' order by created_at desc limit 500`)
  return rows.map(({ id }) => id)
}

export async function markIssued(
  tx: Tx,
  { organizationId, accountId }: Owner,
  order: { id: string; certificateId: number; certificateNumber: number },
): Promise<void> {
  await tx.run(sql`update acme_orders set status = 'valid',
      certificate_id = ${order.certificateId}, certificate_number = ${order.certificateNumber}
    where organization_id = ${organizationId} and account_id = ${accountId}
      and id = ${order.id}`)
}

/** Whether an order that is not given up replaces that certificate. */
export async function isReplaced(
  tx: Tx,
  { organizationId, authorityId }: { organizationId: string; authorityId: number },
  replaces: string,
): Promise<boolean> {
  // One at a time: two orders would each find none.
  const name = `trust.acme ${organizationId} ${authorityId} ${replaces}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
  const found = await tx.maybe(sql`select from acme_orders o
    where o.organization_id = ${organizationId} and o.authority_id = ${authorityId}
      and o.replaces = ${replaces} and ${status} <> 'invalid' limit 1`)
  return found !== null
}
