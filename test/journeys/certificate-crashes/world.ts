// All that a certificate's renewal needs, each a process of its own: the server on its embedded
// database, pebble behind a proxy, BIND, nginx, and an agent that speaks through a relay.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startNginx, type WebServer } from '../../../src/agent/fixtures/web-servers.ts'
import { type AcmeProxy, startAcmeProxy } from '../../fixtures/acme-proxy.ts'
import type { Json } from '../../fixtures/call.ts'
import { type Bind, type Pebble, startBind, startPebble } from '../../fixtures/pebble.ts'
import { freePort, type ServerProcess, startProcess } from '../../fixtures/process.ts'
import { type Relay, startRelay } from './relay.ts'
import { createTripwire, type Tripwire, type Victim } from './tripwire.ts'
import { type WatchedDatabase, watchDatabase } from './watched-database.ts'

export const host = 'web.example.test'
const agentProgram = fileURLToPath(
  new URL('../../../src/agent/fixtures/crashing-program.ts', import.meta.url),
)

/** A walk renews a hundred times in half an hour. */
const unlimited = Object.fromEntries(
  ['free', 'pro', 'enterprise'].flatMap((plan) =>
    ['minute', 'hour'].map((window) => [`trust.${plan}.${window}`, 1_000_000]),
  ),
)

export interface Programs {
  bind: string
  pebble: string
  nginx: string
}

export interface World {
  wire: Tripwire
  proxy: AcmeProxy
  database: WatchedDatabase
  pebble: Pebble
  bind: Bind
  nginxPort: number
  files: { certificate: string; key: string; combined: string }
  agentFolder: string
  /** Of this very life of the agent: the points of its own that it passed. */
  agentPoints(): string[]
  /** What was said on standard error. */
  said(): string
  data(method: string, path: string, body?: unknown): Promise<Json>
  /** What the authority does instead; null lets it do as it does. */
  play(play: AcmeProxy['play'] | null): void
  kill(victim: Victim): void
  isDead(victim: Victim): boolean
  /** Starts it where it is dead. */
  revive(victim: Victim): Promise<void>
  /** A new one that dies at the n-th point of its own; 0 lets it live. */
  restartAgent(at: number): Promise<void>
  stop(): Promise<void>
}

export async function startWorld(programs: Programs): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'panthera-crashes-'))
  const wire = createTripwire()
  const acmePorts = { http: await freePort(), tls: await freePort() }
  const bind = await startBind(programs.bind, 'example.test')
  const dnsServer = `127.0.0.1:${bind.port}`
  const pebble = await startPebble(programs.pebble, { dnsServer, ports: acmePorts })
  const proxy = await startAcmeProxy(pebble)
  watchAuthority(proxy, wire)
  const port = await freePort()
  const dataDir = join(folder, 'server')
  const start = () =>
    startProcess({
      dataDir,
      port,
      env: {
        PANTHERA_CACHE_DIR: join(dataDir, 'cache'),
        PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
        PANTHERA_ACME_HTTP_PORT: String(acmePorts.http),
        PANTHERA_RATE_LIMITS: JSON.stringify(unlimited),
      },
    })
  let server: ServerProcess = await start()
  const database = await watchDatabase(dataDir, server.firstRun.organization_id, wire)
  const relay = await startRelay(port, wire)
  const site = await startSite(folder, programs.nginx)
  const agent = agentIn(folder, { relay, site, key: server.firstRun.keys.trust_agent ?? '' })
  const isEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null
  const childOf = (victim: Victim) => (victim === 'server' ? server.child : agent.child())
  agent.start(0)
  return {
    ...{ wire, proxy, database, pebble, bind, nginxPort: site.port, files: site.files },
    agentFolder: agent.data,
    agentPoints: agent.points,
    said: () => `${server.stderr().slice(-3_000)}\n${agent.said().slice(-3_000)}`,
    async data(method, path, body) {
      const answer = await server.call(method, `/trust/api${path}`, body ? { body } : {})
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`)
      return answer.json.data
    },
    play(play) {
      if (play === null) watchAuthority(proxy, wire)
      else proxy.play = play
    },
    kill: (victim) => void childOf(victim).kill('SIGKILL'),
    isDead: (victim) => isEnded(childOf(victim)),
    async revive(victim) {
      const child = childOf(victim)
      if (!isEnded(child)) return
      if (victim === 'agent') agent.start(0)
      else server = await start()
    },
    restartAgent: (at) => agent.restart(at),
    async stop() {
      await agent.stop()
      relay.stop()
      await database.stop()
      await server.stop()
      proxy.stop()
      await site.nginx.stop()
      await pebble.stop()
      await bind.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function watchAuthority(proxy: AcmeProxy, wire: Tripwire): void {
  const pass = (name: string, moment: 'before' | 'after') =>
    wire.pass({ where: 'authority', name, moment })
  proxy.play = ({ method, kind }) =>
    pass(`${method} ${kind}`, 'before') ? { status: 503 } : 'pass'
  proxy.heard = ({ method, kind }) => pass(`${method} ${kind}`, 'after')
}

interface Site {
  nginx: WebServer
  port: number
  files: World['files']
  folder: string
}

/** nginx, with a certificate that somebody made by hand. */
async function startSite(folder: string, program: string): Promise<Site> {
  const certificates = join(folder, 'certificates')
  mkdirSync(certificates)
  const files = {
    certificate: join(certificates, 'site.pem'),
    key: join(certificates, 'site.key'),
    combined: join(certificates, 'all.pem'),
  }
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const out = ['-keyout', files.key, '-out', files.certificate]
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
  execFileSync('openssl', ['req', '-x509', ...kind, '-days', '20', ...subject, ...out], {
    stdio: 'ignore',
  })
  const own = join(folder, 'nginx')
  mkdirSync(own)
  const port = await freePort()
  const nginx = await startNginx({ program, folder: own, port, files })
  return { nginx, port, files, folder: certificates }
}

function agentIn(folder: string, { relay, site, key }: { relay: Relay; site: Site; key: string }) {
  const data = join(folder, 'agent')
  const config = join(folder, 'agent.yaml')
  const points = join(folder, 'points')
  const configuration = {
    ...{ server: relay.url, name: 'web-1', data, targets: ['nginx'] },
    deploy: { folders: [site.folder], commands: site.nginx.commands, probeSeconds: 5 },
  }
  writeFileSync(config, JSON.stringify(configuration))
  let child: ChildProcess
  let said = ''
  function start(at: number): void {
    writeFileSync(points, '')
    child = spawn(process.execPath, [agentProgram, config, String(at), points], {
      env: { PATH: process.env.PATH, PANTHERA_AGENT_KEY: key },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said += String(chunk)
      })
    }
  }
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return {
    ...{ data, start, stop },
    child: () => child,
    said: () => said,
    points: () => readFileSync(points, 'utf8').split('\n').filter(Boolean),
    async restart(at: number) {
      await stop()
      start(at)
    },
  }
}
