// SQL of the audit log as it is read: pages by filter, and the chain in its order.

import type { ChainedEvent } from '../../platform/audit/chain.ts'
import { empty, join, type Sql, sql, type Tx } from '../../platform/db.ts'

export interface AuditFilter {
  actor?: string | undefined
  action?: string | undefined
  objectType?: string | undefined
  objectId?: string | undefined
  result?: 'success' | 'failure' | undefined
  address?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export interface AuditRow extends ChainedEvent {
  actor: { kind: string; id: string; name: string }
  result: 'success' | 'failure'
  details: Record<string, unknown>
  seq: number | null
  hash: Buffer | null
}

export async function list(
  tx: Tx,
  organizationId: string,
  { filter, limit, offset }: { filter: AuditFilter; limit: number; offset: number },
): Promise<{ rows: AuditRow[]; total: number }> {
  const where = conditions(organizationId, filter)
  const rows = await tx.rows<AuditRow>(sql`${selection} ${where}
    order by e.at desc, e.id desc limit ${limit} offset ${offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from audit_events e ${where}`,
  )
  return { rows, total }
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<AuditRow | null> {
  return tx.maybe<AuditRow>(
    sql`${selection} where e.organization_id = ${organizationId} and e.id = ${id}`,
  )
}

/** `key.` finds every action on keys. */
function conditions(organizationId: string, filter: AuditFilter): Sql {
  const { action, from, to } = filter
  const all: Sql[] = [sql`e.organization_id = ${organizationId}`]
  if (filter.actor !== undefined) all.push(sql`e.actor ->> 'id' = ${filter.actor}`)
  if (action?.endsWith('.')) all.push(sql`starts_with(e.action, ${action})`)
  else if (action !== undefined) all.push(sql`e.action = ${action}`)
  if (filter.objectType !== undefined) all.push(sql`e.object_type = ${filter.objectType}`)
  if (filter.objectId !== undefined) all.push(sql`e.object_id = ${filter.objectId}`)
  if (filter.result !== undefined) all.push(sql`e.result = ${filter.result}`)
  if (filter.address !== undefined) all.push(sql`e.address = ${filter.address}`)
  if (from !== undefined) all.push(sql`e.at >= ${from}`)
  if (to !== undefined) all.push(sql`e.at < ${to}`)
  return sql`where ${all.length === 0 ? empty : join(all, ' and ')}`
}

export interface HeadRow {
  seq: number
  hash: Buffer
}

/** The head when nothing was sealed yet has number 0. */
export async function head(tx: Tx, organizationId: string): Promise<HeadRow | null> {
  return tx.maybe<HeadRow>(
    sql`select seq, hash from audit_heads where organization_id = ${organizationId}`,
  )
}

/** Null where there is none of that number. */
export async function hashAt(tx: Tx, organizationId: string, seq: number): Promise<Buffer | null> {
  const row = await tx.maybe<{ hash: Buffer }>(sql`select hash from audit_seals
    where organization_id = ${organizationId} and seq = ${seq}`)
  return row?.hash ?? null
}

export interface ChainRow extends ChainedEvent {
  seq: number
  hash: Buffer
}

export async function chain(
  tx: Tx,
  organizationId: string,
  { after, through, limit }: { after: number; through: number; limit: number },
): Promise<ChainRow[]> {
  return tx.rows<ChainRow>(sql`select s.seq, s.hash, ${eventColumns}
    from audit_seals s join audit_events e
      on e.organization_id = s.organization_id and e.id = s.event_id
    where s.organization_id = ${organizationId} and s.seq > ${after} and s.seq <= ${through}
    order by s.seq limit ${limit}`)
}

export interface CheckpointRow {
  seq: number
  hash: Buffer
  at: string
  key_id: string
  signature: Buffer
}

/** In order. */
export async function checkpoints(
  tx: Tx,
  organizationId: string,
  { after, through }: { after: number; through: number },
): Promise<CheckpointRow[]> {
  return tx.rows<CheckpointRow>(sql`select seq, hash, at, key_id, signature from audit_checkpoints
    where organization_id = ${organizationId} and seq > ${after} and seq <= ${through}
    order by seq`)
}

export async function lastCheckpoint(
  tx: Tx,
  organizationId: string,
): Promise<CheckpointRow | null> {
  return tx.maybe<CheckpointRow>(sql`select seq, hash, at, key_id, signature
    from audit_checkpoints where organization_id = ${organizationId} order by seq desc limit 1`)
}

const eventColumns = sql`e.id, e.at, e.actor, e.action, e.object_type, e.object_id, e.address,
  e.request_id, e.result, e.details`

const selection = sql`select ${eventColumns}, s.seq, s.hash from audit_events e
  left join audit_seals s on s.organization_id = e.organization_id and s.event_id = e.id`
