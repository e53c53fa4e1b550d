// How fast certificates are found: TLS handshakes with a server of this machine in a process of its
// own, files looked at by name and by content, and certificates parsed as the import does it.
// `node bench/discover.ts [probes] [files]`.
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { factsOf } from '../src/trust/certificates/facts.ts'
import {
  type Discovered,
  FilesSettings,
  TlsSettings,
} from '../src/trust/connectors/discover/contract.ts'
import { discoverFiles } from '../src/trust/connectors/discover/files.ts'
import { discoverTls } from '../src/trust/connectors/discover/tls.ts'
import { newHierarchy, newKey, newLeaf, pemOf } from '../src/trust/x509/authority.fixture.ts'
import { exportPublicKey } from '../src/trust/x509/signer.ts'
import { print } from './measure.ts'

const { intermediate } = await newHierarchy()
const context = { signal: new AbortController().signal, hostname: 'bench' }

if (process.argv[2] === 'server') await serve()
else await measureAll(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 20_000))

async function serve(): Promise<void> {
  const privateKey = newKey('P-256')
  const publicKeyInfo = exportPublicKey(privateKey)
  const leaf = await newLeaf(intermediate, ['bench.example'], { publicKeyInfo })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const cert = pemOf(leaf) + pemOf(intermediate.certificate)
  const server = createServer({ key, cert })
  server.on('tlsClientError', () => {})
  // Each address of the loopback network counts as a host.
  server.listen(0, '0.0.0.0', 1024, () => {
    process.send?.((server.address() as AddressInfo).port)
  })
  process.on('disconnect', () => process.exit())
}

async function measureAll(probes: number, files: number): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['server'])
  const folder = await mkdtemp(join(tmpdir(), 'panthera-bench-'))
  try {
    await measureProbes(server, probes)
    await measureFiles(folder, files)
    await measureParsing()
  } finally {
    server.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

async function timed(found: AsyncIterable<Discovered>) {
  const started = performance.now()
  const before = process.cpuUsage()
  let sightings = 0
  for await (const each of found) if ('der' in each) sightings += 1
  return { sightings, seconds: (performance.now() - started) / 1000, busy: busySince(before) }
}

/** Of a machine that does other work too, the time of the processor tells more. */
function busySince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000
}

function rates(count: number, { seconds, busy }: { seconds: number; busy: number }): string {
  return `${perSecond(count, seconds)}, ${perSecond(count, busy)} CPU`
}

function perSecond(count: number, seconds: number): string {
  return `${Math.round(count / seconds).toLocaleString('en-US')}/s`
}

async function measureProbes(server: ChildProcess, probes: number): Promise<void> {
  const [port] = (await once(server, 'message')) as [number]
  const bits = 32 - Math.max(2, Math.ceil(Math.log2(probes + 2)))
  for (const concurrency of [64, 256]) {
    const targets = [`127.0.0.0/${bits}:${port}`]
    const settings = TlsSettings.parse({ targets, concurrency, timeoutMs: 10_000 })
    const took = await timed(discoverTls(settings, context))
    const { sightings } = took
    print([
      {
        what: `TLS probes, ${concurrency} at once, ${sightings} answered`,
        ours: rates(sightings, took),
        aim: '500/s',
        ...peerOf(port),
      },
    ])
  }
  const closed = TlsSettings.parse({ targets: [`127.0.0.0/${bits}:1`], concurrency: 256 })
  const took = await timed(discoverTls(closed, context))
  print([{ what: 'closed ports', ours: rates(2 ** (32 - bits) - 2, took) }])
}

/** One connection after another, in one process. */
function peerOf(port: number): { peer?: string } {
  const args = ['s_time', '-connect', `127.0.0.1:${port}`, '-new', '-time', '2']
  const { stdout } = spawnSync('openssl', args, { encoding: 'utf8' })
  const [, count, seconds] = /(\d+) connections in (\d+) real seconds/.exec(stdout ?? '') ?? []
  if (count === undefined) return {}
  return { peer: `openssl s_time ${perSecond(Number(count), Number(seconds))}` }
}

/** One in a hundred holds a certificate, half of those under another name. */
async function measureFiles(folder: string, files: number): Promise<void> {
  const pem = pemOf(await newLeaf(intermediate, ['bench.example']))
  const filler = randomBytes(20_000)
  for (let at = 0; at < files; at++) {
    const place = join(folder, String(Math.floor(at / 500)))
    if (at % 500 === 0) await mkdir(place)
    const name = at % 200 === 0 ? `${at}.pem` : `${at}.dat`
    await writeFile(join(place, name), at % 100 === 0 ? pem : filler)
  }
  for (const deep of [false, true]) {
    const settings = { ...FilesSettings.parse({ paths: [folder] }), deep }
    const took = await timed(discoverFiles(settings, context))
    const how = deep ? 'by content' : 'by name'
    print([{ what: `files ${how}, ${took.sightings} found`, ours: rates(files, took) }])
  }
}

async function measureParsing(): Promise<void> {
  const names = ['bench.example', 'www.bench.example']
  const all = await Promise.all(Array.from({ length: 500 }, () => newLeaf(intermediate, names)))
  const rounds = 20
  for (const { der } of all) factsOf(der)
  const started = performance.now()
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) for (const { der } of all) factsOf(der)
  const seconds = (performance.now() - started) / 1000
  const count = all.length * rounds
  const ours = rates(count, { seconds, busy: busySince(before) })
  print([{ what: 'certificates parsed into the facts that are stored', ours, aim: '5,000/s' }])
}
