// Evidence: packs a second through the whole service, one pack of 25,000 findings, a pack verified
// anew, and a proof in a log of a million entries.
import { createHmac, randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import { canonicalJson } from '../src/certus/seal/json/canonical.ts'
import { type Json, readJson } from '../src/certus/seal/json/read.ts'
import { leafHash } from '../src/certus/seal/log/hash.ts'
import { appended, inclusionPath, type ReadTile, rootAt } from '../src/certus/seal/log/tiles.ts'
import { inclusionHolds } from '../src/certus/seal/log/verify.ts'
import { type BenchServer, percentile, print, startServer } from './measure.ts'

const connections = 8
const packsCount = 400
const entriesCount = 1_000_000

function packOf(id: string, findings: number): Record<string, unknown> {
  return {
    repo_slug: 'acme/shop',
    commit_hash: randomBytes(20).toString('hex'),
    branch: 'main',
    findings: Array.from({ length: findings }, (_, index) => ({
      fingerprint: randomBytes(16).toString('hex'),
      title: 'SQL statement built from input that a request carries',
      severity: 'medium',
      scan_type: 'code',
      rule_id: 'sql-injection',
      file_path: `src/orders/file-${index % 500}.ts`,
      line_number: index,
      cwe_id: 'CWE-89',
      description: 'Whoever sends the request decides what the database runs.',
      remediation: 'Bind the value as a parameter.',
    })),
    control_results: [{ framework: 'soc2', control_id: 'CC6.1', status: 'pass' }],
    grade: 'A',
    score: 100,
    evidence_pack_id: id,
  }
}

function sealed(pack: Record<string, unknown>, secret: string): string {
  const value = readJson(JSON.stringify(pack), { depthMax: 8, valuesMax: 10_000_000 })
  const signed_hash = createHmac('sha256', secret).update(canonicalJson(value)).digest('hex')
  return JSON.stringify({ ...(value as { [name: string]: Json }), signed_hash })
}

async function measureServer({ url, keys, evidenceSecret }: BenchServer) {
  const pool = new Pool(url, { connections })
  const call = async (method: 'GET' | 'POST', path: string, body?: string) => {
    const startedAt = performance.now()
    const answer = await pool.request({
      method,
      path: `/certus/api${path}`,
      headers: { authorization: `Bearer ${keys.certus}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`)
    return performance.now() - startedAt
  }
  const small = Array.from({ length: packsCount }, (_, nth) =>
    sealed(packOf(`small-${nth}`, 20), evidenceSecret),
  )
  const startedAt = performance.now()
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let body = small[next++]; body !== undefined; body = small[next++]) {
        await call('POST', '/scans', body)
      }
    }),
  )
  const perSecond = packsCount / ((performance.now() - startedAt) / 1_000)
  const large = sealed(packOf('large', 25_000), evidenceSecret)
  const largeMs = await call('POST', '/scans', large)
  const reads: number[] = []
  for (let nth = 0; nth < 50; nth += 1) reads.push(await call('GET', `/evidence/small-${nth}`))
  const largeReadMs = await call('GET', '/evidence/large')
  await pool.close()
  return {
    perSecond,
    largeMs,
    megabytes: large.length / 1e6,
    readMs: percentile(reads, 50),
    largeReadMs,
  }
}

async function measureLog() {
  const tiles = new Map<string, Uint8Array>()
  const read: ReadTile = async ({ level, index }) => {
    return tiles.get(`${level}/${index}`) ?? new Uint8Array()
  }
  const leaves = Array.from({ length: entriesCount }, (_, at) => leafHash(Buffer.from(`${at}`)))
  for (const { level, index, hashes } of await appended(read, 0, leaves)) {
    tiles.set(`${level}/${index}`, hashes)
  }
  const root = await rootAt(read, entriesCount)
  const times: number[] = []
  for (let nth = 0; nth < 200; nth += 1) {
    const index = (nth * 499_979) % entriesCount
    const startedAt = performance.now()
    const path = await inclusionPath(read, index, entriesCount)
    times.push(performance.now() - startedAt)
    const leaf = leaves[index] ?? new Uint8Array()
    if (!inclusionHolds({ index, size: entriesCount, path }, leaf, root))
      throw new Error('no proof')
  }
  return percentile(times, 99)
}

const server = await startServer()
try {
  const { perSecond, largeMs, megabytes, readMs, largeReadMs } = await measureServer(server)
  print([
    { what: 'packs of 20 findings, 8 senders', ours: `${perSecond.toFixed(0)}/s` },
    {
      what: `one pack of 25,000 findings, ${megabytes.toFixed(1)} MB`,
      ours: `${largeMs.toFixed(0)} ms`,
    },
    { what: 'a pack read and verified anew, p50', ours: `${readMs.toFixed(1)} ms` },
    { what: 'the one of 25,000', ours: `${largeReadMs.toFixed(0)} ms` },
  ])
} finally {
  await server.stop()
}
print([
  {
    what: 'inclusion proof among 1,000,000 entries, tiles in memory, p99',
    ours: `${(await measureLog()).toFixed(2)} ms`,
  },
])
