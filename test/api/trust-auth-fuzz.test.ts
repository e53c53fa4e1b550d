// Bodies, cookies and headers that nobody means well with: never a 500, never a way in.
import { randomBytes, randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, browserEnv, browserOrigin, ownerBrowser } from '../fixtures/browser.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
const values: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  'x',
  'x'.repeat(10_000),
  '\0',
  '\ud800',
  '\u202e',
  '%',
  "'; drop table users; --",
  '{{7*7}}',
  '../../etc/passwd',
  [],
  {},
  [[]],
  { $gt: '' },
  { toString: 'x' },
  ['owner@example.com'],
]
const names = ['email', 'password', 'token', 'code', 'name', 'role', 'workspaceIds', '__proto__']

function body(): string {
  const pick = <Value>(from: readonly Value[]) => from[randomInt(from.length)] as Value
  const kind = randomInt(12)
  if (kind === 0) return deep
  if (kind === 1) return randomBytes(50).toString('latin1')
  if (kind === 2) return JSON.stringify(pick(values))
  if (kind === 3) return '{"email":"a@b","email":"c@d","password":"x"}'
  if (kind === 4) return '{"__proto__":{"email":"a@b","password":"x"}}'
  const entries = Array.from({ length: randomInt(5) }, () => [pick(names), pick(values)])
  return JSON.stringify(Object.fromEntries(entries))
}

describe.skipIf(!hasDatabase)('whatever is sent', () => {
  let server: TestServer
  let owner: Browser
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
  })
  afterAll(() => server.stop())

  interface Place {
    method: string
    path: string
    open: boolean
  }

  /** Whatever logging in, people and the audit log are served on. */
  async function places(): Promise<Place[]> {
    const all: Place[] = []
    for (const mount of ['trust', 'identity']) {
      const { json } = await server.call('GET', `/${mount}/openapi.json`, { key: null })
      for (const [path, methods] of Object.entries<Record<string, Json>>(json.paths)) {
        if (!/auth\/(login|verify|accept|password|2fa|me)|users|invit|works|audit/.test(path))
          continue
        for (const [method, { security }] of Object.entries(methods)) {
          const filled = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(odd()))
          const place = { method: method.toUpperCase(), path: `/${mount}${filled}` }
          all.push({ ...place, open: security.length === 0 })
        }
      }
    }
    return all
  }

  const odd = () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    const texts = ['x', '%00', '\0', '\ud83d', nobody, "'--", '~..~']
    return (texts[randomInt(texts.length)] ?? 'x').toWellFormed()
  }

  it('is answered below 500, and opens nothing to who is not in', async () => {
    const faults: string[] = []
    for (let round = 0; round < 12; round++) {
      for (const { method, path, open } of await places()) {
        const sent = method === 'GET' ? {} : { body: body() }
        const insider = await owner.call(method, path, sent)
        const outsider = await server.call(method, path, { key: null, ...sent })
        const what = `${method} ${path} ${sent.body?.slice(0, 300)}`
        if (insider.status >= 500) faults.push(`${what}: ${insider.status} ${insider.text}`)
        if (outsider.status >= 500) faults.push(`${what}: ${outsider.status} ${outsider.text}`)
        if (outsider.status < 400) faults.push(`${what}: in without credentials`)
        if (!open && ![401, 429].includes(outsider.status)) {
          faults.push(`${what}: ${outsider.status}, not 401`)
        }
        if (outsider.headers.getSetCookie().length > 0) faults.push(`${what}: got a cookie`)
      }
    }
    expect(faults).toEqual([])
  })

  it('in the query and the headers, too', async () => {
    const faults: string[] = []
    const queries = ['page', 'limit', 'search', 'from', 'action', 'from_seq', 'per_page', 'actorId']
    const texts = ['', '%00', '%ED%A0%80', '1e9', '-1', '9'.repeat(30), "'", '%25', 'x'.repeat(900)]
    const headers = ['cookie', 'origin', 'user-agent', 'x-workspace-id', 'authorization']
    for (const path of ['/trust/api/users', '/trust/api/audit', '/trust/api/invitations']) {
      for (const name of queries) {
        for (const text of texts) {
          const answer = await owner.call('GET', `${path}?${name}=${text}`)
          if (answer.status >= 500) faults.push(`${path} ${name}=${text}: ${answer.text}`)
        }
      }
    }
    for (const name of headers) {
      for (const value of ['x', 'a=b;'.repeat(500), '\u00ff\u00fe', 'Bearer', '=;=;', 'null']) {
        const answer = await server.call('POST', '/trust/api/auth/logout', {
          key: null,
          headers: { origin: browserOrigin, [name]: value },
        })
        if (![401, 403, 429].includes(answer.status)) faults.push(`${name}: ${answer.text}`)
      }
    }
    expect(faults).toEqual([])
  })

  it('keeps odd names as they are, in the account and in the audit log', async () => {
    const name = 'Zoë "O\'Neil" 🐯 \u202e<script>'
    const answer = await owner.call('PATCH', '/trust/api/auth/me', { body: { name } })
    expect(answer.json.user.name).toBe(name)
    const { json } = await owner.call('GET', '/trust/api/audit?action=user.renamed')
    expect(json.data.some((event: Json) => event.details.name === name)).toBe(true)
  })
})
