// Other token services, started on this machine for one run: Keycloak from the folder of its
// distribution (needs Java 17), and oidc-provider from a folder into which npm installed it. Each
// gets one client, as ours does; neither is told apart by its speed of starting.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Peer {
  name: string
  /** What to know of the figures. */
  remark: string
  tokenUrl: string
  client: { client_id: string; client_secret: string }
  /** Null where it has no people. */
  person: { username: string; password: string } | null
  /** Whether client credentials bring a refresh token. */
  refreshes: boolean
  stop(): Promise<void>
}

const startMsMax = 180_000

function somePort(): number {
  return 20_000 + Math.floor(Math.random() * 20_000)
}

/** A realm with one client and one person, in development mode on its own H2 file. */
export async function startKeycloak(folder: string): Promise<Peer> {
  const port = somePort()
  const admin = { username: 'bench', password: randomBytes(12).toString('hex') }
  const child = spawn(
    join(resolve(folder), 'bin', 'kc.sh'),
    ['start-dev', `--http-port=${port}`, '--http-host=127.0.0.1', '--db=dev-mem'],
    {
      env: {
        ...process.env,
        KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    },
  )
  const url = `http://127.0.0.1:${port}`
  const stop = () => ended(child, true)
  try {
    await untilAnswers(`${url}/realms/master`, child)
    const { client, person } = await makeRealm(url, admin)
    return {
      name: 'Keycloak',
      remark: 'development mode, database in memory',
      tokenUrl: `${url}/realms/bench/protocol/openid-connect/token`,
      client,
      person,
      refreshes: true,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeRealm(url: string, admin: { username: string; password: string }) {
  const form = { grant_type: 'password', client_id: 'admin-cli', ...admin }
  const { access_token } = (await posted(
    `${url}/realms/master/protocol/openid-connect/token`,
    new URLSearchParams(form),
  )) as { access_token: string }
  const client = { client_id: 'bench', client_secret: randomBytes(24).toString('hex') }
  const person = { username: 'person', password: randomBytes(12).toString('hex') }
  const realm = {
    realm: 'bench',
    enabled: true,
    accessTokenLifespan: 3_600,
    clients: [
      {
        clientId: client.client_id,
        secret: client.client_secret,
        serviceAccountsEnabled: true,
        directAccessGrantsEnabled: true,
        attributes: { 'client_credentials.use_refresh_token': 'true' },
      },
    ],
    users: [
      {
        username: person.username,
        enabled: true,
        email: 'person@example.com',
        emailVerified: true,
        firstName: 'A',
        lastName: 'Person',
        credentials: [{ type: 'password', value: person.password, temporary: false }],
      },
    ],
  }
  await posted(`${url}/admin/realms`, JSON.stringify(realm), {
    'content-type': 'application/json',
    authorization: `Bearer ${access_token}`,
  })
  return { client, person }
}

async function posted(
  url: string,
  body: string | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body, headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}

/** Its tokens are RS256 and last an hour, as ours; it keeps them in memory. */
export async function startOidcProvider(folder: string): Promise<Peer> {
  const port = somePort()
  const client = { client_id: 'bench', client_secret: randomBytes(24).toString('hex') }
  const script = fileURLToPath(new URL('./tokens-oidc-provider.ts', import.meta.url))
  const child = spawn(process.execPath, [script, resolve(folder), String(port)], {
    env: { ...process.env, BENCH_CLIENT: JSON.stringify(client) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  const stop = () => ended(child, false)
  try {
    await untilAnswers(`${url}/jwks`, child)
  } catch (error) {
    await stop()
    throw error
  }
  const remark = 'kept in memory, no database'
  const tokenUrl = `${url}/token`
  return {
    name: 'oidc-provider',
    remark,
    tokenUrl,
    client,
    person: null,
    refreshes: false,
    stop,
  }
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < startMsMax; await wait(250)) {
    if (child.exitCode !== null) throw new Error(`the peer ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok === true) return
  }
  throw new Error(`${url} did not answer`)
}

/** `group`: a shell that started others; all of them end. */
async function ended(child: ChildProcess, group: boolean): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  process.kill(group ? -child.pid : child.pid, 'SIGTERM')
  await gone
}
