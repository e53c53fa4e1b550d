// Looks at a file of certificates and tells what is wrong with it, before what is in it.
import type { Certificate } from '../certificate.ts'
import { same } from '../chain/link.ts'
import { type OrderedChain, orderChains } from '../chain/order.ts'
import { pathProblems } from '../chain/path.ts'
import { crlHolds } from '../crl/parse.ts'
import { hex } from '../hex.ts'
import { type LintProfile, lintCertificate } from '../lint/run.ts'
import { commonName, readableName, sameName } from '../name.ts'
import {
  type CertificateDescription,
  describeCertificate,
  describeList,
  describeRequest,
  type ListDescription,
  type RequestDescription,
} from './describe.ts'
import { type FileContents, openFile } from './open.ts'

export interface Problem {
  severity: 'error' | 'warning'
  /** A name for programs: a fault of the path, a lint, or one of this file's own. */
  code: string
  /** Whom it is about, null for the whole file. */
  subject: string | null
  message: string
}

export interface Inspection {
  format: FileContents['format']
  /** Errors first. */
  problems: Problem[]
  /** Leaves first, each chain from leaf to root, then what belongs to none. */
  certificates: (CertificateDescription & { alias: string | null; hasPrivateKey: boolean })[]
  /** Per leaf, the fingerprints of its chain; `complete` where it ends in a root. */
  chains: { fingerprints: string[]; complete: boolean }[]
  requests: RequestDescription[]
  lists: ListDescription[]
  privateKeys: number
}

export interface InspectOptions {
  at: Date
  password: string | null
  profile?: LintProfile
}

const warnDays = 30
const dayMs = 86_400_000

/** @throws {X509Error} where the file is nothing that is known or its password is wrong. */
export function inspectFile(bytes: Uint8Array, options: InspectOptions): Inspection {
  const contents = openFile(bytes, options.password)
  const all = contents.certificates.map(({ certificate }) => certificate)
  const chains = orderChains(all)
  const aliases = new Map(
    contents.certificates.map(({ certificate, alias }) => [certificate.fingerprint, alias]),
  )
  const keys = new Set(contents.privateKeys.map(hex))
  const problems = [
    ...fileProblems(contents, options),
    ...chains.flatMap(({ chain }) => chainProblems(chain, options.at)),
    ...orderProblems(all, chains),
    ...distinct(all).flatMap((each) => ownProblems(each, options)),
  ]
  const ordered = distinct(chains.flatMap(({ chain }) => chain))
  return {
    format: contents.format,
    problems: problems.toSorted((a, b) => rank(a) - rank(b)),
    certificates: ordered.map((certificate) => ({
      ...describeCertificate(certificate, options.at),
      alias: aliases.get(certificate.fingerprint) ?? null,
      hasPrivateKey: keys.has(hex(certificate.publicKey.der)),
    })),
    chains: chains.map(({ chain, missing }) => ({
      fingerprints: chain.map(({ fingerprint }) => fingerprint),
      complete: missing === null,
    })),
    requests: contents.requests.map(describeRequest),
    lists: contents.lists.map(describeList),
    privateKeys: contents.privateKeys.length,
  }
}

function rank({ severity }: Problem): number {
  return severity === 'error' ? 0 : 1
}

/** The shortest text that tells a certificate from the others. */
export function titleOf({ subject, says, serialNumber }: Certificate): string {
  const named = commonName(subject) ?? says.subjectAltName[0]?.value
  return named ?? (subject.rdns.length > 0 ? readableName(subject) : serialNumber)
}

function fileProblems(contents: FileContents, { at }: InspectOptions): Problem[] {
  const { unread, locked, privateKeys, certificates, requests, lists } = contents
  const problems: Problem[] = unread.map((message) => problem('error', 'unreadable', null, message))
  if (locked > 0) {
    const message = `${locked} part${locked === 1 ? '' : 's'} of it a password closes`
    problems.push(problem('warning', 'locked', null, message))
  }
  const owners = new Set([
    ...certificates.map(({ certificate }) => hex(certificate.publicKey.der)),
    ...requests.map(({ publicKey }) => hex(publicKey.der)),
  ])
  if (owners.size > 0 && privateKeys.some((key) => !owners.has(hex(key)))) {
    const message = 'a private key in it belongs to none of its certificates'
    problems.push(problem('error', 'key_mismatch', null, message))
  }
  for (const request of requests.filter(({ proven }) => !proven)) {
    const message = 'its signature does not show that who made it holds the key'
    problems.push(problem('error', 'not_proven', readableName(request.subject), message))
  }
  for (const list of lists) {
    const subject = `CRL of ${readableName(list.issuer)}`
    if (list.nextUpdate !== null && list.nextUpdate < at) {
      const message = `it was due to be replaced on ${list.nextUpdate.toISOString()}`
      problems.push(problem('error', 'expired', subject, message))
    }
    const signed = certificates.some(({ certificate: each }) => crlHolds(list, each))
    for (const { certificate } of signed ? certificates : []) {
      const revoked = list.revoked.get(certificate.serialNumber)
      if (revoked === undefined || !sameName(certificate.issuer, list.issuer)) continue
      const why = revoked.reason ?? 'no reason told'
      const message = `it was revoked on ${revoked.at.toISOString()}: ${why}`
      problems.push(problem('error', 'revoked', titleOf(certificate), message))
    }
  }
  return problems
}

/** Only what follows from one certificate standing above another. */
function chainProblems(chain: readonly Certificate[], at: Date): Problem[] {
  return pathProblems(chain, { at }).flatMap(({ fault, index, message }) => {
    const certificate = chain[index]
    // The linter tells these of every certificate, in a chain or not.
    if (certificate === undefined || fault === 'weak_signature') return []
    return [problem('error', fault, titleOf(certificate), message)]
  })
}

function orderProblems(
  all: readonly Certificate[],
  chains: readonly Omit<OrderedChain, 'rest'>[],
): Problem[] {
  const [first] = chains
  const problems: Problem[] = []
  for (const { chain, missing } of chains) {
    const last = chain.at(-1)
    // A root is not sent along: whoever trusts it has it.
    if (missing === null || last === undefined || chain.length > 1) continue
    const where = missing.urls.length > 0 ? `; it may be at ${missing.urls[0]}` : ''
    const message = `its issuer, ${readableName(missing.name)}, is not in the file${where}`
    problems.push(problem('warning', 'issuer_missing', titleOf(last), message))
  }
  if (chains.length === 1 && first !== undefined && all.length > 1) {
    const inOrder = distinct(all).every((each, index) => {
      const expected = first.chain[index]
      return expected !== undefined && same(each, expected)
    })
    if (!inOrder) {
      const message =
        'servers must send the leaf first, then each issuer; here they stand otherwise'
      problems.push(problem('warning', 'wrong_order', null, message))
    }
  }
  return problems
}

function ownProblems(certificate: Certificate, { at, profile }: InspectOptions): Problem[] {
  const subject = titleOf(certificate)
  const left = certificate.validTo.getTime() - at.getTime()
  const problems: Problem[] = []
  const life = certificate.validTo.getTime() - certificate.validFrom.getTime()
  if (left >= 0 && left < Math.min(warnDays * dayMs, life / 3)) {
    const days = Math.floor(left / dayMs)
    const message = `it ends in ${days} day${days === 1 ? '' : 's'}`
    problems.push(problem('warning', 'expiring', subject, message))
  }
  for (const { name, severity, says } of lintCertificate(certificate, profile ?? 'internal')) {
    if (severity === 'notice') continue
    const message = says.charAt(0).toLowerCase() + says.slice(1).replace(/\.$/, '')
    problems.push(problem(severity, name, subject, message))
  }
  return problems
}

function problem(
  severity: Problem['severity'],
  code: string,
  subject: string | null,
  message: string,
): Problem {
  return { severity, code, subject, message }
}

function distinct(all: readonly Certificate[]): Certificate[] {
  return [...new Map(all.map((each) => [each.fingerprint, each])).values()]
}
