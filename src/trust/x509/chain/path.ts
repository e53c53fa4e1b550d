// Path validation (RFC 5280 §6.1): whether a certificate may be believed because of another. The
// signatures are OpenSSL's to check; periods, roles and constraints are checked here.
import { type Certificate, isAuthority, isSelfIssued } from '../certificate.ts'
import type { NameConstraints } from '../extension/extension.ts'
import { sameName } from '../name.ts'
import { nameOfOid, oids } from '../oids.ts'
import { namesNotAllowed } from './constraints.ts'
import { isSelfSigned, isSignedBy, namesAsIssuer, same } from './link.ts'
import { policyProblem } from './policy.ts'

export type PathFault =
  | 'no_path'
  | 'expired'
  | 'not_yet_valid'
  | 'bad_signature'
  | 'wrong_issuer'
  | 'not_an_authority'
  | 'path_too_long'
  | 'wrong_key_usage'
  | 'wrong_purpose'
  | 'name_not_allowed'
  | 'critical_extension'
  | 'malformed_extension'
  | 'weak_signature'
  | 'policy'

export interface PathProblem {
  fault: PathFault
  /** Its place in the path, 0 for the leaf. */
  index: number
  message: string
}

export interface PathOptions {
  at: Date
  /** An extended key usage that every certificate which restricts its use must allow. */
  purpose?: string
}

export interface Path {
  /** Leaf first, the trusted one last. */
  certificates: Certificate[]
  problems: PathProblem[]
}

const pathMax = 12
const attemptsMax = 200
/** Of one name and key, whose signatures are checked. */
const candidatesMax = 20

/**
 * The best path from a certificate to one that is trusted: one without problems if there is any.
 * Of untrusted certificates as many are used as are needed.
 */
export function findPath(
  leaf: Certificate,
  untrusted: readonly Certificate[],
  trusted: readonly Certificate[],
  options: PathOptions,
): Path {
  let attempts = 0
  let best: Path | undefined
  const follow = (path: readonly Certificate[]): Path | undefined => {
    const last = path.at(-1) ?? leaf
    const anchors = path.length === 1 ? trusted.filter((each) => same(each, leaf)) : []
    const ends = [...anchors.map(() => path), ...linked(last, trusted).map((end) => [...path, end])]
    for (const certificates of ends) {
      attempts += 1
      const found = {
        certificates: [...certificates],
        problems: pathProblems(certificates, options),
      }
      if (found.problems.length === 0) return found
      if (best === undefined || found.problems.length < best.problems.length) best = found
    }
    if (path.length >= pathMax) return undefined
    for (const next of linked(last, untrusted)) {
      if (attempts++ > attemptsMax || path.some((each) => same(each, next))) continue
      const found = follow([...path, next])
      if (found !== undefined) return found
    }
    return undefined
  }
  const message = 'no chain of the given certificates leads to a trusted one'
  const none: Path = { certificates: [leaf], problems: [{ fault: 'no_path', index: 0, message }] }
  return follow([leaf]) ?? best ?? none
}

/** Those that hold the same key as the issuer first. */
function linked(certificate: Certificate, candidates: readonly Certificate[]): Certificate[] {
  const fitting = candidates.filter(
    (each) => namesAsIssuer(certificate, each) && !same(each, certificate),
  )
  const signed = fitting.slice(0, candidatesMax).filter((each) => isSignedBy(certificate, each))
  return signed.length > 0 ? signed : fitting.slice(0, 5)
}

/** Everything that is wrong with a path, leaf first and the trusted one last; none if it holds. */
export function pathProblems(
  path: readonly Certificate[],
  { at, purpose }: PathOptions,
): PathProblem[] {
  const problems: PathProblem[] = []
  const tell = (index: number, fault: PathFault, message: string) => {
    problems.push({ fault, index, message })
  }
  const above: NameConstraints[] = []
  let room = Number.POSITIVE_INFINITY
  for (let index = path.length - 1; index >= 0; index--) {
    const certificate = path[index]
    if (certificate === undefined) break
    const isLeaf = index === 0
    const report = (fault: PathFault, message: string) => tell(index, fault, message)
    checkOwn(certificate, at, report)
    checkIssuer(certificate, path[index + 1], report)
    checkPurpose(certificate, purpose, report)
    if (isLeaf || !isSelfIssued(certificate)) {
      for (const message of namesNotAllowed(certificate, above)) report('name_not_allowed', message)
    }
    if (isLeaf) continue
    checkAuthority(certificate, index === path.length - 1, report)
    const counts = index < path.length - 1 && !isSelfIssued(certificate)
    if (counts && --room < 0) report('path_too_long', 'more authorities than one above it allows')
    room = Math.min(room, certificate.says.basicConstraints?.pathLength ?? room)
    const { nameConstraints } = certificate.says
    if (nameConstraints !== null) above.push(nameConstraints)
  }
  const policy = policyProblem(path)
  if (policy !== null) tell(0, 'policy', policy)
  return problems.toReversed()
}

type Report = (fault: PathFault, message: string) => void

function checkOwn(certificate: Certificate, at: Date, report: Report): void {
  const { validFrom, validTo, extensions, says } = certificate
  if (at < validFrom) report('not_yet_valid', `it is valid from ${validFrom.toISOString()} on`)
  if (at > validTo) report('expired', `it was valid until ${validTo.toISOString()}`)
  for (const fault of says.faults) report('malformed_extension', fault)
  for (const { oid, critical } of extensions) {
    if (critical && !says.understood.has(oid)) {
      report('critical_extension', `${nameOfOid(oid)} is critical and not understood`)
    }
  }
}

const weakHashes = new Set(['md5', 'sha1'])

/** The signature of the last one is nobody's proof: it is trusted as it is. */
function checkIssuer(
  certificate: Certificate,
  issuer: Certificate | undefined,
  report: Report,
): void {
  if (issuer === undefined) return
  if (!sameName(certificate.issuer, issuer.subject)) {
    report('wrong_issuer', 'it names another issuer')
  } else if (!isSignedBy(certificate, issuer)) {
    report('bad_signature', "its issuer's key did not sign it")
  }
  const { hash, name } = certificate.signatureAlgorithm
  if (hash !== null && weakHashes.has(hash)) report('weak_signature', `it is signed with ${name}`)
}

function checkPurpose(certificate: Certificate, purpose: string | undefined, report: Report): void {
  const allowed = certificate.says.extendedKeyUsage
  if (purpose === undefined || allowed === null) return
  if (allowed.includes(purpose) || allowed.includes(oids.anyExtendedKeyUsage)) return
  report('wrong_purpose', `it is not for ${nameOfOid(purpose)}`)
}

/** A trusted root of version 1 is one by being trusted. */
function checkAuthority(certificate: Certificate, isTrusted: boolean, report: Report): void {
  const old = isTrusted && certificate.version < 3 && isSelfSigned(certificate)
  if (!isAuthority(certificate) && !old) {
    report('not_an_authority', 'it issued another and is no authority')
  }
  if (certificate.says.keyUsage?.includes('keyCertSign') === false) {
    report('wrong_key_usage', 'its key may not sign certificates')
  }
}
