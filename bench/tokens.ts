// Tokens a second through the whole service (client authentication, limit, RS256, grant and refresh
// token and audit row in one transaction), beside signing alone and other token services, each
// under the same load in the same run; and what a cached check of a key costs a request. The load
// comes from this process, each server is another, one at a time.
//
//     node bench/tokens.ts [--keycloak FOLDER] [--oidc-provider FOLDER]
import { generateKeyPairSync } from 'node:crypto'
import { parseArgs } from 'node:util'
import { SignJWT } from 'jose'
import { Pool } from 'undici'
import { keyAuthenticator } from '../src/identity/keys/authenticate.ts'
import { createKeyCache } from '../src/identity/keys/cache.ts'
import { hashKey } from '../src/identity/keys/service.ts'
import { createRevocations } from '../src/identity/revocations.ts'
import type { Database, Tx } from '../src/platform/db.ts'
import { newKey } from '../src/platform/ids.ts'
import { createLog } from '../src/platform/log.ts'
import { type BenchServer, percentile, print, startServer } from './measure.ts'
import { type Peer, startKeycloak, startOidcProvider } from './tokens-peers.ts'

const connections = 16
const warmUpMs = 1_000
const measuredMs = 5_000
const unlimited = 1_000_000_000

interface Rate {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** `work` once per connection after the other; what happens during the warm-up is not counted. */
async function rate(work: (connection: number) => Promise<void>): Promise<Rate> {
  const times: number[] = []
  const startedAt = performance.now()
  const one = async (connection: number) => {
    for (;;) {
      const askedAt = performance.now()
      if (askedAt - startedAt > warmUpMs + measuredMs) return
      await work(connection)
      if (askedAt - startedAt > warmUpMs) times.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, nth) => one(nth)))
  return {
    perSecond: (times.length / measuredMs) * 1_000,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
  }
}

async function post<Answer>(pool: Pool, path: string, body: object, key?: string): Promise<Answer> {
  const answer = await pool.request({
    path: `/identity/v1${path}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${text}`)
  return JSON.parse(text) as Answer
}

interface Tokens {
  access_token: string
  refresh_token: string
}

async function measureServer(server: BenchServer) {
  const pool = new Pool(server.url, { connections, pipelining: 1 })
  const made = await post<{ client_id: string; client_secret: string }>(
    pool,
    '/oauth/clients',
    { name: 'bench', scopes: ['manage:keys'] },
    server.keys.identity,
  )
  const { client_id, client_secret } = made
  const client = { client_id, client_secret }
  const grant = () =>
    post<Tokens>(pool, '/oauth/token', { grant_type: 'client_credentials', ...client })
  const issued = await rate(async () => void (await grant()))
  const families = await Promise.all(Array.from({ length: connections }, grant))
  const refreshed = await rate(async (connection) => {
    const refresh_token = families[connection]?.refresh_token ?? ''
    const body = { grant_type: 'refresh_token', refresh_token, ...client }
    families[connection] = await post<Tokens>(pool, '/oauth/token', body)
  })
  await pool.close()
  return { issued, refreshed }
}

/** The same grants at another service, as a form. */
async function measurePeer(peer: Peer): Promise<{ issued: Rate; refreshed: Rate | null }> {
  const { origin, pathname: path } = new URL(peer.tokenUrl)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const ask = async (grant: Record<string, string>): Promise<Tokens> => {
    const answer = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...grant, ...peer.client }).toString(),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(`${peer.name} answered ${text}`)
    return JSON.parse(text) as Tokens
  }
  const grant = () => ask({ grant_type: 'client_credentials' })
  // A virtual machine compiles what runs often; only then is it as fast as it will be.
  await rate(async () => void (await grant()))
  const issued = await rate(async () => void (await grant()))
  let refreshed: Rate | null = null
  if (peer.refreshes) {
    const families = await Promise.all(Array.from({ length: connections }, grant))
    refreshed = await rate(async (connection) => {
      const refresh_token = families[connection]?.refresh_token ?? ''
      families[connection] = await ask({ grant_type: 'refresh_token', refresh_token })
    })
  }
  await pool.close()
  return { issued, refreshed }
}

async function measurePeers(peers: readonly (() => Promise<Peer>)[]) {
  const measured: { name: string; issued: string; refreshed: string | null }[] = []
  for (const start of peers) {
    const peer = await start()
    const { issued, refreshed } = await measurePeer(peer).finally(peer.stop)
    const name = `${peer.name} (${peer.remark})`
    measured.push({ name, issued: shown(issued), refreshed: refreshed && shown(refreshed) })
  }
  return measured
}

async function signingAlone(): Promise<number> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { perSecond } = await rate(async () => {
    await new SignJWT({ scope: 'manage:keys' })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey)
  })
  return perSecond
}

/** Microseconds from the text of a key to who it is, once the key is known to the node. */
async function cachedCheck(): Promise<number> {
  const text = newKey('ti_live_')
  const row = {
    organization_id: '11111111-0000-4000-8000-000000000000',
    id: 'key_1',
    workspace_id: 'ws_1',
    surface: 'identity',
    type: 'standard',
    hash: hashKey(text),
    name: 'bench',
    scopes: ['*'],
    ip_allow: [],
    active: true,
    expires_at: null,
    revoked_at: null,
    plan: 'enterprise',
    is_first: true,
    workspaces: ['ws_1'],
    in_default_workspace: true,
    principal_id: null,
    standing: 'active',
  }
  const tx = { maybe: async () => row, one: async () => ({ version: 1 }), run: async () => 0 }
  const db = { inSystem: (work: (one: Tx) => unknown) => work(tx as never) } as unknown as Database
  const shared = { db, now: Date.now, log: createLog({ level: 'silent' }) }
  const revocations = createRevocations(shared)
  revocations.start()
  const authenticate = keyAuthenticator({
    cache: createKeyCache({ ...shared, revocations }),
    now: Date.now,
  })
  const credentials = {
    mount: 'identity',
    token: text,
    session: null,
    workspaceId: null,
    address: '127.0.0.1',
  } as const
  const runs = 300_000
  for (let run = 0; run < 20_000; run++) await authenticate(credentials)
  // Processor time: others share the machine.
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run++) await authenticate(credentials)
  const { user, system } = process.cpuUsage(before)
  revocations.stop()
  return (user + system) / runs
}

const { values } = parseArgs({
  options: { keycloak: { type: 'string' }, 'oidc-provider': { type: 'string' } },
})
const { keycloak, 'oidc-provider': oidcProvider } = values
const limits = {
  'identity.token.hour': unlimited,
  'identity.refresh.hour': unlimited,
}
const server = await startServer({ PANTHERA_RATE_LIMITS: JSON.stringify(limits) })
const { issued, refreshed } = await measureServer(server)
await server.stop()
const peers = await measurePeers([
  ...(keycloak === undefined ? [] : [() => startKeycloak(keycloak)]),
  ...(oidcProvider === undefined ? [] : [() => startOidcProvider(oidcProvider)]),
])
const beside = (kind: 'issued' | 'refreshed') =>
  peers.flatMap((peer) => (peer[kind] === null ? [] : [`${peer.name} ${peer[kind]}`]))
const peer = [`RS256 signing alone ${Math.round(await signingAlone())}/s`, ...beside('issued')]
print([
  {
    what: 'tokens for client credentials, written to the database',
    ours: shown(issued),
    aim: '300/s',
    peer: [times(issued), ...peer].join('; '),
  },
  {
    what: 'refreshes, each in one statement',
    ours: shown(refreshed),
    peer: [times(refreshed), ...beside('refreshed')].join('; '),
  },
  {
    what: 'cached check of a key, processor time',
    ours: `${(await cachedCheck()).toFixed(1)} µs`,
    aim: '5 µs',
  },
])

function shown({ perSecond }: Rate): string {
  return `${Math.round(perSecond)}/s`
}

function times({ p50Ms, p99Ms }: Rate): string {
  return `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
}
