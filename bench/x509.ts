// Certificates: issued, parsed, revoked and answered for, per second and process, beside openssl
// where it does the same work.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAlternativeNames } from '../src/trust/x509/alternative-name.ts'
import { type Certificate, parseCertificate } from '../src/trust/x509/certificate.ts'
import { buildCrl, encodeEntry } from '../src/trust/x509/crl/build.ts'
import { parseCrl } from '../src/trust/x509/crl/parse.ts'
import { lintCertificate } from '../src/trust/x509/lint/run.ts'
import { buildOcspRequest, parseOcspRequest } from '../src/trust/x509/ocsp/request.ts'
import { buildOcspResponse } from '../src/trust/x509/ocsp/response.ts'
import { parsePem } from '../src/trust/x509/pem.ts'
import { type Authority, issueLeaf, issueRoot } from '../src/trust/x509/profile.ts'
import { createSoftwareSigner, exportPublicKey } from '../src/trust/x509/signer.ts'
import { type Figure, print, timed } from './measure.ts'

const dayMs = 86_400_000
const now = new Date()
const later = new Date(now.getTime() + 90 * dayMs)
const secondsEach = 2

const keys = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'RSA-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
}

async function authorityOf(key: KeyObject): Promise<Authority> {
  const signer = createSoftwareSigner(key)
  const wish = { subject: { CN: 'Bench' }, pathLength: 0, serialNumber: randomBytes(16) }
  const validTo = new Date(now.getTime() + 3650 * dayMs)
  return { signer, certificate: await issueRoot({ ...wish, validFrom: now, validTo }, signer) }
}

/** How often a second, of wall time and of processor time. */
async function rate(work: () => unknown, batch = 50): Promise<string> {
  for (let index = 0; index < batch; index++) await work()
  const start = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  let count = 0
  let seconds = 0
  while (seconds < secondsEach) {
    for (let index = 0; index < batch; index++) await work()
    count += batch
    seconds = Number(process.hrtime.bigint() - start) / 1e9
  }
  const { user, system } = process.cpuUsage(cpu)
  const perCpu = count / ((user + system) / 1e6)
  return `${round(count / seconds)}/s, ${round(perCpu)}/CPU s`
}

function round(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function issueOne(authority: Authority, key: KeyObject): () => Promise<Certificate> {
  const publicKeyInfo = exportPublicKey(key)
  return () =>
    issueLeaf(
      {
        subject: { CN: 'www.example.com' },
        names: parseAlternativeNames(['www.example.com', 'example.com', '192.0.2.1']),
        serialNumber: randomBytes(16),
        validFrom: now,
        validTo: later,
        publicKeyInfo,
        crlUrls: ['http://pki.example/ca.crl'],
        ocspUrls: ['http://pki.example/ocsp'],
        issuerUrls: ['http://pki.example/ca.cer'],
      },
      authority,
    )
}

async function certificates(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [name, key] of Object.entries(keys)) {
    const authority = await authorityOf(key)
    const issue = issueOne(authority, key)
    const ours = await rate(issue)
    figures.push({ what: `leaf of ${name}, no key made`, ours, aim: '1,000/s' })
    const leaf = await issue()
    const lint = await rate(() => lintCertificate(leaf, 'public'))
    figures.push({ what: `lint of a leaf of ${name}`, ours: lint })
  }
  const bundle = '/etc/ssl/certs/ca-certificates.crt'
  const roots = parsePem(readFileSync(bundle, 'utf8')).map(({ bytes }) => bytes)
  let at = 0
  const ours = await rate(() => parseCertificate(roots[at++ % roots.length] ?? Buffer.of()), 1000)
  figures.push({ what: `parse, ${roots.length} certificates of ${bundle}`, ours, aim: '5,000/s' })
  return figures
}

async function lists(): Promise<Figure[]> {
  const authority = await authorityOf(keys['P-256'])
  const revoked = { at: now, reason: 'superseded' } as const
  const encodeStart = process.hrtime.bigint()
  const entries = Array.from({ length: 100_000 }, () => encodeEntry(randomBytes(16), revoked))
  const encoding = milliseconds(encodeStart)
  const buildStart = process.hrtime.bigint()
  const contents = { number: 1, thisUpdate: now, nextUpdate: later, entries }
  const der = await buildCrl(contents, authority)
  const building = milliseconds(buildStart)
  const parseStart = process.hrtime.bigint()
  const parsed = parseCrl(der).revoked.size
  const parsing = milliseconds(parseStart)
  const folder = mkdtempSync(join(tmpdir(), 'panthera-bench-'))
  const path = join(folder, 'list.crl')
  writeFileSync(path, der)
  const read = timed('openssl', ['crl', '-inform', 'DER', '-in', path, '-noout'])
  rmSync(folder, { recursive: true })
  const size = `${(der.length / 1e6).toFixed(1)} MB`
  const peer = read === null ? {} : { peer: `openssl crl ${Math.round(read.seconds * 1000)} ms` }
  return [
    { what: 'encode 100,000 entries, once', ours: encoding },
    { what: `list of 100,000 entries (${size})`, ours: building, aim: 'under 1 s' },
    { what: `parse of ${round(parsed)} entries`, ours: parsing, ...peer },
  ]
}

function milliseconds(start: bigint): string {
  return `${Math.round(Number(process.hrtime.bigint() - start) / 1e6)} ms`
}

async function answers(): Promise<Figure[]> {
  const authority = await authorityOf(keys['P-256'])
  const serials = [randomBytes(16)]
  const request = buildOcspRequest(authority.certificate, serials, { nonce: randomBytes(32) })
  const answer = () => {
    const { ids, nonce } = parseOcspRequest(request)
    const all = ids.map((id) => ({
      id,
      status: 'good' as const,
      thisUpdate: now,
      nextUpdate: later,
    }))
    return buildOcspResponse({ answers: all, nonce, producedAt: now }, authority)
  }
  return [
    { what: 'OCSP, request read and answer signed', ours: await rate(answer), aim: '1,000/s' },
  ]
}

/** What the same signatures cost openssl, which neither parses nor encodes there. */
function signatures(): Figure[] {
  const { stdout, status } = spawnSync(
    'openssl',
    ['speed', '-seconds', '1', '-mr', 'ecdsap256', 'rsa2048'],
    { encoding: 'utf8' },
  )
  if (status !== 0) return []
  // Per line the rate of signatures, then that of verifications.
  return [...stdout.matchAll(/^\+F[24]:\d+:(2048|256):([\d.]+):/gm)].map(([, bits, perSecond]) => ({
    what: `openssl speed, signatures of ${bits === '256' ? 'P-256' : 'RSA-2048'} alone`,
    ours: `${round(Number(perSecond))}/s`,
  }))
}

print([...(await certificates()), ...(await lists()), ...(await answers()), ...signatures()])
