// SQL of links for auditors.
import { sql, type Tx } from '../../platform/db.ts'
import type { Actor } from '../../platform/http/caller.ts'
import type { AuditorLink, NewLink } from './schema.ts'

export async function insert(
  tx: Tx,
  made: NewLink & { organizationId: string; id: string; hash: Buffer; by: Actor },
): Promise<AuditorLink> {
  return tx.one<AuditorLink>(sql`
    insert into evidence_auditor_links
      (organization_id, id, name, token_hash, repositories, frameworks, packs_from, packs_to,
       created_by, expires_at)
    values (${made.organizationId}, ${made.id}, ${made.name}, ${made.hash},
      ${made.repositories ?? null}, ${made.frameworks ?? null}, ${made.from ?? null},
      ${made.to ?? null}, ${JSON.stringify(made.by)}, ${made.expires_at})
    returning ${columns}`)
}

export async function list(
  tx: Tx,
  organizationId: string,
  { limit, offset }: { limit: number; offset: number },
) {
  const auditor_links = await tx.rows<AuditorLink>(sql`select ${columns}
    from evidence_auditor_links where organization_id = ${organizationId}
    order by created_at desc, id limit ${limit} offset ${offset}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*)::integer as total
    from evidence_auditor_links where organization_id = ${organizationId}`)
  return { auditor_links, total, limit, offset }
}

/** Null where there is none; one that is revoked stays as it was. */
export async function revoke(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<(AuditorLink & { was_open: boolean }) | null> {
  return tx.maybe(sql`
    with before as (
      select revoked_at from evidence_auditor_links
       where organization_id = ${organizationId} and id = ${id} for update)
    update evidence_auditor_links
       set revoked_at = coalesce(evidence_auditor_links.revoked_at, now())
      from before where organization_id = ${organizationId} and id = ${id}
    returning ${columns}, before.revoked_at is null as was_open`)
}

/** In the system role, by the SHA-256 of its token; null unless it is open. */
export async function open(
  tx: Tx,
  hash: Buffer,
): Promise<(AuditorLink & { organization_id: string }) | null> {
  return tx.maybe(sql`select ${columns}, organization_id from evidence_auditor_links
    where token_hash = ${hash} and revoked_at is null and expires_at > now()`)
}

/** Only while it is open: false where it ended meanwhile. */
export async function noteRead(tx: Tx, organizationId: string, id: string): Promise<boolean> {
  const rows = await tx.run(sql`update evidence_auditor_links
    set reads = reads + 1, last_read_at = now()
    where organization_id = ${organizationId} and id = ${id}
      and revoked_at is null and expires_at > now()`)
  return rows === 1
}

const columns = sql`id, name, repositories, frameworks, packs_from as "from", packs_to as "to",
  created_by, created_at, expires_at, evidence_auditor_links.revoked_at, reads, last_read_at,
  case when evidence_auditor_links.revoked_at is not null then 'revoked'
    when expires_at <= now() then 'expired' else 'open' end as state`
