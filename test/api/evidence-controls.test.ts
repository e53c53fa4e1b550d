import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/certus/seal/json/canonical.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const pack = {
  repo_slug: 'acme/shop',
  commit_hash: 'a'.repeat(40),
  branch: 'main',
  findings: [],
  control_results: [{ framework: 'soc2', control_id: 'CC8.1', status: 'fail' }],
  grade: 'F',
  score: 0,
}

describe.skipIf(!hasDatabase)('control results', () => {
  let server: TestServer
  let count = 0
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server.stop())

  const send = (more: Json) => {
    count += 1
    const content = { ...pack, evidence_pack_id: `pack-${count}`, ...more }
    const text = canonicalJson(content)
    const signed_hash = createHmac('sha256', server.evidence_secret).update(text).digest('hex')
    return server.call('POST', '/certus/api/scans', { body: { ...content, signed_hash } })
  }
  const read = (path: string) => server.call('GET', `/certus/api${path}`)
  const passing = [{ ...pack.control_results[0], status: 'pass' }]

  it('200: states rest on the main branch, without pull requests, unless asked', async () => {
    const repo_slug = 'acme/branches'
    const state = async (query = '') => {
      const { json } = await read(`/controls?framework=soc2&repository=${repo_slug}${query}`)
      return json.controls.find((one: Json) => one.control_id === 'CC8.1').state
    }
    await send({ repo_slug, branch: 'first', control_results: passing })
    expect(await state()).toBe('pass')
    await send({ repo_slug })
    await send({ repo_slug, branch: 'wip', control_results: passing })
    await send({ repo_slug, pull_request: 9, control_results: passing })
    await send({ repo_slug, branch: 'first', control_results: passing })
    expect(await state()).toBe('fail')
    expect(await state('&branch=wip')).toBe('pass')
    expect(await state('&branch=none')).toBe('not_tested')
  })

  it('200: states rest on every repository, however many there are', async () => {
    for (let nth = 0; nth < 105; nth += 1) {
      const control_results = nth === 104 ? pack.control_results : passing
      await send({ repo_slug: `many/r${String(nth).padStart(3, '0')}`, control_results })
    }
    const { json } = await read('/controls?framework=soc2')
    const many = json.packs.filter(({ repository }: Json) => repository.startsWith('many/'))
    expect(many).toHaveLength(105)
    const { results } = json.controls.find((one: Json) => one.control_id === 'CC8.1')
    const failed = results.filter(({ status }: Json) => status === 'fail')
    expect(failed.map(({ repository }: Json) => repository)).toContain('many/r104')
  })

  it('200: the list counts them and leaves them out', async () => {
    await send({ repo_slug: 'acme/list' })
    const [one] = (await read('/evidence?repository=acme/list')).json.evidence_packs
    expect(one.controls).toEqual({ pass: 0, fail: 1, partial: 0, not_tested: 0 })
    expect(one.control_results).toBeUndefined()
    const { json } = await read('/evidence?limit=100')
    const indexes = json.evidence_packs.map(({ log }: Json) => log.index)
    expect(indexes).toEqual(indexes.toSorted((a: number, b: number) => b - a))
  })

  it('400: takes one result for each control', async () => {
    const twice = async (...ids: [string, string, string]) => {
      const [framework, one, other] = ids
      const control_results = [one, other].map((control_id) => {
        return { framework, control_id, status: 'pass' }
      })
      const { status, json } = await send({ control_results })
      return [status, json.error?.message]
    }
    const refused = [400, expect.stringContaining('control_results.1.control_id')]
    expect(await twice('soc2', 'CC6.1', 'CC6.1')).toEqual(refused)
    expect(await twice('asvs', 'V1.2.4', '1.2.4')).toEqual(refused)
    expect(await twice('asvs', 'V1.2.4', 'V1.2.3')).toEqual([201, undefined])
  })

  it('400: bounds their number, and that of the evidence for each', async () => {
    const evidence = Array.from({ length: 101 }, () => 'x')
    const heavy = await send({ control_results: [{ ...passing[0], evidence }] })
    expect(heavy.status).toBe(400)
    const control_results = Array.from({ length: 5_001 }, () => passing[0])
    expect((await send({ control_results })).status).toBe(400)
  })

  it('400: takes nothing that would be too large in canonical form', async () => {
    const body = `{"sbom": [${'1e20,'.repeat(1_600_000)}0]}`
    const { status, json } = await server.call('POST', '/certus/api/scans', { body })
    expect([status, json.error.message]).toEqual([400, expect.stringContaining('values')])
  })
})
