import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createGithub, GithubRefused } from './github.ts'
import type { OutboundRequest, OutboundResponse } from './outbound/index.ts'
import { OutboundFailed } from './outbound/index.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const api = 'https://github.example/api/v3'
const token = ['ghs', 'made', 'up'].join('_')

type Reply = { status?: number; data?: unknown; link?: string }

/** Answers what is given for a path, and notes what was asked. */
function clientOf(replies: Record<string, Reply | Error>) {
  const asked: OutboundRequest[] = []
  const request = async (wanted: OutboundRequest): Promise<OutboundResponse> => {
    asked.push(wanted)
    const reply = replies[wanted.url.slice(api.length)] ?? { status: 404 }
    if (reply instanceof Error) throw reply
    const { status = 200, data = {}, link } = reply
    const headers = { 'content-type': 'application/json', ...(link && { link }) }
    const body = Buffer.from(JSON.stringify(data))
    return { status, headers, body, truncated: false, durationMs: 1 }
  }
  const app = { id: '99', key, client: null }
  return { github: createGithub({ app, api, outbound: { request } }), asked }
}

const tokens = '/app/installations/7/access_tokens'
const issued = {
  [tokens]: { status: 201, data: { token, expires_at: '2100-01-01T00:00:00Z', permissions: {} } },
}
const installed = {
  installationId: '7',
  repository: 'shop',
  permissions: { checks: 'write' },
} as const

describe('the GitHub App as a client', () => {
  it('asks for one token per repository and purpose, and keeps it', async () => {
    const { github, asked } = clientOf({ ...issued, '/repos/a/shop': {} })
    const call = { method: 'GET', path: '/repos/a/shop' } as const
    await github.asInstallation(installed, call)
    await github.asInstallation(installed, call)
    expect(await github.cloneToken('7', 'shop')).toBe(token)
    await github.cloneToken('7', 'other')
    const bodies = asked.filter(({ url }) => url.endsWith(tokens)).map(({ body }) => body)
    expect(bodies.map((body) => JSON.parse(String(body)))).toEqual([
      { repositories: ['shop'], permissions: { checks: 'write' } },
      { repositories: ['shop'], permissions: { contents: 'read' } },
      { repositories: ['other'], permissions: { contents: 'read' } },
    ])
  })

  it('follows pages of its own API only', async () => {
    const pages = (link: string) => clientOf({ '/app': { link } }).github
    const ask = async (link: string) =>
      (await pages(link).asApp({ method: 'GET', path: '/app' })).next
    expect(await ask(`<${api}/app?page=2>; rel="next", <${api}/app?page=9>; rel="last"`)).toBe(
      '/app?page=2',
    )
    expect(await ask(`<${api}/app?page=1>; rel="prev"`)).toBe(null)
    expect(await ask('<https://evil.example/app>; rel="next"')).toBe(null)
  })

  it('says what was refused, and nothing of the request', async () => {
    const { github } = clientOf({
      ...issued,
      '/repos/a/shop': { status: 422, data: { message: 'No commit found' } },
    })
    const failed = github.asInstallation(installed, { method: 'GET', path: '/repos/a/shop' })
    const error: Error = await failed.then(
      () => new Error('none'),
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(GithubRefused)
    expect(error).toMatchObject({ status: 422, message: expect.stringContaining('No commit') })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token)
  })

  it('tells a network that fails from an answer', async () => {
    const { github } = clientOf({ '/app': new OutboundFailed('timeout', 'too slow') })
    await expect(github.asApp({ method: 'GET', path: '/app' })).rejects.toBeInstanceOf(
      OutboundFailed,
    )
  })
})
