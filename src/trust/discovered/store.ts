// SQL of discovered certificates and of the places where they were seen.
import { join, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { factsOf } from '../certificates/facts.ts'
import { offsetOf } from '../paging.ts'
import { within } from '../reach.ts'
import type { DiscoveredCertificate, DiscoveredQuery } from './schema.ts'

export interface DiscoveredRow {
  id: number
  workspaceId: string
  der: Buffer
  chain: Buffer[]
  certificateId: number | null
  firstSeenAt: string
  lastSeenAt: string
  locationsTotal: number
  locations: DiscoveredCertificate['locations']
}

/** A certificate of many hosts would fill an answer by itself. */
const locationsShown = 100

const columns = sql`d.id, d.workspace_id as "workspaceId", d.der, d.chain,
  d.imported_certificate_id as "certificateId", d.first_seen_at as "firstSeenAt",
  d.last_seen_at as "lastSeenAt", (select count(*) from certificate_locations l
    where l.organization_id = d.organization_id and l.workspace_id = d.workspace_id
      and l.fingerprint = d.fingerprint and l.gone_at is null) as "locationsTotal", coalesce((
    select jsonb_agg(jsonb_build_object('source', l.source, 'agentId', nullif(l.agent_id, ''),
      'hostname', l.hostname, 'path', l.path, 'hasPrivateKey', l.has_private_key,
      'lastSeenAt', to_char(l.last_seen_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by l.hostname, l.path)
      from (select * from certificate_locations s where s.organization_id = d.organization_id
         and s.workspace_id = d.workspace_id and s.fingerprint = d.fingerprint
         and s.gone_at is null order by s.hostname, s.path limit ${locationsShown}) l),
    '[]') as locations`

export async function list(
  tx: Tx,
  reach: Reach,
  query: DiscoveredQuery,
): Promise<{ data: DiscoveredCertificate[]; total: number }> {
  const where = sql`where ${join(conditions(reach, query), ' and ')}`
  const rows = await tx.rows<DiscoveredRow>(sql`
    select ${columns} from (select * from discovered_certificates where ${within(reach)}) d ${where}
     order by d.last_seen_at desc, d.id desc limit ${query.limit} offset ${offsetOf(query)}`)
  const { total } = await tx.one<{ total: number }>(sql`select count(*) as total
    from (select * from discovered_certificates where ${within(reach)}) d ${where}`)
  return { data: rows.map(shown), total }
}

function conditions(
  { organizationId }: Reach,
  { imported, source, agentId }: DiscoveredQuery,
): Sql[] {
  const seen = [
    ...(source === undefined ? [] : [sql`l.source = ${source}`]),
    ...(agentId === undefined ? [] : [seenBy(agentId)]),
  ]
  return [
    sql`d.organization_id = ${organizationId}`,
    ...(imported === undefined ? [] : [sql`(d.imported_certificate_id is not null) = ${imported}`]),
    ...(seen.length === 0
      ? []
      : [
          sql`exists (select from certificate_locations l
            where l.organization_id = d.organization_id and l.workspace_id = d.workspace_id
              and l.fingerprint = d.fingerprint and l.gone_at is null and ${join(seen, ' and ')})`,
        ]),
  ]
}

/** By its id or its name. */
function seenBy(agentId: string): Sql {
  return sql`(l.agent_id = ${agentId} or exists (select from agents a
    where a.organization_id = l.organization_id and a.id = l.agent_id and a.name = ${agentId}))`
}

function shown(row: DiscoveredRow): DiscoveredCertificate {
  const facts = factsOf(row.der)
  const { id, certificateId, firstSeenAt, lastSeenAt, locationsTotal, locations } = row
  return {
    id,
    commonName: facts.commonName,
    issuer: facts.issuer,
    serialNumber: facts.serialNumber,
    fingerprint: facts.fingerprintText,
    subjectAlternativeNames: facts.names,
    validFrom: facts.validFrom.toISOString(),
    validTo: facts.validTo.toISOString(),
    keyType: facts.keyType,
    keySize: facts.keySize,
    imported: certificateId !== null,
    certificateId,
    firstSeenAt,
    lastSeenAt,
    locationsTotal,
    locations,
  }
}

/** Locked, so that it is imported once. */
export async function lock(tx: Tx, reach: Reach, id: number): Promise<DiscoveredRow | null> {
  return tx.maybe<DiscoveredRow>(sql`select ${columns}
    from discovered_certificates d
   where d.organization_id = ${reach.organizationId} and d.id = ${id}
     and (${reach.workspaceId}::text is null or d.workspace_id = ${reach.workspaceId})
     for no key update of d`)
}

export async function markImported(
  tx: Tx,
  place: { organizationId: string; id: number },
  certificateId: number,
): Promise<void> {
  await tx.run(sql`update discovered_certificates set imported_certificate_id = ${certificateId}
    where organization_id = ${place.organizationId} and id = ${place.id}`)
}
