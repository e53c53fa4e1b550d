import { createHmac } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import { type Browser, browserEnv, ownerBrowser } from '../fixtures/browser.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const finding = {
  fingerprint: 'ctx1:critical',
  title: 'SQL built from input',
  severity: 'critical',
  scan_type: 'code',
  cwe_id: 'CWE-89',
}
const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [finding],
  control_results: [{ framework: 'soc2', control_id: 'CC6.1', status: 'pass' }],
  grade: 'D',
  score: 50,
  evidence_pack_id: 'shop-1',
}
const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

describe.skipIf(!hasDatabase)('evidence: exceptions, repositories, drift and blueprints', () => {
  let server: TestServer
  /** Keys that two people made. */
  let [first, second, child] = ['', '', '']
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    const owner = await ownerBrowser(server)
    const other = await invite(server, owner, { email: 'b@example.com', role: 'admin' })
    const keyOf = async (browser: Browser) => {
      const body = { surface: 'certus', name: 'own', scopes: ['*'] }
      return (await browser.call('POST', '/console/api/keys', { body })).json.api_key
    }
    first = await keyOf(owner)
    second = await keyOf(other.browser)
    // A key that a key of the first person made.
    const identity = { surface: 'identity', name: 'maker', scopes: ['*'] }
    const maker = await owner.call('POST', '/console/api/keys', { body: identity })
    const made = await server.call('POST', '/console/api/keys', {
      key: maker.json.api_key,
      body: { surface: 'certus', name: 'child', scopes: ['*'] },
    })
    child = made.json.api_key
    await submit(pack)
  })
  afterAll(() => server.stop())

  const submit = (content: Json) => {
    const text = canonicalJson(content)
    const signed_hash = createHmac('sha256', server.evidence_secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/scans', { body: { ...content, signed_hash } })
  }
  const read = (path: string) => server.call('GET', `/certus/api${path}`)
  const post = (path: string, body: Json, key?: string) =>
    server.call('POST', `/certus/api/exceptions${path}`, { body, ...(key ? { key } : {}) })
  const asked = (more: Json = {}) => ({
    repository: 'acme/shop',
    finding: finding.fingerprint,
    reason: 'behind a gateway until it is mended',
    expires_at: dayFromNow(30),
    ...more,
  })
  const repository = async (slug = 'acme/shop') =>
    (await read('/repositories')).json.repositories.find((one: Json) => one.repository === slug)
  const control = async () => {
    const { json } = await read('/controls?framework=soc2')
    return json.controls.find((one: Json) => one.control_id === 'CC6.1')
  }

  it('400: a finding, a repository or an end that cannot be', async () => {
    for (const [field, more] of [
      ['finding', { finding: 'ctx1:none' }],
      ['repository', { repository: 'acme/none' }],
      ['expires_at', { expires_at: dayFromNow(-1) }],
      ['expires_at', { expires_at: dayFromNow(367) }],
      ['reason', { reason: ' ' }],
    ] as const) {
      const { status, json } = await post('', asked(more), first)
      expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    }
    expect((await read('/exceptions')).json.total).toBe(0)
  })

  it('403: no credentials of nobody, and never both persons in one', async () => {
    const own = await post('', asked())
    expect([own.status, own.json.error.code]).toEqual([403, 'person_needed'])
    const { json } = await post('', asked(), first)
    for (const key of [first, child]) {
      const { status, json: refused } = await post(`/${json.id}/approve`, {}, key)
      expect([status, refused.error.code]).toEqual([403, 'second_person_needed'])
    }
    const nobody = await post(`/${json.id}/approve`, {})
    expect(nobody.json.error.code).toBe('person_needed')
    expect((await read(`/exceptions/${json.id}`)).json.state).toBe('requested')
    expect((await post(`/${json.id}/revoke`, { note: 'again' }, first)).json.state).toBe('revoked')
  })

  it('200: two people accept a risk: it is shown, and the pack stays as it is', async () => {
    expect(await control()).toMatchObject({ state: 'fail', with_exceptions: null })
    const made = await post('', asked(), first)
    expect(made).toMatchObject({
      status: 201,
      json: { state: 'requested', about: { severity: 'critical' } },
    })
    expect((await post('', asked(), second)).json.error.code).toBe('exception_exists')
    expect((await repository()).with_exceptions).toBeNull()
    const approved = await post(`/${made.json.id}/approve`, { note: 'agreed' }, second)
    expect(approved).toMatchObject({ status: 200, json: { state: 'approved' } })
    expect(await repository()).toMatchObject({
      latest: { computed: { grade: 'D', score: 50 }, verdict: 'verified' },
      with_exceptions: { grade: 'A', score: 100, accepted: 1 },
    })
    expect(await control()).toMatchObject({ state: 'fail', with_exceptions: 'pass' })
    expect((await read('/evidence/shop-1')).json).toMatchObject({
      computed: { grade: 'D' },
      verification: { verdict: 'verified' },
    })
    expect((await post(`/${made.json.id}/reject`, { note: 'no' }, second)).status).toBe(409)
    expect((await post(`/${made.json.id}/revoke`, { note: 'mended' }, second)).status).toBe(200)
    expect((await repository()).with_exceptions).toBeNull()
  })

  it('200: ends at its day, with an event', async () => {
    const database = new Client(server.databaseUrl)
    await database.connect()
    const made = await post('', asked(), first)
    await post(`/${made.json.id}/approve`, {}, second)
    await database.query('alter table evidence_exceptions no force row level security')
    await database.query(
      `update evidence_exceptions set expires_at = now() - interval '1 second' where id = $1`,
      [made.json.id],
    )
    // Over at once, before anybody has noted it.
    expect((await read(`/exceptions/${made.json.id}`)).json.state).toBe('expired')
    expect((await repository()).with_exceptions).toBeNull()
    await database.end()
  })

  it('404: of another or of none', async () => {
    const none = '00000000-0000-7000-8000-000000000000'
    expect((await read(`/exceptions/${none}`)).status).toBe(404)
    expect((await post(`/${none}/approve`, {}, second)).status).toBe(404)
  })

  it('200: shows what changed between two packs', async () => {
    const lodash = (version: string) => ({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [{ type: 'library', name: 'lodash', version, purl: `pkg:npm/lodash@${version}` }],
    })
    const other = { repo_slug: 'acme/drift', findings: [], control_results: [] }
    await submit({ ...pack, ...other, evidence_pack_id: 'd-1', sbom: lodash('4.17.20') })
    await submit({
      ...pack,
      ...other,
      evidence_pack_id: 'd-2',
      findings: [finding],
      sbom: lodash('4.17.21'),
    })
    const { status, json } = await read('/drift?from=d-1&to=d-2')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      score_change: -50,
      findings: { added: { total: 1 }, gone: { total: 0 } },
      dependencies: { changed: { items: [{ from: ['4.17.20'], to: ['4.17.21'] }] } },
    })
    expect((await read('/drift?from=d-1&to=none')).status).toBe(404)
    expect((await read('/drift?from=d-1')).status).toBe(400)
    expect((await repository('acme/drift')).trend).toMatchObject([
      { evidence_pack_id: 'd-1', grade: 'A' },
      { evidence_pack_id: 'd-2', grade: 'D' },
    ])
  })

  it('200: holds blueprints against the newest evidence', async () => {
    const { json } = await read('/blueprints')
    expect(json.blueprints.map(({ id }: Json) => id)).toContain('soc2-code')
    const run = await read('/blueprints/soc2-code?repository=acme/shop')
    expect(run).toMatchObject({ status: 200, json: { verdict: 'fail' } })
    expect(run.json.reasons.length).toBeGreaterThan(0)
    expect((await read('/blueprints/none')).status).toBe(404)
  })
})
