// How long a page of the certificates takes with a hundred thousand of them, and a list of
// revocations with as many revoked, from the database to the signature. Brings its own database, in
// a temporary folder: `node bench/certificates.ts [certificates]`.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase, sql } from '../src/platform/db.ts'
import type { Caller } from '../src/platform/http/caller.ts'
import { migrate } from '../src/platform/migrate.ts'
import type { Platform } from '../src/platform/platform.ts'
import { startPostgres } from '../src/platform/postgres/index.ts'
import { createSecrets } from '../src/platform/secrets.ts'
import { createAuthorities } from '../src/trust/authorities/load.ts'
import { authorityService } from '../src/trust/authorities/service.ts'
import { find, findDefault } from '../src/trust/authorities/store.ts'
import { issueCertificate } from '../src/trust/certificates/issue.ts'
import { CertificateQuery, CreateCertificate } from '../src/trust/certificates/schema.ts'
import { list, statistics } from '../src/trust/certificates/store.ts'
import { currentCrl } from '../src/trust/revocations/crl.ts'
import { createOcsp } from '../src/trust/revocations/ocsp.ts'
import { buildOcspRequest } from '../src/trust/x509/ocsp/request.ts'
import { percentile, print } from './measure.ts'

const certificates = Number(process.argv[2] ?? 100_000)
const organizationId = '00000000-0000-4000-8000-000000000001'
const reach = { organizationId, workspaceId: null }
const aim = 'p99 20 ms'

const queries: [title: string, query: Record<string, string>][] = [
  ['no filter', {}],
  ['limit=100 by expiry', { limit: '100', sortBy: 'expiresAt', sortOrder: 'asc' }],
  ['limit=100 by name', { limit: '100', sortBy: 'commonName', sortOrder: 'asc' }],
  ['status=active', { status: 'active' }],
  ['status=expiring by expiry', { status: 'expiring', sortBy: 'expiresAt', sortOrder: 'asc' }],
  ['status=expired by name', { status: 'expired', sortBy: 'commonName' }],
  ['status=revoked', { status: 'revoked' }],
  ['caId', { caId: '1' }],
  ['search=host-77777 (one)', { search: 'host-77777' }],
  ['search=host-77 by name (a hundredth)', { search: 'host-77', sortBy: 'commonName' }],
  ['search=nothing', { search: 'nowhere-to-be-found' }],
  ['page=900 of 100 by expiry', { page: '900', limit: '100', sortBy: 'expiresAt' }],
]

const folder = await mkdtemp(join(tmpdir(), 'panthera-bench-'))
const postgres = await startPostgres({ dataDir: folder })
const db = openDatabase({ connection: postgres.connection, onError: console.error })
try {
  await migrate(db.pool)
  const trust = await seed(db)
  process.stdout.write('page, median / 99th percentile\n')
  for (const [title, query] of queries) {
    const parsed = CertificateQuery.parse(query)
    await measure(title, 100, aim, async () => {
      const { data, total } = await db.inTenant(organizationId, (tx) => list(tx, reach, parsed))
      return `${data.length} of ${total}`
    })
  }
  await measure('statistics', 20, undefined, async () => {
    const { total } = await db.inTenant(organizationId, (tx) => statistics(tx, reach))
    return String(total)
  })
  await measureIssue(trust)
  await measureStatus(trust)
} finally {
  await db.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

async function measure(
  title: string,
  times: number,
  wanted: string | undefined,
  work: () => Promise<string>,
): Promise<void> {
  const took: number[] = []
  let told = ''
  for (let run = -2; run < times; run++) {
    const began = performance.now()
    told = await work()
    if (run >= 0) took.push(performance.now() - began)
  }
  const ours = `${percentile(took, 50).toFixed(1)} / ${percentile(took, 99).toFixed(1)} ms`
  print([{ what: `${title}: ${told}`, ours, ...(wanted === undefined ? {} : { aim: wanted }) }])
}

type Trust = Awaited<ReturnType<typeof seed>>

/** The whole of POST /api/certificates but for HTTP: key, signature, rows, audit, event. */
async function measureIssue(trust: Trust): Promise<void> {
  const actor = { kind: 'key', id: 'key_1', name: 'Bench' } as const
  const caller = { organizationId, workspaceId: 'ws_1', actor, organizationWide: true } as Caller
  const origin = { caller, address: null, requestId: null }
  const count = 200
  const began = performance.now()
  for (let at = 0; at < count; at += 8) {
    await Promise.all(
      Array.from({ length: 8 }, (_, nth) => {
        const body = CreateCertificate.parse({ commonName: `new-${at + nth}.example.com` })
        return issueCertificate(trust, origin, body)
      }),
    )
  }
  const perSecond = count / ((performance.now() - began) / 1_000)
  print([{ what: 'issued and stored, P-256 with its key', ours: `${perSecond.toFixed(0)} /s` }])
}

async function measureStatus(trust: Trust): Promise<void> {
  const authority = await db.inTenant(organizationId, async (tx) => {
    const row = await findDefault(tx, organizationId)
    if (row === null) throw new Error('there is no authority')
    await tx.run(sql`update certificate_versions set revoked_at = now(), revocation_reason = 1
      where organization_id = ${organizationId}`)
    return row
  })
  const began = performance.now()
  const crl = await db.inTenant(organizationId, async (tx) => {
    const row = await find(tx, organizationId, authority.id)
    if (row === null) throw new Error('there is no authority')
    return currentCrl(trust, tx, row, 1)
  })
  const took = performance.now() - began
  const what = `list of ${certificates.toLocaleString('en')} revoked: ${crl.der.length} bytes`
  print([{ what, ours: `${took.toFixed(0)} ms`, aim: '1,000 ms' }])

  const { issuer } = await db.inTenant(organizationId, (tx) =>
    trust.authorities.keys(tx, authority),
  )
  const serials = await db.inTenant(organizationId, (tx) =>
    tx.rows<{ serial: Buffer }>(sql`select serial from certificate_versions
      where organization_id = ${organizationId} limit 2000`),
  )
  const ocsp = createOcsp(trust)
  const requests = serials.map(({ serial }) => buildOcspRequest(issuer.certificate, [serial]))
  await ocsp.answer(authority, requests[0] ?? Buffer.of())
  const start = performance.now()
  for (let at = 1; at < requests.length; at += 16) {
    await Promise.all(requests.slice(at, at + 16).map((each) => ocsp.answer(authority, each)))
  }
  const perSecond = requests.length / ((performance.now() - start) / 1_000)
  print([
    {
      what: 'OCSP answers, each of another certificate',
      ours: `${perSecond.toFixed(0)} /s`,
      aim: '1,000 /s',
    },
  ])
}

async function seed(into: Database) {
  await into.inSystem((tx) =>
    tx.run(sql`insert into organizations (id, name, plan)
      values (${organizationId}, 'Bench', 'enterprise')`),
  )
  await into.inTenant(organizationId, (tx) =>
    tx.run(sql`insert into workspaces (organization_id, id, name)
      values (${organizationId}, 'ws_1', 'W')`),
  )
  const platform = {
    db: into,
    secrets: createSecrets({ masterKey: randomBytes(32) }),
    config: { publicUrl: 'http://localhost:4000' },
    now: Date.now,
  } as unknown as Platform
  const authorities = createAuthorities(platform)
  const service = authorityService(platform, authorities)
  await service.ensureDefault(organizationId)
  await into.inTenant(organizationId, async (tx) => {
    await tx.run(sql`
      insert into certificates (organization_id, workspace_id, authority_id, source, common_name,
        subject_alternative_names, key_type, key_size, version, issuer, serial_number, fingerprint,
        valid_from, valid_to, revoked_at, auto_renew, renewal_threshold_days, created_by,
        created_at)
      select ${organizationId}, 'ws_1', (select min(id) from certificate_authorities), 'issued',
        'host-' || g || '.example.com', array['host-' || g || '.example.com'], 'ECDSA', 256, 1,
        'Panthera Internal CA', '', 'SHA256:' || encode(sha256(g::text::bytea), 'hex'),
        now() - interval '60 days', now() + (g % 400 - 20) * interval '1 day',
        case when g % 50 = 0 then now() end, true, 30, 'bench', now() - g * interval '1 second'
        from generate_series(1, ${certificates}) g`)
    await tx.run(sql`
      insert into certificate_versions (organization_id, certificate_id, number, workspace_id,
        fingerprint, serial, issued_by, der, public_key_sha256, valid_from, valid_to)
      select organization_id, id, 1, workspace_id, sha256(id::text::bytea),
        substring(sha256(('s' || id)::bytea) for 16), authority_id, '', '', valid_from,
        now() + interval '90 days'
        from certificates where organization_id = ${organizationId}`)
  })
  await into.pool.query('vacuum analyze certificates, certificate_versions')
  return { platform, authorities, authorityService: service }
}
