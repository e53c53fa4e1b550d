import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scanCompleted } from '../../src/events/scan.ts'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { appendEvent } from '../../src/platform/outbox.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { plantedToken, removeRepositories, repositoryAt } from '../fixtures/repositories.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('evidence of scans of the platform', () => {
  const hosted = repositoryAt('Acme', 'Shop', {
    'src/pay.ts': `const key = '${plantedToken(1)}'\nexport const unmistakable = 'this line'\n`,
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: { 'node_modules/left-pad': { version: '1.3.0' } },
    }),
  })
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: {
        PANTHERA_GITHUB_CLONE_URL: `file://${hosted.root}`,
        PANTHERA_RATE_LIMITS: '{"gate.free.minute":10000}',
      },
    })
  })
  afterAll(async () => {
    await server.stop()
    removeRepositories()
  })

  const read = (path: string) => server.call('GET', `/certus/api${path}`)

  async function scanned(more: object = {}): Promise<string> {
    const { json } = await server.call('POST', '/gate/api/scans', {
      body: {
        organization_id: server.organization_id,
        ...{ scan_type: 'code', provider: 'github', owner: 'Acme', repo_name: 'Shop', ...more },
      },
    })
    return json.scan_id
  }

  async function packOf(scanId: string): Promise<Json> {
    for (;;) {
      const { status, json } = await read(`/evidence/scan-${scanId}`)
      if (status === 200) return json
      expect(status).toBe(404)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  it('becomes a pack that verifies, with what the scan saw of each control', async () => {
    const scanId = await scanned({ branch: 'main' })
    const pack = await packOf(scanId)
    expect(pack).toMatchObject({
      scan_id: scanId,
      repository: 'Acme/Shop',
      branch: 'main',
      commit: hosted.head(),
      pull_request: null,
      findings: { total: 1 },
      differs: false,
      seal: { key_id: 'organization' },
      verification: { verdict: 'verified' },
    })
    const stateOf = (framework: string, id: string) =>
      pack.control_results.find((one: Json) => {
        return one.framework === framework && one.control_id === id
      })?.status
    // A token in the code speaks against the control of secrets; of backups no scan says anything.
    expect(stateOf('asvs', 'V13.3')).toBe('fail')
    expect(stateOf('iso-27001', 'A.8.13')).toBeUndefined()
  })

  it('holds no source, and what is used', async () => {
    const scanId = await scanned()
    await packOf(scanId)
    const { json } = await read(`/evidence/scan-${scanId}/bundle`)
    const content = JSON.parse(json.content)
    expect(json.content).not.toContain('unmistakable')
    expect(json.content).not.toContain(plantedToken(1).slice(4))
    expect(content.sbom.components.map(({ purl }: Json) => purl)).toEqual([
      'pkg:npm/left-pad@1.3.0',
    ])
    expect(content.engines.map(({ engine }: Json) => engine)).toEqual([
      'secrets',
      'code',
      'dependencies',
      'infrastructure',
    ])
  })

  it('names what was switched off as not tested', async () => {
    const scanId = await scanned({ scan_config: { enable_sast: false } })
    await packOf(scanId)
    const { json } = await read(`/evidence/scan-${scanId}/bundle`)
    const { engines, control_results } = JSON.parse(json.content)
    expect(engines[1]).toMatchObject({ engine: 'code', state: 'off' })
    const injection = control_results.find(({ control_id }: Json) => control_id === 'V1.2')
    expect(injection).toMatchObject({ status: 'not_tested' })
  })

  it('comes of no scan whose artefact is gone, and says so', async () => {
    const { organization_id: organizationId } = server
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    const scan_id = randomUUID()
    const evidence = {
      ...{ provider: 'github', owner: 'Acme', name: 'Shop', branch: 'main' },
      ...{ commit: 'a'.repeat(40), pull_request: null, artefact: '0'.repeat(64) },
      scanned_at: '2026-01-01T00:00:00Z',
    }
    // A push waits for what comes of it.
    await db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into repository_checks (organization_id, id, link_id, owner, name,
          commit_hash, branch, is_fork, is_private, variant, state, next_attempt_at)
        values (${organizationId}, ${scan_id}, ${randomUUID()}, 'Acme', 'Shop', ${'a'.repeat(40)},
          'main', false, false, 'main', 'scanning', now() + interval '6 hours')`),
    )
    const findings = { critical: 0, high: 0, medium: 0, low: 0 }
    const payload = { scan_id, findings, duration_seconds: 1, evidence }
    // The relay may tell of it more than once.
    for (const _ of [1, 2]) {
      await db.inTenant(organizationId, (tx) =>
        appendEvent(tx, scanCompleted, { organizationId, payload }),
      )
    }
    const rows = () =>
      db.inTenant(organizationId, (tx) =>
        tx.rows<{ state: string; reason: string }>(sql`
          select state, reason from evidence_scans where scan_id = ${scan_id}`),
      )
    while ((await rows())[0]?.state !== 'failed') {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(await rows()).toEqual([{ state: 'failed', reason: 'the artefact is gone' }])
    const checks = await db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select outcome from repository_checks where id = ${scan_id}`),
    )
    expect(checks).toMatchObject([{ outcome: { kind: 'failed', code: 'no_evidence' } }])
    await db.close()
    expect((await read(`/evidence/scan-${scan_id}`)).status).toBe(404)
  })

  it('is one pack a scan, in whichever case it is asked for', async () => {
    const { json } = await read('/evidence?repository=acme/SHOP&limit=100')
    const scans = json.evidence_packs.map(({ scan_id }: Json) => scan_id)
    expect(scans.length).toBe(3)
    expect(new Set(scans).size).toBe(3)
    expect(json.evidence_packs.map(({ verification }: Json) => verification.verdict)).toEqual([
      'verified',
      'verified',
      'verified',
    ])
  })
})
