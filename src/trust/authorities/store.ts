// SQL of certificate authorities.
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { AuthorityTypeName } from '../connectors/authority/index.ts'
import { offsetOf, type PageQuery } from '../paging.ts'
import type { MadeCertificate } from './make.ts'
import type { Authority } from './schema.ts'

export interface AuthorityRow {
  organizationId: string
  id: number
  name: string
  type: AuthorityTypeName
  settings: Record<string, unknown>
  sealedSettings: Buffer | null
  token: string
  isDefault: boolean
  revocations: number
  createdAt: string
  updatedAt: string
}

const shownColumns = sql`a.id, a.name, a.type, a.settings, a.is_default as "isDefault",
  a.created_at as "createdAt", a.updated_at as "updatedAt"`

const columns = sql`a.organization_id as "organizationId", a.id, a.name, a.type, a.settings,
  a.sealed_settings as "sealedSettings",
  a.public_token as token, a.is_default as "isDefault", a.revocations,
  a.created_at as "createdAt", a.updated_at as "updatedAt"`

const there = sql`a.deleted_at is null`

export async function list(
  tx: Tx,
  organizationId: string,
  page: PageQuery,
): Promise<{ data: Authority[]; total: number }> {
  const where = sql`where a.organization_id = ${organizationId} and ${there}`
  const data = await tx.rows<Authority>(sql`
    select ${shownColumns}, (select count(*) from certificates c
        where c.organization_id = a.organization_id and c.authority_id = a.id) as certificates
      from certificate_authorities a ${where}
     order by a.id limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from certificate_authorities a ${where}`,
  )
  return { data, total }
}

export async function find(
  tx: Tx,
  organizationId: string,
  id: number,
  options: { locked?: Lock } = {},
): Promise<AuthorityRow | null> {
  return tx.maybe<AuthorityRow>(sql`select ${columns} from certificate_authorities a
    where a.organization_id = ${organizationId} and a.id = ${id} and ${there}
    ${lockOf(options)}`)
}

export async function findDefault(
  tx: Tx,
  organizationId: string,
  options: { locked?: Lock } = {},
): Promise<AuthorityRow | null> {
  return tx.maybe<AuthorityRow>(sql`select ${columns} from certificate_authorities a
    where a.organization_id = ${organizationId} and a.is_default and ${there}
    ${lockOf(options)}`)
}

/** `stays`: nobody deletes it meanwhile, and many may hold it so at once. */
type Lock = 'stays' | 'changes' | 'ends'

const locks: Record<Lock, Sql> = {
  // Revocations, which count in the row, do not wait for it.
  stays: sql`for key share`,
  changes: sql`for no key update`,
  ends: sql`for update`,
}

/** Deleted ones too: what they signed goes on. */
export async function findEver(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<AuthorityRow | null> {
  return tx.maybe<AuthorityRow>(sql`select ${columns} from certificate_authorities a
    where a.organization_id = ${organizationId} and a.id = ${id}`)
}

function lockOf({ locked }: { locked?: Lock }): Sql {
  return locked === undefined ? empty : locks[locked]
}

/** Across tenants, and deleted ones too: relying parties go on asking. */
export async function findByToken(tx: Tx, token: string): Promise<AuthorityRow | null> {
  return tx.maybe<AuthorityRow>(
    sql`select ${columns} from certificate_authorities a where a.public_token = ${token}`,
  )
}

export interface NewAuthority {
  organizationId: string
  name: string
  type: AuthorityTypeName
  settings: object
  sealedSettings: Buffer | null
  token: string
  isDefault: boolean
  createdBy: string
}

export async function isTaken(tx: Tx, organizationId: string, name: string): Promise<boolean> {
  const found = await tx.maybe(sql`select id from certificate_authorities a
    where a.organization_id = ${organizationId} and lower(name) = lower(${name}) and ${there}`)
  return found !== null
}

/** The oldest internal one that can still sign. */
export async function livingInternal(tx: Tx, organizationId: string): Promise<AuthorityRow | null> {
  return tx.maybe<AuthorityRow>(sql`select ${columns} from certificate_authorities a
    where a.organization_id = ${organizationId} and a.type = 'internal' and ${there}
      and exists (select from authority_certificates c
        where c.organization_id = a.organization_id and c.authority_id = a.id
          and c.role = 'intermediate' and c.valid_to > now() + interval '1 day')
    order by a.id limit 1`)
}

export async function makeDefault(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<void> {
  await tx.run(sql`update certificate_authorities set is_default = true
    where organization_id = ${organizationId} and id = ${id}`)
}

/** The caller has seen that the name is free, under the lock of all that make authorities. */
export async function insert(tx: Tx, made: NewAuthority): Promise<AuthorityRow> {
  if (made.isDefault) await withdrawDefault(tx, made.organizationId)
  return tx.one<AuthorityRow>(sql`
    insert into certificate_authorities as a
      (organization_id, name, type, settings, sealed_settings, public_token, is_default,
       created_by)
    values (${made.organizationId}, ${made.name}, ${made.type}, ${JSON.stringify(made.settings)},
      ${made.sealedSettings}, ${made.token}, ${made.isDefault}, ${made.createdBy})
    returning ${columns}`)
}

async function withdrawDefault(tx: Tx, organizationId: string): Promise<void> {
  await tx.run(sql`update certificate_authorities set is_default = false
    where organization_id = ${organizationId} and is_default`)
}

/** Answers false where the name is taken. */
export async function update(
  tx: Tx,
  authority: Pick<AuthorityRow, 'organizationId' | 'id'>,
  change: { name: string; settings: object; sealedSettings: Buffer | null; isDefault: boolean },
): Promise<boolean> {
  const { organizationId, id } = authority
  const taken = await tx.maybe(sql`select id from certificate_authorities a
    where a.organization_id = ${organizationId} and lower(name) = lower(${change.name})
      and id <> ${id} and ${there}`)
  if (taken !== null) return false
  if (change.isDefault) await withdrawDefault(tx, organizationId)
  await tx.run(sql`update certificate_authorities set name = ${change.name},
      settings = ${JSON.stringify(change.settings)}, sealed_settings = ${change.sealedSettings},
      is_default = ${change.isDefault},
      updated_at = now()
    where organization_id = ${organizationId} and id = ${id}`)
  return true
}

export async function remove(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<void> {
  await tx.run(sql`update certificate_authorities
      set deleted_at = now(), is_default = false
    where organization_id = ${organizationId} and id = ${id}`)
}

/** Certificates that would miss it: valid ones that it issued, and those that renew by it. */
export async function dependents(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from (
      select id from certificates where organization_id = ${organizationId}
        and (authority_id = ${id} or fallback_authority_id = ${id})
        and revoked_at is null and coalesce(valid_to > now(), true)
      union select certificate_id from renewals where organization_id = ${organizationId}
        and authority_id = ${id} and state not in ('stored', 'failed', 'cancelled')
      union select c.id from certificate_versions v
        join certificates c on c.organization_id = v.organization_id
          and c.id = v.certificate_id and c.version = v.number
        where v.organization_id = ${organizationId} and v.issued_by = ${id}
          and v.revoked_at is null and v.valid_to > now()) found`)
  return n
}

/** What was refused for want of a right key, or the way, is asked for again with other settings. */
export async function askAgainToRevoke(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<void> {
  await tx.run(sql`update authority_revocations r
      set state = 'queued', attempts = 0, next_attempt_at = now(), finished_at = null
     from certificate_versions v
    where r.organization_id = ${organizationId} and r.authority_id = ${id}
      and r.state = 'refused' and v.organization_id = r.organization_id
      and v.certificate_id = r.certificate_id and v.number = r.number and v.valid_to > now()`)
}

/** Intermediates by what certificates say of the key that signed them. */
export async function issuersByKeyId(
  tx: Tx,
  organizationId: string,
  keyId: Uint8Array,
): Promise<{ authorityId: number; der: Buffer }[]> {
  return tx.rows(sql`select authority_id as "authorityId", der from authority_certificates
    where organization_id = ${organizationId} and subject_key_id = ${Buffer.from(keyId)}
      and role = 'intermediate' order by authority_id limit 10`)
}

export interface CertificateRow {
  id: string
  role: MadeCertificate['role']
  generation: number
  der: Buffer
  /** One of both: the key itself, or its id on the token of the authority. */
  sealedKey: Buffer | null
  tokenKeyId: string | null
}

export async function insertCertificate(
  tx: Tx,
  place: { organizationId: string; authorityId: number },
  made: CertificateRow & { validTo: Date; subjectKeyId: Uint8Array | null },
): Promise<void> {
  await tx.run(sql`insert into authority_certificates
      (organization_id, authority_id, id, role, generation, der, subject_key_id, sealed_key,
       token_key_id, valid_to)
    values (${place.organizationId}, ${place.authorityId}, ${made.id}, ${made.role},
      ${made.generation}, ${made.der}, ${made.subjectKeyId && Buffer.from(made.subjectKeyId)},
      ${made.sealedKey}, ${made.tokenKeyId}, ${made.validTo})`)
}

/** Root and intermediates, and of each of those the responder that lasts longest. */
export async function certificatesOf(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<CertificateRow[]> {
  return tx.rows<CertificateRow>(sql`
    select distinct on (role, generation) id, role, generation, der, sealed_key as "sealedKey",
      token_key_id as "tokenKeyId" from authority_certificates
     where organization_id = ${organizationId} and authority_id = ${id}
     order by role, generation, valid_to desc`)
}

/** Every revocation raises it; asked for by whoever makes lists of revocations. */
export async function countRevocation(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<void> {
  await tx.run(sql`update certificate_authorities set revocations = revocations + 1
    where organization_id = ${organizationId} and id = ${id}`)
}

export async function countCertificates(
  tx: Tx,
  { organizationId, id }: Pick<AuthorityRow, 'organizationId' | 'id'>,
): Promise<number> {
  const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from certificates
    where organization_id = ${organizationId} and authority_id = ${id}`)
  return n
}
