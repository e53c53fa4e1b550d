import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readImport, sarif } from '../../src/gate/imports/fixtures/read.ts'
import { semgrepDocument } from '../../src/gate/imports/fixtures/semgrep.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type Json, startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('reports', () => {
  let server: TestServer
  let scanId: string

  async function imported(document: object, repository: string): Promise<string> {
    const query = new URLSearchParams({
      organization_id: server.organization_id,
      provider: 'github',
      owner: 'acme',
      repo_name: repository,
      branch: 'main',
      commit: '0123456789abcdef0123456789abcdef01234567',
    })
    const { json } = await server.call('POST', `/gate/api/scans/import?${query}`, {
      body: document,
    })
    return json.scan_id
  }

  const report = (id: string, query = '') =>
    server.call('GET', `/gate/api/scans/${id}/report${query}`)

  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_GITHUB_CLONE_URL: 'file:///nonexistent' } })
    scanId = await imported(semgrepDocument(), 'shop')
  })
  afterAll(() => server.stop())

  describe('200', () => {
    it('is JSON unless asked otherwise', async () => {
      const { status, headers, json } = await report(scanId)
      expect(status).toBe(200)
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(headers.get('content-disposition')).toBe(`attachment; filename="shop-${scanId}.json"`)
      expect(json.tool.name).toBe('Semgrep OSS (through Panthera)')
      expect(json.findings.map((one: Json) => one.location.path)).toEqual([
        'src/users.ts',
        'src/orders.ts',
      ])
      expect(json.rules).toMatchObject([{ cweId: 'CWE-89', severity: 'high' }])
      expect(json.coverage).toMatchObject({ suppressed: 1, complete: true })
    })

    it('is SARIF that can be imported again', async () => {
      const { headers, json } = await report(scanId, '?format=sarif')
      expect(headers.get('content-type')).toBe('application/sarif+json; charset=utf-8')
      expect(json.version).toBe('2.1.0')
      const { results } = json.runs[0]
      // The third was suppressed in the document that was imported, and still is.
      expect(results.map((one: Json) => one.suppressions?.length ?? 0)).toEqual([0, 0, 1])
      const again = await readImport(json)
      expect(again.setAside).toHaveLength(1)
      expect(again.findings).toMatchObject([
        { location: { path: 'src/users.ts', line: 12 }, severity: 'high', cweId: 'CWE-89' },
        { location: { path: 'src/orders.ts', line: 44 } },
      ])
    })

    it('is CSV that a spreadsheet can open without running anything', async () => {
      const formula = '=HYPERLINK("http://example.com","x")'
      const id = await imported(
        sarif([{ ruleId: formula, message: { text: `${formula}, and\nmore` } }]),
        'formulas',
      )
      const { headers, text } = await report(id, '?format=csv')
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
      expect(text).toContain(`"'=HYPERLINK(""http://example.com"",""x"")"`)
      expect(text).not.toMatch(/(^|,)"?=/m)
    })

    it('has no findings where there are none', async () => {
      const id = await imported(sarif([]), 'clean')
      expect((await report(id)).json.findings).toEqual([])
      expect((await report(id, '?format=sarif')).json.runs[0].results).toEqual([])
      expect((await report(id, '?format=csv')).text.trim().split('\r\n')).toHaveLength(1)
    })

    it('holds everything of a large scan, and ends when nobody reads it', async () => {
      const text = 'x'.repeat(3_000)
      const results = Array.from({ length: 8_000 }, (_, at) => ({
        ruleId: `rule-${at}`,
        message: { text: `${at} ${text}` },
      }))
      const id = await imported(sarif(results), 'large')
      const whole = await report(id)
      expect(whole.json.findings).toHaveLength(8_000)
      expect(whole.json.rules).toHaveLength(8_000)
      await hungUp(`${server.url}/gate/api/scans/${id}/report`, server.keys.gate ?? '')
      // The server has let go of it and answers others.
      expect((await report(scanId)).status).toBe(200)
      expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([])
    })
  })

  it('400 for another format', async () => {
    const { status, json } = await report(scanId, '?format=pdf')
    expect(status).toBe(400)
    expect(json.error.details.fields[0].field).toBe('format')
  })

  it('401 without a key', async () => {
    const { status } = await server.call('GET', `/gate/api/scans/${scanId}/report`, { key: null })
    expect(status).toBe(401)
  })

  it('404 for a scan that is not there', async () => {
    const { status, json } = await report('00000000-0000-4000-8000-000000000000')
    expect(status).toBe(404)
    expect(json.error.code).toBe('scan_not_found')
  })

  it('409 before the scan is completed', async () => {
    const { json } = await server.call('POST', '/gate/api/scans', {
      body: {
        organization_id: server.organization_id,
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'nowhere',
      },
    })
    const early = await report(json.scan_id)
    expect(early.status).toBe(409)
    expect(early.json.error).toMatchObject({ code: 'scan_not_finished' })
  })
})

/** Reads nothing of the answer for a moment, then hangs up. */
function hungUp(url: string, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers: { authorization: `Bearer ${key}` } }, (answer) => {
      answer.pause()
      setTimeout(() => {
        answer.destroy()
        resolve()
      }, 300)
    })
    asked.on('error', reject)
  })
}
