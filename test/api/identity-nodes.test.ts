// Two nodes on one database: what one revokes the other refuses after its next poll, and at once
// where it could not poll. The clock stands still but for what a test moves, so that nothing is
// polled, and nothing grows old, by itself.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../src/platform/config.ts'
import { createLog } from '../../src/platform/log.ts'
import { type Server, startServer } from '../../src/server.ts'
import { browserEnv, browserOrigin, ownerBrowser } from '../fixtures/browser.ts'
import { type Answer, type CallOptions, send } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const pollMs = 400
const freshMsMax = 1_000
/** Far fewer than it takes until a node forgets by itself what it knows. */
const looksMax = 200

const keys = '/console/api/keys'
const clients = '/identity/v1/oauth/clients'

describe.skipIf(!hasDatabase)('two nodes', { timeout: 60_000 }, () => {
  let here: TestServer
  let there: Server
  let dataDir: string
  const env = {
    ...browserEnv,
    PANTHERA_ROLES: 'api',
    PANTHERA_RATE_LIMITS: JSON.stringify({
      'identity.keys.hour': 1000,
      'identity.token.hour': 1000,
      'trust.enterprise.minute': 100_000,
    }),
  }

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    const masterKey = randomBytes(32).toString('base64')
    here = await startTestServer({ env: { ...env, PANTHERA_MASTER_KEY: masterKey } })
    dataDir = mkdtempSync(join(tmpdir(), 'panthera-node-'))
    const config = readConfig({
      ...env,
      PANTHERA_PORT: '0',
      PANTHERA_DATA_DIR: dataDir,
      DATABASE_URL: here.databaseUrl,
      PANTHERA_MASTER_KEY: masterKey,
      PANTHERA_OWNER_EMAIL: here.owner.email,
      PANTHERA_OWNER_PASSWORD: here.ownerPassword,
    })
    there = await startServer(config, createLog({ level: 'silent' }))
  })
  afterAll(async () => {
    await there?.stop()
    await here?.stop()
    vi.useRealTimers()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const elsewhere = (method: string, path: string, options: CallOptions = {}): Promise<Answer> =>
    send(there.url, { method, path, ...options }, here.keys)

  /** One poll on each node. */
  const poll = () => vi.advanceTimersByTimeAsync(pollMs)
  /** As long as a node believes what it polled, and no poll in it: the database was away. */
  const missPolls = () => vi.setSystemTime(Date.now() + freshMsMax + 1)

  interface Credential {
    /** On the other node; 200 while it holds. */
    use(): Promise<number>
    useHere(): Promise<number>
    /** On this node. */
    end(): Promise<Answer>
  }

  /** One poll, and then as long as its answer takes. */
  async function pollUntilRefused(credential: Credential): Promise<void> {
    await poll()
    for (let looks = 0; (await credential.use()) === 200; looks++) {
      if (looks === looksMax) throw new Error('the poll changed nothing')
    }
  }

  async function key(): Promise<Credential> {
    const { json } = await here.call('POST', keys, { body: { surface: 'gate', name: 'k' } })
    const options = { key: json.api_key }
    return {
      use: async () => (await elsewhere('GET', '/gate/api/findings', options)).status,
      useHere: async () => (await here.call('GET', '/gate/api/findings', options)).status,
      end: () => here.call('DELETE', `${keys}/${json.id}`),
    }
  }

  async function client() {
    const body = { name: 'c', scopes: ['manage:keys'] }
    const { client_id, client_secret } = (await here.call('POST', clients, { body })).json
    const wanted = {
      key: null,
      body: { grant_type: 'client_credentials', client_id, client_secret },
    }
    return { id: client_id as string, wanted }
  }

  async function token(end: 'alone' | 'with its client'): Promise<Credential> {
    const { id, wanted } = await client()
    const issued = await here.call('POST', '/identity/v1/oauth/token', wanted)
    const options = { key: issued.json.access_token as string }
    return {
      use: async () => (await elsewhere('GET', clients, options)).status,
      useHere: async () => (await here.call('GET', clients, options)).status,
      end: () =>
        end === 'alone'
          ? here.call('POST', '/identity/v1/oauth/revoke', { body: { token: options.key } })
          : here.call('DELETE', `${clients}/${id}`),
    }
  }

  async function clientItself(how: 'deleted' | 'rotated'): Promise<Credential> {
    const { id, wanted } = await client()
    return {
      use: async () => (await elsewhere('POST', '/identity/v1/oauth/token', wanted)).status,
      useHere: async () => (await here.call('POST', '/identity/v1/oauth/token', wanted)).status,
      end: () =>
        how === 'deleted'
          ? here.call('DELETE', `${clients}/${id}`)
          : here.call('POST', `${clients}/${id}/rotate`, { body: { overlap_hours: 0 } }),
    }
  }

  const credentials: [string, () => Promise<Credential>][] = [
    ['a key', key],
    ['an access token', () => token('alone')],
    ['an access token of a client that is deleted', () => token('with its client')],
    ['a client that is deleted', () => clientItself('deleted')],
    ['a client with another secret', () => clientItself('rotated')],
  ]

  it.each(credentials)('401: refuse %s at once here, and there after one poll', async (_, make) => {
    const credential = await make()
    await poll()
    expect(await credential.use()).toBe(200)
    expect((await credential.end()).status).toBe(200)
    expect(await credential.useHere()).toBe(401)
    await pollUntilRefused(credential)
  })

  it.each(credentials)(
    '401: refuse %s without a poll where the last is too old',
    async (_, make) => {
      const credential = await make()
      await poll()
      expect(await credential.use()).toBe(200)
      expect((await credential.end()).status).toBe(200)
      missPolls()
      expect(await credential.use()).toBe(401)
    },
  )

  it('200: believe what they know until then, or the poll would show nothing', async () => {
    const earlier = await key()
    await earlier.use()
    await earlier.end()
    // Now the other node has learned of all there was, and no poll is under way.
    await pollUntilRefused(earlier)
    const credential = await key()
    expect(await credential.use()).toBe(200)
    await credential.end()
    expect([await credential.useHere(), await credential.use()]).toEqual([401, 200])
  })

  it('200: take a secret that the other one has just made, without a poll', async () => {
    const { id, wanted } = await client()
    const grant = (body: object) =>
      elsewhere('POST', '/identity/v1/oauth/token', {
        ...wanted,
        body: { ...wanted.body, ...body },
      })
    expect((await grant({})).status).toBe(200)
    const rotated = await here.call('POST', `${clients}/${id}/rotate`)
    const { client_secret } = rotated.json
    expect((await grant({ client_secret })).status).toBe(200)
    expect((await grant({})).status).toBe(200)
  })

  it('401: refuse a session that ended on the other one, without any poll', async () => {
    const browser = await ownerBrowser(here)
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, origin: browserOrigin }
    const look = () => elsewhere('GET', '/trust/api/auth/me', { key: null, headers })
    expect((await look()).status).toBe(200)
    expect((await browser.call('POST', '/trust/api/auth/logout')).status).toBe(200)
    expect((await look()).status).toBe(401)
  })
})
