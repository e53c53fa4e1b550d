// What all surfaces share: their documents, their errors, health, who may look at what, and what
// stops their start.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainStart } from '../../src/cli/serve.ts'
import { ConfigError, readConfig } from '../../src/platform/config.ts'
import {
  clearFirstRun,
  DamagedFirstRun,
  hasFirstRun,
  readFirstRun,
} from '../../src/platform/first-run-file.ts'
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

  it.each(surfaces)('%s has no reference in its document that leads nowhere', async (name) => {
    const { json, text } = await server.call('GET', `/${name}/openapi.json`, { key: null })
    const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, target = '']) => target)
    for (const target of new Set(references)) {
      expect(target).toMatch(/^#\//)
      const found = target
        .slice(2)
        .split('/')
        .reduce((part, key) => part?.[key], json)
      expect(found, target).toBeTypeOf('object')
    }
    if (name === 'identity') expect(references.length).toBeGreaterThan(0)
  })

  it('shows bodies by example, and first what people come for', async () => {
    const { json } = await server.call('GET', '/identity/openapi.json', { key: null })
    const { post } = json.paths['/v1/policies']
    expect(post.requestBody.content['application/json'].example.rules).toHaveLength(1)
    expect(json.tags[0]).toEqual({ name: 'Policies' })
  })

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

  it('shows the reference with and without a slash, and loads only what is there', async () => {
    for (const path of ['/gate/docs', '/gate/docs/']) {
      const { text } = await server.call('GET', path, { key: null })
      const assets = [...text.matchAll(/(?:src|href)="([^"]+\.(?:js|css|svg))"/g)]
      expect(assets.length).toBeGreaterThan(2)
      for (const [, asset = ''] of assets) {
        const url = new URL(asset, `${server.url}${path}`)
        expect((await server.call('GET', url.pathname, { key: null })).status, asset).toBe(200)
      }
    }
  })

  it('welcomes a browser at the address that the start prints', async () => {
    const { status, text } = await server.call('GET', '/', { key: null })
    expect(status).toBe(200)
    expect(text).toContain('href="/gate/docs"')
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

  it.each(['/gate/api/%zz', `/gate/api/scans/${'x'.repeat(201)}`])(
    'answers what the router refuses in the surface’s form: %s',
    async (path) => {
      const answer = await server.call('GET', path)
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request'])
      expect(answer.json.error.details.fields[0].field).toBe('path')
      expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
    },
  )

  it('answers in the form of the mount that the address names, else in Gate’s', async () => {
    const trust = await server.call('GET', '/trust/%zz', { key: null })
    expect(trust.json.error.code).toBe('INVALID_REQUEST')
    const identity = await server.call('GET', '/identity/%zz', { key: null })
    expect(identity.json.error.request_id).toBe(identity.headers.get('x-request-id'))
    const outside = await server.call('GET', '/nothing', { key: null })
    expect([outside.status, outside.json.error.code]).toEqual([404, 'not_found'])
    expect(Object.keys(outside.json)).toEqual(['error'])
  })

  it.each([
    ['DELETE', '/gate/api/scans', 'GET, HEAD, POST', 'method_not_allowed'],
    ['POST', '/gate/api/scans/some-id/', 'GET, HEAD', 'method_not_allowed'],
    ['POST', '/trust/openapi.json', 'GET, HEAD', 'METHOD_NOT_ALLOWED'],
    ['POST', '/healthz', 'GET, HEAD', 'method_not_allowed'],
  ])('405: %s %s names the methods that it takes', async (method, path, allow, code) => {
    const answer = await server.call(method, path, { key: null })
    expect([answer.status, answer.json.error.code]).toEqual([405, code])
    expect(answer.headers.get('allow')?.split(', ').sort().join(', ')).toBe(allow)
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

describe('the settings of a start', () => {
  it.each([
    ['PANTHERA_PUBLIC_URL', 'https://user:hunter2@example.com'],
    ['PANTHERA_PUBLIC_URL', 'https://:hunter2@example.com'],
    ['PANTHERA_PUBLIC_URL', 'ftp://user:hunter2@example.com'],
    ['PANTHERA_GITLAB_CLONE_URL', 'ssh://user:hunter2@example.com'],
    ['PANTHERA_GITLAB_CLONE_URL', 'user:hunter2@example.com'],
    ['PANTHERA_GITHUB_API_URL', 'https://user:hunter2@example.com'],
    ['PANTHERA_GITHUB_API_URL', 'https://hunter2@example.com'],
  ])('%s=%s is refused without a word of the password', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(`${name}=(hidden)`)
    expect(read).not.toThrow('hunter2')
  })

  it.each(['gate.free.minit', 'gate.free.day', 'trust.pro.scans', 'gate.gold.minute'])(
    'names the limits that there are where %s is none',
    (limit) => {
      const read = () => readConfig({ PANTHERA_RATE_LIMITS: JSON.stringify({ [limit]: 1 }) })
      expect(read).toThrow(ConfigError)
      expect(read).toThrow(`${limit} is not one of gate.free.minute, `)
    },
  )

  it('know every limit of the plans', () => {
    const limits = { 'gate.pro.scans': 2, 'trust.free.hour': 9, 'console.pro.minute': 5 }
    expect(readConfig({ PANTHERA_RATE_LIMITS: JSON.stringify(limits) }).rateLimits).toEqual(limits)
  })

  it('take proxies as addresses and networks', () => {
    expect(readConfig({}).trustProxy).toEqual([])
    const value = '10.0.0.7, 192.168.0.0/16,fd12::/48'
    const ranges = ['10.0.0.7', '192.168.0.0/16', 'fd12::/48']
    expect(readConfig({ PANTHERA_TRUST_PROXY: value }).trustProxy).toEqual(ranges)
  })

  it.each(['true', '*', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.1,', 'proxy.example'])(
    'refuse PANTHERA_TRUST_PROXY=%s',
    (value) => {
      expect(() => readConfig({ PANTHERA_TRUST_PROXY: value })).toThrow(ConfigError)
    },
  )

  const unknownHost = (hostname: string) =>
    Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname,
    })
  const databaseUrl = 'postgres://someone@db.example/panthera'

  it.each([
    ['nowhere.example', null, 'PANTHERA_HOST=nowhere.example'],
    ['nowhere.example', databaseUrl, 'PANTHERA_HOST=nowhere.example'],
    ['db.example', databaseUrl, 'DATABASE_URL'],
  ])('tell who asked for the unknown host %s with DATABASE_URL %s', (name, url, told) => {
    const config = { host: 'nowhere.example', port: 4000, databaseUrl: url }
    expect(explainStart(unknownHost(name), config)).toMatch(new RegExp(`^${told}`))
  })
})

describe('a damaged first-run.json', () => {
  it.each(['{"url": "http', '', 'null', '{}'])(
    '%j is told, and can be removed',
    async (content) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'panthera-first-run-'))
      expect([await hasFirstRun(dataDir), await clearFirstRun(dataDir)]).toEqual([false, false])
      writeFileSync(join(dataDir, 'first-run.json'), content)
      expect(await hasFirstRun(dataDir)).toBe(true)
      await expect(readFirstRun(dataDir)).rejects.toThrow(DamagedFirstRun)
      expect(await clearFirstRun(dataDir)).toBe(true)
      expect(await hasFirstRun(dataDir)).toBe(false)
      rmSync(dataDir, { recursive: true })
    },
  )
})
