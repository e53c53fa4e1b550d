// SQL of what relying parties ask: which certificates of an authority are revoked.
import { sql, type Tx } from '../../platform/db.ts'

export interface RevokedRow {
  serial: Buffer
  /** Unix seconds: a hundred thousand times that is all that a list needs to read. */
  revokedAt: number
  reason: number
}

const batchSize = 20_000

/**
 * Every certificate that is revoked, in batches by serial number. What has expired is left out
 * after a day: then it has stood on at least one list after its end (RFC 5280, section 5).
 */
export async function* revoked(
  tx: Tx,
  authority: { organizationId: string; id: number; generation: number },
): AsyncGenerator<RevokedRow[]> {
  let after: Buffer = Buffer.of()
  for (;;) {
    const rows = await tx.rows<RevokedRow>(sql`
      select distinct on (serial) serial,
        extract(epoch from revoked_at)::float8 as "revokedAt",
        revocation_reason as reason
        from certificate_versions
       where organization_id = ${authority.organizationId} and issued_by = ${authority.id}
         and issuer_generation = ${authority.generation}
         and revoked_at is not null and serial > ${after}
         and valid_to > now() - interval '1 day'
       order by serial, certificate_versions.revoked_at limit ${batchSize}`)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < batchSize) return
    after = last.serial
  }
}

/** Of one serial number, whoever revoked it; null where the authority issued no such one. */
export async function statusOf(
  tx: Tx,
  authority: { organizationId: string; id: number; generation?: number },
  serial: Buffer,
): Promise<{ revokedAt: string | null; reason: number | null } | null> {
  return tx.maybe(sql`select revoked_at as "revokedAt", revocation_reason as reason
    from certificate_versions
    where organization_id = ${authority.organizationId} and issued_by = ${authority.id}
      and serial = ${serial} and issuer_generation = coalesce(
        ${authority.generation ?? null}::integer, issuer_generation)
    order by certificate_versions.revoked_at nulls last limit 1`)
}

export interface CrlRow {
  number: number
  revocations: number
  der: Buffer
  nextUpdate: string
}

export async function findCrl(tx: Tx, place: CrlPlace): Promise<CrlRow | null> {
  return tx.maybe<CrlRow>(sql`select number, revocations, der, next_update as "nextUpdate"
    from authority_crls where organization_id = ${place.organizationId}
      and authority_id = ${place.id} and issuer = ${place.issuer}
      and generation = ${place.generation}`)
}

export interface CrlPlace {
  organizationId: string
  id: number
  issuer: 'root' | 'intermediate'
  generation: number
}

/** Whose it is to make a list: others who find it out of date wait for that one. */
export async function lockCrl(tx: Tx, place: CrlPlace): Promise<void> {
  const name = `trust.crl ${place.organizationId} ${place.id} ${place.issuer} ${place.generation}`
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

export async function saveCrl(
  tx: Tx,
  place: CrlPlace,
  made: { number: number; revocations: number; der: Buffer; thisUpdate: Date; nextUpdate: Date },
): Promise<void> {
  await tx.run(sql`insert into authority_crls
      (organization_id, authority_id, issuer, generation, number, revocations, der, this_update,
       next_update)
    values (${place.organizationId}, ${place.id}, ${place.issuer}, ${place.generation},
      ${made.number}, ${made.revocations}, ${made.der}, ${made.thisUpdate}, ${made.nextUpdate})
    on conflict (organization_id, authority_id, issuer, generation) do update
      set number = excluded.number,
      revocations = excluded.revocations, der = excluded.der,
      this_update = excluded.this_update, next_update = excluded.next_update`)
}
