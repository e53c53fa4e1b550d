import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeqlDocument } from '../../src/gate/imports/fixtures/codeql.ts'
import { cycloneDxDocument } from '../../src/gate/imports/fixtures/cyclonedx.ts'
import { gitleaksDocument, gitleaksSecret } from '../../src/gate/imports/fixtures/gitleaks.ts'
import { sarif } from '../../src/gate/imports/fixtures/read.ts'
import { semgrepDocument } from '../../src/gate/imports/fixtures/semgrep.ts'
import { trivyDocument } from '../../src/gate/imports/fixtures/trivy.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLog } from '../../src/platform/log.ts'
import { startServer } from '../../src/server.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'

describe.skipIf(!hasDatabase)('imports', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  interface Sent {
    query?: Record<string, string>
    headers?: Record<string, string>
    key?: string
    signal?: AbortSignal
    to?: TestServer
  }

  /** A document, or bytes as they are, to a repository of its own unless the query says which. */
  async function send(document: object | string | Uint8Array, sent: Sent = {}) {
    const { url, keys, organization_id } = sent.to ?? server
    const query = new URLSearchParams({
      organization_id,
      provider: 'github',
      owner: 'acme',
      repo_name: `r${Math.random().toString(36).slice(2)}`,
      branch: 'main',
      commit,
      ...sent.query,
    })
    const isRaw = typeof document === 'string' || document instanceof Uint8Array
    const response = await fetch(`${url}/gate/api/scans/import?${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${sent.key ?? keys.gate}`,
        'content-type': 'application/json',
        ...sent.headers,
      },
      body: (isRaw ? document : JSON.stringify(document)) as string,
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    })
    return { status: response.status, json: (await response.json()) as Json }
  }

  const findingsOf = async (scanId: string): Promise<Json[]> =>
    (await server.call('GET', `/gate/api/scans/${scanId}`)).json.findings

  const scanCount = async (): Promise<number> => {
    const path = `/gate/api/scans?organization_id=${server.organization_id}&limit=1`
    return (await server.call('GET', path)).json.total
  }

  const storedFiles = () =>
    readdirSync(server.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`)

  describe('201', () => {
    it('answers the scan when its findings are there', async () => {
      const query = { repo_name: 'shop', category: 'backend' }
      const { status, json } = await send(semgrepDocument(), { query })
      expect(status).toBe(201)
      expect(json).toMatchObject({
        scan_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        organization_id: server.organization_id,
        status: 'completed',
        source: 'import',
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'shop',
        branch: 'main',
        commit,
        scan_config: null,
        tool: 'Semgrep OSS: backend',
        summary: { total_findings: 2, high_count: 2 },
        coverage: { format: 'sarif', results: 3, skipped: { suppressed: 1 } },
        error: null,
      })
      const findings = await findingsOf(json.scan_id)
      expect(findings).toHaveLength(2)
      expect(findings[0]).toMatchObject({
        file_path: 'src/users.ts',
        line_number: 12,
        cwe_id: 'CWE-89',
        scan_type: 'sast',
        status: 'open',
      })
    })

    it.each([
      ['Trivy', trivyDocument, 3, 'application/sarif+json'],
      ['CodeQL', codeqlDocument, 1, 'application/octet-stream'],
      ['CycloneDX', cycloneDxDocument, 3, 'application/vnd.cyclonedx+json; version=1.6'],
    ])('takes a document of %s', async (_name, document, total, type) => {
      const { status, json } = await send(document(), { headers: { 'content-type': type } })
      expect(status).toBe(201)
      expect(json.summary.total_findings).toBe(total)
    })

    it.each([
      [{ 'content-encoding': 'gzip' }],
      [{ 'content-type': 'application/gzip' }],
      [{ 'content-type': 'application/octet-stream' }],
    ])('takes it compressed, with %j', async (headers) => {
      const { status, json } = await send(gzipSync(JSON.stringify(trivyDocument())), {
        headers: headers as Record<string, string>,
      })
      expect(status).toBe(201)
      expect(json.summary.total_findings).toBe(3)
    })

    it('keeps no secret, neither in the database nor on the disk', async () => {
      const query = { repo_name: 'leaky' }
      const { json } = await send(gitleaksDocument(), { query })
      expect((await send(gitleaksDocument(), { query })).json.scan_id).toBe(json.scan_id)
      const [finding] = await findingsOf(json.scan_id)
      const detail = await server.call('GET', `/gate/api/findings/${finding.id}`)
      expect(detail.json.excerpt).toMatchObject({ start_line: 7, lines: ['AKIA…'] })
      expect(detail.text).not.toContain(gitleaksSecret)
      await expect
        .poll(() => storedFiles().filter((path) => readFileSync(path).includes(gitleaksSecret)))
        .toEqual([])
    })

    it('answers a repetition with the first scan', async () => {
      const query = { repo_name: 'twice' }
      const first = await send(trivyDocument(), { query })
      const before = await scanCount()
      const again = await send(trivyDocument(), { query })
      expect(again).toEqual(first)
      expect(await scanCount()).toBe(before)
      const other = await send(trivyDocument(), { query: { ...query, branch: 'next' } })
      expect(other.json.scan_id).not.toBe(first.json.scan_id)
    })

    it('makes one scan of two that are sent at once', async () => {
      const query = { repo_name: 'at-once' }
      const both = await Promise.all([
        send(trivyDocument(), { query }),
        send(trivyDocument(), { query }),
      ])
      expect(both.map(({ status }) => status)).toEqual([201, 201])
      expect(both[0]?.json.scan_id).toBe(both[1]?.json.scan_id)
    })

    it('takes an older document again after a newer one', async () => {
      const query = { repo_name: 'back' }
      const first = await send(sarif([{ ruleId: 'a' }]), { query })
      await send(sarif([]), { query })
      const again = await send(sarif([{ ruleId: 'a' }]), { query })
      expect(again.json.scan_id).not.toBe(first.json.scan_id)
      const [finding] = await findingsOf(again.json.scan_id)
      expect(finding.status).toBe('open')
    })

    it('resolves what a complete document lacks, but nothing of another tool', async () => {
      const query = { repo_name: 'gone' }
      const named = (name: string) => ({ tool: { driver: { name } } })
      const first = await send(sarif([{ ruleId: 'a' }, { ruleId: 'b' }], named('one')), { query })
      const other = await send(sarif([{ ruleId: 'a' }], named('two')), { query })
      await send(sarif([{ ruleId: 'b' }], named('one')), { query })
      const statuses = async (scanId: string) =>
        Object.fromEntries((await findingsOf(scanId)).map((one) => [one.rule_id, one.status]))
      expect(await statuses(first.json.scan_id)).toEqual({ a: 'resolved', b: 'open' })
      expect(await statuses(other.json.scan_id)).toEqual({ a: 'open' })
    })

    it('keeps a document that bears the platform’s name apart from its scans', async () => {
      const named = { tool: { driver: { name: 'Panthera' } } }
      const { json } = await send(sarif([], named), { query: { repo_name: 'own-name' } })
      expect(json.tool).toBe('panthera (imported)')
      const query = { repo_name: 'own-name', category: 'x' }
      const other = await send(sarif([], named), { query })
      expect(other.json.tool).toBe('panthera (imported): x')
    })

    it('takes a hundred new severe findings with texts as long as they come', async () => {
      const results = Array.from({ length: 120 }, (_, nth) => ({
        ruleId: `rule-${nth}`,
        level: 'error',
        message: { text: `${'Untrusted data reaches a sink. '.repeat(30)}${nth}` },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: `${'p'.repeat(900)}/${nth}.java` },
              region: { startLine: 1 },
            },
          },
        ],
      }))
      const { status, json } = await send(sarif(results), { query: { repo_name: 'long-texts' } })
      expect(status).toBe(201)
      expect(json.summary.total_findings).toBe(120)
    })

    it('resolves nothing on the word of a tool that did not get through', async () => {
      const query = { repo_name: 'partly' }
      const { json } = await send(sarif([{ ruleId: 'a' }]), { query })
      await send(sarif([], { invocations: [{ executionSuccessful: false }] }), { query })
      await send(sarif(null), { query })
      expect((await findingsOf(json.scan_id))[0].status).toBe('open')
    })

    it('goes on when the client goes away', async () => {
      const query = { repo_name: 'hung-up' }
      const gone = new AbortController()
      const sending = send(semgrepDocument(), { query, signal: gone.signal })
      setTimeout(() => gone.abort(), 20)
      await sending.catch(() => undefined)
      const again = await send(semgrepDocument(), { query })
      expect(again.json).toMatchObject({ status: 'completed', summary: { total_findings: 2 } })
    })
  })

  describe('400', () => {
    it.each([
      ['', 'The document is empty'],
      ['not json', 'The document has "not" where a value must stand (at byte 0)'],
      ['{"version":"2.1.0","runs":[{', 'The document ends before it is complete (at byte 28)'],
      ['{"a":1}', 'The document is neither SARIF nor CycloneDX: it has the members a'],
      ['{"version":"2.0.0","runs":[]}', 'version is "2.0.0"; accepted is SARIF 2.1.0'],
      ['{"bomFormat":"CycloneDX","specVersion":"1.2"}', 'specVersion is "1.2"; accepted is'],
    ])('says what is wrong with %j and stores nothing', async (text, message) => {
      const before = { scans: await scanCount(), files: storedFiles() }
      const { status, json } = await send(text)
      expect(status).toBe(400)
      expect(json.error.code).toBe('invalid_document')
      expect(json.error.message).toContain(message)
      expect(await scanCount()).toBe(before.scans)
      // The document of the import that was hung up on above may be removed only now.
      expect(before.files).toEqual(expect.arrayContaining(storedFiles()))
    })

    it('names the place that a worker found', async () => {
      const { status, json } = await send(sarif([{ ruleId: 'a' }, { ruleId: 5 }]))
      expect(status).toBe(400)
      expect(json.error).toMatchObject({
        code: 'invalid_document',
        message: expect.stringContaining(
          'runs[0].results[1].ruleId must be text, not a number. Send SARIF',
        ),
      })
      const scan = await server.call('GET', `/gate/api/scans/${json.error.details.scan_id}`)
      expect(scan.json).toMatchObject({ status: 'failed', error: { code: 'invalid_document' } })
      expect(scan.json.findings).toEqual([])
    })

    it.each([
      [{ branch: '../main' }, 'branch'],
      [{ commit: 'main' }, 'commit'],
      [{ provider: 'svn' }, 'provider'],
      [{ category: '\u0007' }, 'category'],
      [{ repo_name: '..' }, 'repo_name'],
      [{ surprise: '1' }, 'surprise'],
      [{ provider: 'git' }, 'clone_url'],
    ])('names the wrong parameter in %j', async (query, field) => {
      const { status, json } = await send(trivyDocument(), {
        query: query as Record<string, string>,
      })
      expect(status).toBe(400)
      expect(json.error.code).toBe('invalid_request')
      expect(json.error.details.fields[0].field).toBe(field)
    })

    it('refuses a damaged compression', async () => {
      const bytes = gzipSync(JSON.stringify(trivyDocument())).subarray(0, 100)
      const { status, json } = await send(bytes)
      expect(status).toBe(400)
      expect(json.error.message).toContain('The gzip stream is damaged')
    })
  })

  it('403 without the scope', async () => {
    const made = await server.call('POST', '/console/api/keys', {
      body: { surface: 'gate', name: 'reader', scopes: ['read:scans'] },
    })
    const { status } = await send(trivyDocument(), { key: made.json.api_key })
    expect(status).toBe(403)
  })

  it('404 for another organization', async () => {
    const query = { organization_id: '00000000-0000-4000-8000-000000000000' }
    const { status, json } = await send(trivyDocument(), { query })
    expect(status).toBe(404)
    expect(json.error.code).toBe('organization_not_found')
  })

  describe('415', () => {
    it('for another content type', async () => {
      const { status } = await send('a,b', { headers: { 'content-type': 'text/csv' } })
      expect(status).toBe(415)
    })

    it('for another encoding', async () => {
      const { status, json } = await send('{}', { headers: { 'content-encoding': 'br' } })
      expect(status).toBe(415)
      expect(json.error.details.accepted).toContain('gzip')
    })
  })

  it('is done by whichever worker starts next', async () => {
    const masterKey = randomBytes(32).toString('base64')
    const front = await startTestServer({
      env: { PANTHERA_ROLES: 'api', PANTHERA_MASTER_KEY: masterKey },
    })
    const gone = new AbortController()
    const path = `/gate/api/scans?organization_id=${front.organization_id}`
    const scan = async () => (await front.call('GET', path)).json.scans[0]
    const sending = send(trivyDocument(), { to: front, signal: gone.signal })
    await expect.poll(scan).toMatchObject({ status: 'queued' })
    gone.abort()
    await sending.catch(() => undefined)
    const config = readConfig({
      PANTHERA_ROLES: 'worker',
      PANTHERA_DATA_DIR: front.dataDir,
      PANTHERA_CACHE_DIR: `${front.dataDir}/cache`,
      DATABASE_URL: front.databaseUrl,
      PANTHERA_MASTER_KEY: masterKey,
      PANTHERA_OWNER_EMAIL: 'owner@example.com',
      PANTHERA_OWNER_PASSWORD: randomBytes(12).toString('hex'),
    })
    const worker = await startServer(config, createLog({ destination: { write: () => true } }))
    await expect.poll(scan, { timeout: 10_000 }).toMatchObject({
      status: 'completed',
      summary: { total_findings: 3 },
    })
    await worker.stop()
    await front.stop()
  })
})
