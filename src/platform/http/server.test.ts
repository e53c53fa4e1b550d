import { describe, expect, it } from 'vitest'
import { common } from '../errors.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createHttp, type HttpOptions } from './server.ts'

const proxy = '10.0.0.7'

async function ask(
  path: string,
  options: Partial<HttpOptions>,
  from: { remoteAddress: string; headers?: Record<string, string> },
) {
  const lines: string[] = []
  const app = await createHttp({
    mounts: new Map(),
    errors: common.entries,
    access: { admit: () => Promise.reject(common.problem('unauthorized')) },
    noteRefused: () => undefined,
    log: createLog({ destination: { write: (line: string) => void lines.push(line) } }),
    metrics: createMetrics(),
    metricsToken: null,
    ready: async () => undefined,
    surfaceHosts: new Map(),
    version: '0.0.0',
    publicUrl: 'http://localhost',
    ...options,
  })
  const answer = await app.inject({ url: path, ...from })
  await app.close()
  return { answer, log: lines.join('') }
}

describe('the metrics', () => {
  const local = { remoteAddress: '127.0.0.1' }
  const withToken = (token: string) => ({ ...local, headers: { authorization: `Bearer ${token}` } })

  it('are open on loopback only where no token is set', async () => {
    expect((await ask('/metrics', {}, local)).answer.statusCode).toBe(200)
    const { answer } = await ask('/metrics', {}, { remoteAddress: '192.0.2.1' })
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'metrics_closed'])
  })

  it('ask for the token everywhere where one is set', async () => {
    const options = { metricsToken: 'open' }
    expect((await ask('/metrics', options, local)).answer.statusCode).toBe(403)
    expect((await ask('/metrics', options, withToken('shut'))).answer.statusCode).toBe(403)
    expect((await ask('/metrics', options, withToken('open'))).answer.statusCode).toBe(200)
  })

  it('are not open to who comes through a trusted proxy on loopback', async () => {
    const from = { ...local, headers: { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' } }
    const { answer } = await ask('/metrics', { trustProxy: ['127.0.0.1'] }, from)
    expect(answer.statusCode).toBe(403)
  })
})

describe('the address of a client', () => {
  const headers = { 'x-forwarded-for': '203.0.113.1, 192.0.2.1' }
  const seen = async (trustProxy: string[], forwarded = headers) => {
    const from = { remoteAddress: proxy, headers: forwarded }
    const { log } = await ask('/nothing', { trustProxy }, from)
    return /"address":"([^"]*)"/.exec(log)?.[1]
  }

  it('is what a trusted proxy was asked from, and nothing that the client says', async () => {
    expect(await seen(['10.0.0.0/8'])).toBe('192.0.2.1')
    expect(await seen([proxy, '192.0.2.0/24'])).toBe('203.0.113.1')
  })

  it('is the peer where no proxy is trusted', async () => {
    expect(await seen([])).toBe(proxy)
    expect(await seen(['10.9.0.0/16'])).toBe(proxy)
  })

  it('is the proxy’s where the proxy names none', async () => {
    expect(await seen([proxy], { 'x-forwarded-for': 'unknown' })).toBe(proxy)
  })
})
