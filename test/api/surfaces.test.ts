// What all surfaces share: their documents, their errors, health, and who may look at what.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const surfaces = ['gate', 'trust', 'identity', 'certus'] as const

describe.skipIf(!hasDatabase)('surfaces', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_SURFACE_HOSTS: 'gate=api.gate.example,certus=certus.example' },
    })
  })
  afterAll(() => server.stop())

  /** `fetch` sets the Host header itself. */
  const asHost = (host: string, path: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      request(`${server.url}${path}`, { headers: { host } }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      })
        .on('error', reject)
        .end()
    })

  it.each(surfaces)(
    '%s has an OpenAPI 3.1 document and a reference page, both public',
    async (name) => {
      const document = await server.call('GET', `/${name}/openapi.json`, { key: null })
      expect(document.json.openapi).toBe('3.1.0')
      expect(document.json.servers[0].url).toMatch(new RegExp(`/${name}$`))
      const page = await server.call('GET', `/${name}/docs/`, { key: null })
      expect(page.status).toBe(200)
      expect(page.text).toContain('<html')
      expect(page.text).not.toMatch(/(src|href)="https?:/)
    },
  )

  it('documents every field of the reference’s scan', async () => {
    const { json } = await server.call('GET', '/gate/openapi.json', { key: null })
    const body = json.paths['/api/scans'].post.requestBody.content['application/json'].schema
    expect(Object.keys(body.properties)).toEqual(
      expect.arrayContaining(['organization_id', 'scan_type', 'provider', 'owner', 'repo_name']),
    )
    expect(
      json.paths['/api/findings'].get.parameters.map((one: { name: string }) => one.name),
    ).toEqual(expect.arrayContaining(['severity', 'scan_type', 'status']))
  })

  it('tells the status of Certus to anyone', async () => {
    const answer = await server.call('GET', '/certus/api/status', { key: null })
    expect(answer.json).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  })

  it('renders one error in each surface’s form', async () => {
    const missing = async (mount: string) =>
      (await server.call('GET', `/${mount}/nothing`, { key: null })).json.error
    expect(await missing('gate')).toMatchObject({ code: 'not_found', details: {} })
    expect(await missing('trust')).toMatchObject({ code: 'NOT_FOUND', details: {} })
    expect(await missing('identity')).toMatchObject({
      code: 'not_found',
      request_id: expect.stringMatching(/^req_[0-9a-z]{12}$/),
    })
  })

  it('answers on a host name of its own as under its base path', async () => {
    const { status, text } = await asHost('certus.example', '/api/status')
    expect([status, JSON.parse(text).status]).toEqual([200, 'ok'])
    expect((await asHost('certus.example:4000', '/certus/api/status')).status).toBe(200)
    expect((await asHost('api.gate.example', '/api/scans')).status).toBe(401)
  })

  it('is alive, ready and measured', async () => {
    expect((await server.call('GET', '/healthz')).status).toBe(200)
    expect((await server.call('GET', '/readyz')).status).toBe(200)
    const metrics = await server.call('GET', '/metrics')
    expect(metrics.text).toContain('panthera_http_request_seconds_count')
  })

  it('gives every answer a request id', async () => {
    const { headers } = await server.call('GET', '/gate/nothing')
    expect(headers.get('x-request-id')).toMatch(/^req_/)
  })

  it('answers 413 and 415 in the surface’s form', async () => {
    const big = await server.call('POST', '/gate/api/scans', { body: `"${'x'.repeat(1_100_000)}"` })
    expect([big.status, big.json.error.code]).toEqual([413, 'too_large'])
    const odd = await server.call('POST', '/gate/api/scans', {
      body: '<x/>',
      headers: { 'content-type': 'text/xml' },
    })
    expect([odd.status, odd.json.error.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('writes no key into the log', async () => {
    for (const key of Object.values(server.keys)) {
      await server.call('GET', `/gate/api/scans?organization_id=${key}`, { key })
      expect(server.logLines.join('')).not.toContain(key)
    }
  })
})
