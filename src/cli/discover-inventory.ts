// What was discovered, one entry per certificate with all its places and all that is wrong, the
// most urgent first.
import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { Sighting } from '../trust/connectors/discover/contract.ts'
import { type Certificate, isAuthority, parseCertificate } from '../trust/x509/certificate.ts'
import { isSelfSigned } from '../trust/x509/chain/link.ts'
import { orderChain } from '../trust/x509/chain/order.ts'
import { X509Error } from '../trust/x509/error.ts'
import { titleOf } from '../trust/x509/inspect/inspect.ts'
import { comparable } from '../trust/x509/name.ts'
import { onlyPem } from '../trust/x509/pem.ts'

export interface Found {
  certificate: Certificate
  name: string
  /** Negative since it has ended; with its fraction, so that the last hours count. */
  endsInDays: number
  selfSigned: boolean
  problems: FoundProblem[]
  places: Place[]
}

export type Place = Omit<Sighting, 'der' | 'chain'>

export interface FoundProblem {
  code: ProblemCode
  message: string
}

export type ProblemCode =
  | 'expired'
  | 'not_yet_valid'
  | 'expiring'
  | 'weak_key'
  | 'weak_signature'
  | 'name_mismatch'
  | 'chain_incomplete'
  | 'self_signed'
  | 'old_protocol'

const dayMs = 86_400_000
const expiringDays = 30

export function inventoryOf(sightings: readonly Sighting[], now: Date): Found[] {
  const groups = Map.groupBy(sightings, ({ der }) => Buffer.from(der).toString('base64'))
  return [...groups.values()]
    .flatMap((group) => foundOf(group, now) ?? [])
    .sort((a, b) => a.endsInDays - b.endsInDays || (a.name < b.name ? -1 : 1))
}

/** Null for what a server showed that is no certificate by our reading. */
function foundOf(group: readonly Sighting[], now: Date): Found | null {
  const certificate = parsed(group[0]?.der)
  if (certificate === null) return null
  const endsInDays = (certificate.validTo.getTime() - now.getTime()) / dayMs
  const placed = group.flatMap((each) => problemsOfPlace(certificate, each))
  const selfSigned = isSelfSigned(certificate)
  const problems = problemsOf(certificate, { now, selfSigned })
  if (selfSigned && group.some((each) => isServed(certificate, each))) {
    const message = 'it vouches for itself: nobody can check whose it is'
    problems.push({ code: 'self_signed', message })
  }
  problems.push(...placed)
  return {
    certificate,
    name: titleOf(certificate),
    endsInDays,
    selfSigned,
    problems: [...new Map(problems.map((each) => [each.code, each])).values()],
    places: group
      .map(({ der: _der, chain: _chain, ...place }) => place)
      .sort((a, b) => isIP(a.hostname) - isIP(b.hostname) || (a.path < b.path ? -1 : 1)),
  }
}

function parsed(der: Uint8Array | undefined): Certificate | null {
  try {
    return der === undefined ? null : parseCertificate(der)
  } catch (error) {
    if (error instanceof X509Error) return null
    throw error
  }
}

/** A root in a file is no server's certificate; many that `openssl req -x509` made are. */
function isServed(certificate: Certificate, { source, hasPrivateKey }: Sighting): boolean {
  if (source === 'network' || !isAuthority(certificate)) return true
  return hasPrivateKey && certificate.says.keyUsage?.includes('keyCertSign') !== true
}

const weakHashes = new Set(['md5', 'sha1'])

function problemsOf(
  certificate: Certificate,
  { now, selfSigned }: { now: Date; selfSigned: boolean },
): FoundProblem[] {
  const { validFrom, validTo, publicKey, signatureAlgorithm } = certificate
  const problems: FoundProblem[] = []
  const tell = (code: ProblemCode, message: string) => void problems.push({ code, message })
  const left = validTo.getTime() - now.getTime()
  // A short life begins with few days left.
  const soon = Math.min(expiringDays * dayMs, (validTo.getTime() - validFrom.getTime()) / 3)
  if (left < 0) tell('expired', `it ended on ${validTo.toISOString()}`)
  else if (left < soon) tell('expiring', `it ends on ${validTo.toISOString()}`)
  if (validFrom > now) tell('not_yet_valid', `it begins on ${validFrom.toISOString()}`)
  const { type, size } = publicKey
  const isWeakRsa = type.startsWith('RSA') && (size ?? 0) < 2048
  const isWeakEc = type === 'EC' && size !== null && size < 256
  if (isWeakRsa || isWeakEc || type === 'DSA') {
    tell('weak_key', `its key, ${type} ${size ?? ''}, can be broken`.replace(' ,', ','))
  }
  const { hash, name } = signatureAlgorithm
  if (!selfSigned && hash !== null && weakHashes.has(hash)) {
    tell('weak_signature', `it is signed with ${name}, which can be forged`)
  }
  return problems
}

function problemsOfPlace(certificate: Certificate, sighting: Sighting): FoundProblem[] {
  if (sighting.source !== 'network') return []
  const { hostname, chain, tls } = sighting
  const problems: FoundProblem[] = []
  const tell = (code: ProblemCode, message: string) => void problems.push({ code, message })
  // Who scans addresses does not know by which name a server is called.
  const isAsked = isIP(hostname) === 0 && tls?.serverName === hostname
  if (isAsked && new X509Certificate(certificate.der).checkHost(hostname) === undefined) {
    tell('name_mismatch', `it is not for ${hostname}`)
  }
  const above = chain.flatMap((der) => parsed(der) ?? [])
  const ordered = orderChain(above, certificate)
  const missing = ordered?.missing ?? null
  if (missing !== null && !publicRoots().has(comparable(missing.name))) {
    // A chain that has begun may end below a private root, which is not sent, wherever it is had.
    if (ordered?.chain.length === 1) {
      tell('chain_incomplete', 'the server does not send its issuer; clients may refuse it')
    }
  }
  if (tls !== undefined && /^(SSL|TLSv1(\.1)?$)/.test(tls.protocol)) {
    tell('old_protocol', `the server speaks nothing newer than ${tls.protocol}`)
  }
  return problems
}

let roots: Set<string> | undefined

function publicRoots(): Set<string> {
  roots ??= new Set(
    rootCertificates
      .flatMap((pem) => parsed(onlyPem(pem, 'CERTIFICATE')) ?? [])
      .map(({ subject }) => comparable(subject)),
  )
  return roots
}
