// SQL of the log of decisions.

import { empty, sql, type Tx } from '../../platform/db.ts'
import type { NamedPolicy } from '../authorization/active-policies.ts'

export interface Snapshot {
  hash: string
  /** JSON: the entities as they were. */
  entities: string
}

/** A row of the log; what is JSON there is text already. */
export interface LoggedDecision {
  organizationId: string
  id: string
  /** Unix milliseconds. */
  at: number
  principal: string
  action: string
  resource: string
  request: string
  allowed: boolean
  reason: string
  policies: string
  errors: string | null
  context: string
  snapshots: readonly Snapshot[]
  generation: number
  actorId: string
  requestId: string | null
  latencyUs: number
}

export async function insertDecisions(tx: Tx, batch: readonly LoggedDecision[]): Promise<void> {
  const column = (read: (decision: LoggedDecision) => Cell) => arrayOf(batch.map(read))
  const texts = (read: (decision: LoggedDecision) => string | null) => textsOf(batch.map(read))
  await tx.run(sql`insert into decisions (organization_id, at, id, principal, action, resource,
      request, allowed, reason, policies, errors, context, snapshots, generation, actor_id,
      request_id, latency_us)
    select o, to_timestamp(t / 1000.0), i, p, a, r, q::json, w, s, y::json, e::json, c::json,
      string_to_array(n, ' '), g, k, x, l
    from unnest(${column((d) => d.organizationId)}::uuid[], ${column((d) => d.at)}::bigint[],
      ${column((d) => d.id)}::text[], ${texts((d) => d.principal)}::text[],
      ${texts((d) => d.action)}::text[], ${texts((d) => d.resource)}::text[],
      ${column((d) => d.request)}::text[], ${column((d) => d.allowed)}::boolean[],
      ${column((d) => d.reason)}::text[], ${column((d) => d.policies)}::text[],
      ${column((d) => d.errors)}::text[], ${column((d) => d.context)}::text[],
      ${column((d) => d.snapshots.map(({ hash }) => hash).join(' '))}::text[],
      ${column((d) => d.generation)}::bigint[], ${texts((d) => d.actorId)}::text[],
      ${texts((d) => d.requestId)}::text[], ${column((d) => d.latencyUs)}::integer[])
      as d (o, t, i, p, a, r, q, w, s, y, e, c, n, g, k, x, l)
    on conflict do nothing`)
}

type Cell = string | number | boolean | null

/**
 * An array as PostgreSQL reads it: JSON in other brackets. Of numbers, names that are ours, and
 * texts of JSON, which hold no control characters.
 */
function arrayOf(values: readonly Cell[]): string {
  return `{${JSON.stringify(values).slice(1, -1)}}`
}

/** Of any texts: where JSON has escapes of its own, the driver writes it, which takes longer. */
function textsOf(values: readonly (string | null)[]): string | readonly Cell[] {
  const array = arrayOf(values)
  return /\\[^"\\]/.test(array) ? values : array
}

export interface KeptSnapshot extends Snapshot {
  organizationId: string
  /** On which it is used, `2026-01-31`. */
  day: string
}

export async function keepSnapshots(tx: Tx, kept: readonly KeptSnapshot[]): Promise<void> {
  // In one order, so that two nodes do not wait for each other.
  const sorted = [...kept].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  await tx.run(sql`insert into decision_snapshots as s (organization_id, hash, entities, last_used)
    select o, h, e::json, d from unnest(${sorted.map((each) => each.organizationId)}::uuid[],
      ${sorted.map((each) => each.hash)}::text[], ${sorted.map((each) => each.entities)}::text[],
      ${sorted.map((each) => each.day)}::date[]) as k (o, h, e, d)
    on conflict (organization_id, hash) do update set last_used = excluded.last_used
      where s.last_used < excluded.last_used`)
}

function nameOf({ organizationId, hash }: KeptSnapshot): string {
  return organizationId + hash
}

export interface DecisionRow {
  id: string
  at: string
  principal: string
  action: string
  resource: string
  request: unknown
  allowed: boolean
  reason: string
  policies: NamedPolicy[]
  errors: FailedPolicy[] | null
  context: Record<string, unknown>
  snapshots: string[]
  generation: number
  actor_id: string
  request_id: string | null
  latency_us: number
}

export interface FailedPolicy extends NamedPolicy {
  message: string
}

const columns = sql`id, at, principal, action, resource, request, allowed, reason, policies, errors,
  context, snapshots, generation, actor_id, request_id, latency_us`

export async function findDecision(
  tx: Tx,
  { organizationId, at, id }: { organizationId: string; at: number; id: string },
): Promise<DecisionRow | null> {
  return tx.maybe<DecisionRow>(sql`select ${columns} from decisions
    where organization_id = ${organizationId} and at = to_timestamp(${at}::bigint / 1000.0)
      and id = ${id}`)
}

export interface DecisionFilter {
  principal?: string | undefined
  action?: string | undefined
  resource?: string | undefined
  allowed?: boolean | undefined
  reason?: string | undefined
  from?: string | undefined
  to?: string | undefined
  /** Those before this one: its time and name. */
  before?: { at: number; id: string } | undefined
  limit: number
}

/** The newest first. */
export async function listDecisions(
  tx: Tx,
  organizationId: string,
  filter: DecisionFilter,
): Promise<DecisionRow[]> {
  const { principal, action, resource, allowed, reason, from, to, before } = filter
  const is = (name: ReturnType<typeof sql>, value: string | boolean | undefined) =>
    value === undefined ? empty : sql`and ${name} = ${value}`
  return tx.rows<DecisionRow>(sql`select ${columns} from decisions
    where organization_id = ${organizationId} ${is(sql`principal`, principal)}
      ${is(sql`action`, action)} ${is(sql`resource`, resource)} ${is(sql`allowed`, allowed)}
      ${is(sql`reason`, reason)}
      ${from === undefined ? empty : sql`and at >= ${instant(from)}`}
      ${to === undefined ? empty : sql`and at < ${instant(to)}`}
      ${
        before === undefined
          ? empty
          : sql`and at <= to_timestamp(${before.at}::bigint / 1000.0)
              and (at, id) < (to_timestamp(${before.at}::bigint / 1000.0), ${before.id})`
      }
    order by at desc, id desc limit ${filter.limit}`)
}

/** PostgreSQL does not read the year 0000, which RFC 3339 has. */
function instant(time: string) {
  return sql`to_timestamp(${Date.parse(time)}::bigint / 1000.0)`
}

export async function readSnapshots(
  tx: Tx,
  organizationId: string,
  hashes: readonly string[],
): Promise<Map<string, unknown[]>> {
  const rows = await tx.rows<{ hash: string; entities: unknown[] }>(sql`select hash, entities
    from decision_snapshots where organization_id = ${organizationId}
      and hash = any(${hashes})`)
  return new Map(rows.map(({ hash, entities }) => [hash, entities]))
}
