// Takes in what an agent has found: what is not managed becomes a discovered certificate, and where
// each was seen is kept until a whole run of the source no longer sees it there.
import { join, sql, type Tx } from '../../platform/db.ts'
import type { LivingAgent } from '../agents/store.ts'
import { type CertificateFacts, factsOf } from '../certificates/facts.ts'
import type { DiscoveryReport } from '../connectors/agent-protocol.ts'
import { X509Error } from '../x509/error.ts'

const skippedMax = 200
const runsKept = 20

type Sighting = DiscoveryReport['sightings'][number]
interface Seen {
  sighting: Sighting
  facts: CertificateFacts
  chain: Buffer[]
}

/** Answers how many were stored; the others cannot be read as certificates. */
export async function ingest(
  tx: Tx,
  agent: LivingAgent,
  report: DiscoveryReport,
): Promise<{ stored: number; unreadable: number }> {
  const { seen, unreadable } = readAll(report.sightings)
  const startedAt = await noteRun(tx, agent, report, unreadable)
  const unchanged = report.unchanged.length > 0 ? await noteUnchanged(tx, agent, report) : []
  if (seen.length > 0) await storeLocations(tx, agent, report.source, seen)
  await storeCertificates(tx, agent, { seen, unchanged })
  if (report.complete) {
    // Whoever was seen in this run was seen after it began. Nobody asks for places of before.
    await tx.run(sql`delete from certificate_locations
      where organization_id = ${agent.organizationId} and workspace_id = ${agent.workspaceId}
        and agent_id = ${agent.id} and source = ${report.source} and gone_at is null
        and last_seen_at < ${startedAt}`)
  }
  return { stored: seen.length, unreadable: unreadable.length }
}

/**
 * What was not read again, since it is as it was, is still there. Answers the certificates that
 * are.
 */
async function noteUnchanged(
  tx: Tx,
  agent: LivingAgent,
  report: DiscoveryReport,
): Promise<Buffer[]> {
  const hostnames = report.unchanged.map(({ hostname }) => hostname)
  const paths = report.unchanged.map(({ path }) => path)
  const rows = await tx.rows<{ fingerprint: Buffer }>(sql`
    with same as (select * from unnest(${hostnames}::text[], ${paths}::text[]) as u (host, at))
    update certificate_locations l set last_seen_at = clock_timestamp()
      from same where l.organization_id = ${agent.organizationId}
       and l.workspace_id = ${agent.workspaceId} and l.agent_id = ${agent.id}
       and l.source = ${report.source} and l.gone_at is null
       and l.hostname = same.host and l.path = same.at
    returning l.fingerprint`)
  return rows.map(({ fingerprint }) => fingerprint)
}

function readAll(sightings: readonly Sighting[]) {
  const seen: Seen[] = []
  const unreadable: { path: string; reason: string }[] = []
  for (const sighting of sightings) {
    try {
      const facts = factsOf(Buffer.from(sighting.certificate, 'base64'))
      const chain = sighting.chain.map((der) => factsOf(Buffer.from(der, 'base64')).der)
      seen.push({ sighting, facts, chain })
    } catch (error) {
      if (!(error instanceof X509Error)) throw error
      unreadable.push({ path: sighting.path, reason: error.message.slice(0, 500) })
    }
  }
  return { seen, unreadable }
}

/** Answers when the run began. */
async function noteRun(
  tx: Tx,
  { organizationId, id }: LivingAgent,
  report: DiscoveryReport,
  unreadable: readonly { path: string; reason: string }[],
): Promise<string> {
  const { source, runId, complete, sightings } = report
  const skipped = JSON.stringify([...report.skipped, ...unreadable].slice(0, skippedMax))
  const { startedAt } = await tx.one<{ startedAt: string }>(sql`insert into discovery_runs
      (organization_id, agent_id, source, id, completed_at, sightings, skipped)
    values (${organizationId}, ${id}, ${source}, ${runId}, ${complete ? sql`now()` : null},
      ${sightings.length}, ${skipped})
    on conflict (organization_id, agent_id, source, id) do update
      set sightings = discovery_runs.sightings + excluded.sightings,
        completed_at = coalesce(excluded.completed_at, discovery_runs.completed_at),
        skipped = case when jsonb_array_length(discovery_runs.skipped) < ${skippedMax}
          then discovery_runs.skipped || excluded.skipped else discovery_runs.skipped end
    returning started_at as "startedAt"`)
  await tx.run(sql`delete from discovery_runs where organization_id = ${organizationId}
    and agent_id = ${id} and source = ${source} and id not in (
      select id from discovery_runs where organization_id = ${organizationId}
        and agent_id = ${id} and source = ${source}
      order by started_at desc limit ${runsKept})`)
  return startedAt
}

/**
 * What the workspace manages already is only seen at its places. All rows are taken in one order:
 * agents that have found the same in another order would wait for each other.
 */
async function storeCertificates(
  tx: Tx,
  agent: LivingAgent,
  { seen, unchanged }: { seen: readonly Seen[]; unchanged: readonly Buffer[] },
) {
  const { organizationId, workspaceId } = agent
  const unique = new Map(seen.map((each) => [each.facts.fingerprintText, each]))
  const all = [...unique.values()].map(({ facts }) => facts.fingerprint)
  const known = await tx.rows<{ fingerprint: Buffer }>(sql`
    select fingerprint from certificate_versions where organization_id = ${organizationId}
      and workspace_id = ${workspaceId} and fingerprint = any(${all}::bytea[])
    union select fingerprint from discovered_certificates
      where organization_id = ${organizationId} and workspace_id = ${workspaceId}
        and fingerprint = any(${all}::bytea[])`)
  await tx.run(sql`
    with still as (select id from discovered_certificates
       where organization_id = ${organizationId} and workspace_id = ${workspaceId}
         and fingerprint = any(${[...all, ...unchanged]}::bytea[])
       order by fingerprint for no key update)
    update discovered_certificates set last_seen_at = now()
     where organization_id = ${organizationId} and id in (select id from still)`)
  for (const { fingerprint } of known) unique.delete(`SHA256:${fingerprint.toString('hex')}`)
  const fresh = [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [, { facts, chain }] of fresh) {
    await tx.run(sql`insert into discovered_certificates
        (organization_id, workspace_id, fingerprint, der, chain)
      values (${organizationId}, ${workspaceId}, ${facts.fingerprint}, ${facts.der},
        ${chain}::bytea[])
      on conflict do nothing`)
  }
}

async function storeLocations(
  tx: Tx,
  agent: LivingAgent,
  source: DiscoveryReport['source'],
  seen: readonly Seen[],
): Promise<void> {
  const places = new Map(
    seen.map(({ sighting, facts }) => [
      `${facts.fingerprintText} ${sighting.hostname}\n${sighting.path}`,
      { sighting, facts },
    ]),
  )
  const inOrder = [...places].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const rows = inOrder.map(
    ([, { sighting, facts }]) => sql`(${agent.organizationId}::uuid, ${agent.workspaceId},
      ${facts.fingerprint}::bytea, ${source}, ${agent.id}, ${sighting.hostname}, ${sighting.path},
      ${sighting.hasPrivateKey}::boolean, clock_timestamp())`,
  )
  await tx.run(sql`insert into certificate_locations
      (organization_id, workspace_id, fingerprint, source, agent_id, hostname, path,
       has_private_key, last_seen_at)
    values ${join(rows)}
    on conflict (organization_id, workspace_id, fingerprint, source, agent_id, hostname, path)
      do update set has_private_key = excluded.has_private_key, last_seen_at = clock_timestamp(),
        gone_at = null`)
}
