// SQL of certificates as clients see them.
import { empty, join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { offsetOf } from '../paging.ts'
import { within } from '../reach.ts'
import type { Certificate, CertificateQuery, RevocationReason } from './schema.ts'

/** Of a row, computed when it is read: nothing runs at the moment in which one expires. */
const status = sql`case
  when revoked_at is not null then 'revoked'
  when valid_to is null then 'pending'
  when valid_to <= now() then 'expired'
  when valid_to <= now() + interval '30 days' then 'expiring'
  else 'active' end`

const columns = sql`id, common_name as "commonName", issuer, serial_number as "serialNumber",
  fingerprint, subject_alternative_names as "subjectAlternativeNames", valid_from as "validFrom",
  valid_to as "validTo", key_type as "keyType", key_size as "keySize", ${status} as status,
  renewal_status as "renewalStatus", authority_id as "certificateAuthorityId",
  auto_renew as "autoRenew", renewal_threshold_days as "renewalThresholdDays",
  least(renew_from, advised_from) as "renewsFrom", renewal_policy_id as "renewalPolicyId",
  fallback_authority_id as "fallbackCertificateAuthorityId",
  deployment_targets as "deploymentTargets", has_private_key as "hasPrivateKey",
  key_location as "keyLocation", source, revoked_at as "revokedAt",
  revocation_reason as "revocationReason",
  workspace_id as "workspaceId", created_at as "createdAt", updated_at as "updatedAt"`

/** Ids come from an index alone, rows only for those of the page. */
export async function list(
  tx: Tx,
  reach: Reach,
  query: CertificateQuery,
): Promise<{ data: Certificate[]; total: number }> {
  const hits = sql`select id from certificates where ${join(conditions(reach, query), ' and ')}`
  const isSearch = query.search !== undefined && query.search !== ''
  // A text is looked for once, and its hits are then sorted and counted.
  const found = isSearch ? sql`with hits as materialized (${hits})` : empty
  const where = isSearch
    ? sql`organization_id = ${reach.organizationId} and id in (select id from hits)`
    : join(conditions(reach, query), ' and ')
  const data = await tx.rows<Certificate & { total?: number }>(sql`
    ${found} select ${columns} ${isSearch ? sql`, (select count(*) from hits) as total` : empty}
      from certificates where organization_id = ${reach.organizationId} and id in (
        select id from certificates where ${where}
         order by ${order(query)} limit ${query.limit} offset ${offsetOf(query)})
     order by ${order(query)}`)
  const known = data[0]?.total
  if (known !== undefined) return { data, total: known }
  if (isSearch && query.page === 1) return { data, total: 0 }
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from (${hits}) counted`,
  )
  return { data, total }
}

function conditions(reach: Reach, query: CertificateQuery): Sql[] {
  const { caId, search = '', status: wanted } = query
  return [
    within(reach),
    ...(caId === undefined ? [] : [sql`authority_id = ${caId}`]),
    ...(search === '' ? [] : [matches(search.toLowerCase())]),
    ...(wanted === undefined ? [] : [conditionOf[wanted]]),
  ]
}

/** A fingerprint is known by how it begins, however it is written. */
function matches(text: string): Sql {
  // Finds a word faster than a pattern does, and takes every character for itself.
  const holds = sql`strpos(search, ${text}) > 0`
  const digits = text.replace(/^sha256:/, '').replaceAll(':', '')
  if (!/^[0-9a-f]{4,64}$/.test(digits)) return holds
  const [from, to] = [`SHA256:${digits}`, `SHA256:${digits}g`]
  return sql`(${holds} or (fingerprint collate "C" >= ${from} and fingerprint collate "C" < ${to}))`
}

/** The same as `status`, so that an index on the end of validity serves. */
const conditionOf: Record<NonNullable<CertificateQuery['status']>, Sql> = {
  revoked: sql`revoked_at is not null`,
  pending: sql`revoked_at is null and valid_to is null`,
  expired: sql`revoked_at is null and valid_to <= now()`,
  expiring: sql`revoked_at is null and valid_to > now()
    and valid_to <= now() + interval '30 days'`,
  active: sql`revoked_at is null and valid_to > now() + interval '30 days'`,
}

function order({ sortBy, sortOrder }: CertificateQuery): Sql {
  const column = {
    expiresAt: sql`valid_to`,
    commonName: sql`common_name collate "C"`,
    createdAt: sql`created_at`,
  }[sortBy]
  return sortOrder === 'asc' ? sql`${column}, id` : sql`${column} desc, id desc`
}

export async function find(tx: Tx, reach: Reach, id: number): Promise<Certificate | null> {
  return tx.maybe<Certificate>(
    sql`select ${columns} from certificates where ${within(reach)} and id = ${id}`,
  )
}

/** What a decision needs beside what clients see. */
export interface Lineage {
  id: number
  workspaceId: string
  authorityId: number | null
  fallbackAuthorityId: number | null
  renewalPolicyId: number | null
  commonName: string
  names: string[]
  keyType: string
  keySize: number
  validityDays: number | null
  usages: ('serverAuth' | 'clientAuth')[]
  csr: Buffer | null
  version: number | null
  hasPrivateKey: boolean
  validFrom: string | null
  validTo: string | null
  revokedAt: string | null
  autoRenew: boolean
  renewalThresholdDays: number
  deploymentTargets: string[]
  keyLocation: string | null
  source: Certificate['source']
}

/** Locked: what is decided by it is written before anybody else decides. */
export async function lock(tx: Tx, reach: Reach, id: number): Promise<Lineage | null> {
  return tx.maybe<Lineage>(sql`
    select id, workspace_id as "workspaceId", authority_id as "authorityId",
      fallback_authority_id as "fallbackAuthorityId", renewal_policy_id as "renewalPolicyId",
      common_name as "commonName", subject_alternative_names as names, key_type as "keyType",
      key_size as "keySize", validity_days as "validityDays", usages, csr, version,
      has_private_key as "hasPrivateKey", valid_from as "validFrom", valid_to as "validTo",
      revoked_at as "revokedAt", auto_renew as "autoRenew",
      renewal_threshold_days as "renewalThresholdDays",
      deployment_targets as "deploymentTargets", key_location as "keyLocation", source
      from certificates where ${within(reach)} and id = ${id} for no key update`)
}

export interface NewCertificate {
  organizationId: string
  workspaceId: string
  authorityId: number | null
  fallbackAuthorityId: number | null
  renewalPolicyId: number | null
  source: Certificate['source']
  commonName: string
  names: readonly string[]
  key: { type: string; size: number }
  validityDays: number | null
  usages: readonly string[]
  csr: Buffer | null
  autoRenew: boolean
  renewalThresholdDays: number
  deploymentTargets: readonly string[]
  keyLocation?: string | null
  createdBy: string
}

/** Without a version yet. */
export async function insert(tx: Tx, made: NewCertificate): Promise<number> {
  const { id } = await tx.one<{ id: number }>(sql`
    insert into certificates
      (organization_id, workspace_id, authority_id, fallback_authority_id, renewal_policy_id,
       source, common_name, subject_alternative_names, key_type, key_size, validity_days, usages,
       csr, auto_renew, renewal_threshold_days, deployment_targets, key_location, renewal_status,
       created_by)
    values (${made.organizationId}, ${made.workspaceId}, ${made.authorityId},
      ${made.fallbackAuthorityId}, ${made.renewalPolicyId}, ${made.source}, ${made.commonName},
      ${made.names}, ${made.key.type}, ${made.key.size}, ${made.validityDays}, ${made.usages},
      ${made.csr}, ${made.autoRenew}, ${made.renewalThresholdDays}, ${made.deploymentTargets},
      ${made.keyLocation ?? null},
      ${made.autoRenew && made.authorityId !== null ? 'pending' : 'none'}, ${made.createdBy})
    returning id`)
  return id
}

export async function update(
  tx: Tx,
  certificate: { organizationId: string; id: number },
  change: Partial<Record<keyof typeof changeable, unknown>>,
): Promise<void> {
  const sets = Object.entries(change).flatMap(([name, value]) => {
    const column = changeable[name as keyof typeof changeable]
    return column === undefined || value === undefined ? [] : [sql`${column} = ${value}`]
  })
  if (sets.length === 0) return
  await tx.run(sql`update certificates set ${join(sets)}, updated_at = now()
    where organization_id = ${certificate.organizationId} and id = ${certificate.id}`)
}

const changeable = {
  autoRenew: sql`auto_renew`,
  renewalThresholdDays: sql`renewal_threshold_days`,
  deploymentTargets: sql`deployment_targets`,
  keyLocation: sql`key_location`,
  authorityId: sql`authority_id`,
  fallbackAuthorityId: sql`fallback_authority_id`,
  renewalPolicyId: sql`renewal_policy_id`,
  renewalStatus: sql`renewal_status`,
  renewFrom: sql`renew_from`,
}

export async function markRevoked(
  tx: Tx,
  certificate: { organizationId: string; id: number },
  revocation: { reason: RevocationReason; comments: string | null },
): Promise<void> {
  await tx.run(sql`update certificates set revoked_at = now(),
      revocation_reason = ${revocation.reason}, revocation_comments = ${revocation.comments},
      renewal_status = 'none', updated_at = now()
    where organization_id = ${certificate.organizationId} and id = ${certificate.id}`)
}

interface GroupRow {
  authority: string
  keyType: string
  status: Certificate['status']
  ending: boolean
  n: number
}

const namesMax = 100

/** All of it from one pass over the certificates. */
export async function statistics(tx: Tx, reach: Reach) {
  const groups = await tx.rows<GroupRow>(sql`
    select coalesce(i.name, a.name, g.issuer, 'Self-Signed') as authority, "keyType", status,
        ending, n
      from (
        select issued_by, authority_id, key_type as "keyType", ${status} as status,
          valid_to <= now() + interval '7 days' as ending, count(*)::int as n,
          case when authority_id is null and issued_by is null and issuer <> common_name
            then issuer end as issuer
          from certificates where ${within(reach)} group by 1, 2, 3, 4, 5, 7) g
      left join certificate_authorities i
        on i.organization_id = ${reach.organizationId} and i.id = g.issued_by
      left join certificate_authorities a
        on a.organization_id = ${reach.organizationId} and a.id = g.authority_id`)
  const sum = (fits: (group: GroupRow) => boolean) =>
    groups.filter(fits).reduce((total, { n }) => total + n, 0)
  return {
    total: sum(() => true),
    active: sum((group) => group.status === 'active'),
    expiring7Days: sum((group) => group.status === 'expiring' && group.ending),
    expiring30Days: sum((group) => group.status === 'expiring'),
    expired: sum((group) => group.status === 'expired'),
    revoked: sum((group) => group.status === 'revoked'),
    pending: sum((group) => group.status === 'pending'),
    byAuthority: sums(groups, ({ authority }) => authority),
    byKeyType: sums(groups, ({ keyType }) => keyType),
  }
}

/** The largest first. */
function sums(
  groups: readonly GroupRow[],
  nameOf: (group: GroupRow) => string,
): Record<string, number> {
  const totals = new Map<string, number>()
  for (const group of groups) {
    totals.set(nameOf(group), (totals.get(nameOf(group)) ?? 0) + group.n)
  }
  const sorted = [...totals].toSorted(([, a], [, b]) => b - a)
  return Object.fromEntries(sorted.slice(0, namesMax))
}

export async function locations(
  tx: Tx,
  {
    organizationId,
    workspaceId,
    fingerprint,
  }: { organizationId: string; workspaceId: string; fingerprint: Buffer },
) {
  return tx.rows<{
    agentId: string | null
    hostname: string
    path: string
    hasPrivateKey: boolean
  }>(
    sql`select nullif(agent_id, '') as "agentId", hostname, path,
        has_private_key as "hasPrivateKey"
      from certificate_locations where organization_id = ${organizationId}
        and workspace_id = ${workspaceId} and fingerprint = ${fingerprint} and gone_at is null
      order by hostname, path, agent_id limit 1000`,
  )
}
