// Logins a second over HTTP: Argon2id with 64 MiB, a session in the database, audit rows. Beside it
// the same hash alone, as many at once as the server does, and requests under the session; and
// logins with a password at Keycloak, whose hash is Argon2id with 7 MiB and 5 passes.
//
//     node bench/logins.ts [--keycloak FOLDER]
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { hashPassword, verifyPassword } from '../src/identity/users/password.ts'
import { percentile, print, startServer } from './measure.ts'
import { startKeycloak } from './tokens-peers.ts'

const { keycloak } = parseArgs({ options: { keycloak: { type: 'string' } } }).values
const clients = 6
const measuredMs = 8_000

const server = await startServer({ PANTHERA_RATE_LIMITS: '{"trust.enterprise.minute":100000000}' })
const pool = new Pool(server.url, { connections: clients, pipelining: 1 })
const { owner } = JSON.parse(await readFile(join(server.dataDir, 'first-run.json'), 'utf8')) as {
  owner: { email: string; password: string }
}

async function logIn(): Promise<string> {
  const answer = await pool.request({
    path: '/trust/api/auth/login',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(owner),
  })
  await answer.body.dump()
  if (answer.statusCode !== 200) throw new Error(`the login answered ${answer.statusCode}`)
  return [answer.headers['set-cookie']].flat()[0]?.split(';')[0] ?? ''
}

async function look(cookie: string): Promise<void> {
  const answer = await pool.request({
    path: '/trust/api/workspaces',
    method: 'GET',
    headers: { cookie },
  })
  await answer.body.dump()
  if (answer.statusCode !== 200) throw new Error(`the session answered ${answer.statusCode}`)
}

async function measure(work: () => Promise<unknown>): Promise<{ rate: string; p50: string }> {
  await work()
  const times: number[] = []
  const startedAt = performance.now()
  const worker = async () => {
    for (;;) {
      const askedAt = performance.now()
      if (askedAt - startedAt > measuredMs) return
      await work()
      times.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, worker))
  const seconds = (performance.now() - startedAt) / 1_000
  const [half, most] = [50, 99].map((percent) => percentile(times, percent).toFixed(1))
  const p50 = `p50 ${half} ms, p99 ${most} ms`
  return { rate: `${(times.length / seconds).toFixed(1)}/s`, p50 }
}

async function measureKeycloak(folder: string): Promise<string> {
  const peer = await startKeycloak(folder)
  const { person, client, tokenUrl } = peer
  const body = new URLSearchParams({ grant_type: 'password', ...person, ...client }).toString()
  const { origin, pathname: path } = new URL(tokenUrl)
  const connections = new Pool(origin, { connections: clients, pipelining: 1 })
  const login = async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await connections.request({ path, method: 'POST', headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`Keycloak answered ${answer.statusCode}`)
  }
  try {
    // A virtual machine compiles what runs often; only then is it as fast as it will be.
    await measure(login)
    const { rate, p50 } = await measure(login)
    return `Keycloak (${peer.remark}) ${rate}, ${p50}`
  } finally {
    await connections.close()
    await peer.stop()
  }
}

const logins = await measure(logIn)
const cookie = await logIn()
const requests = await measure(() => look(cookie))
await pool.close()
await server.stop()
const stored = await hashPassword(owner.password)
const hashes = await measure(() => verifyPassword(owner.password, stored))
const other = keycloak === undefined ? [] : [await measureKeycloak(keycloak)]

print([
  {
    what: `logins, ${clients} clients at once`,
    ours: logins.rate,
    peer: [`the hash alone ${hashes.rate}`, logins.p50, ...other].join('; '),
  },
  { what: 'requests under a session', ours: requests.rate, peer: requests.p50 },
])
