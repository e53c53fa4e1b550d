// The kinds of certificates that an internal authority issues, each with what RFC 5280 and the
// practice of TLS want in it.
import { importPublicKey } from './algorithm.ts'
import { signCertificate } from './build.ts'
import { type Certificate, isAuthority, parseCertificate } from './certificate.ts'
import { namesNotAllowed } from './chain/constraints.ts'
import { X509Error } from './error.ts'
import type { Extension, KeyUsage, NameConstraints } from './extension/extension.ts'
import * as write from './extension/write.ts'
import type { GeneralName } from './general-name.ts'
import { parseIp } from './ip-address.ts'
import { encodeName, type NameParts } from './name.ts'
import { oids } from './oids.ts'
import { keyIdOf, type PublicKeyInfo, parsePublicKeyInfo } from './public-key.ts'
import type { Signer } from './signer.ts'

/** A certificate and what signs with its key. */
export interface Authority {
  certificate: Certificate
  signer: Signer
}

/** Where those who meet a certificate look further. Plain http by custom: no circle of trust. */
export interface Pointers {
  crlUrls?: readonly string[]
  ocspUrls?: readonly string[]
  issuerUrls?: readonly string[]
}

interface Wish {
  /** From a cryptographic random source, 9 to 20 bytes. */
  serialNumber: Uint8Array
  validFrom: Date
  validTo: Date
}

interface AuthorityWish extends Wish {
  subject: NameParts
  /** How many authorities may stand below; null for any number. */
  pathLength: number | null
  nameConstraints?: NameConstraints
}

const authorityUsages: readonly KeyUsage[] = ['keyCertSign', 'cRLSign']

/** A root, signed by itself. */
export async function issueRoot(wish: AuthorityWish, signer: Signer): Promise<Certificate> {
  const publicKey = parsePublicKeyInfo(signer.publicKeyInfo)
  const subject = nonEmpty(wish.subject)
  const keyId = keyIdOf(publicKey)
  const extensions = [
    ...authorityExtensions(wish),
    write.subjectKeyIdExtension(keyId),
    write.authorityKeyIdExtension(keyId),
  ]
  const contents = { ...wish, subject, issuer: subject, publicKeyInfo: publicKey.der, extensions }
  return parseCertificate(await signCertificate(contents, signer))
}

/** An authority below another. */
export async function issueIntermediate(
  wish: AuthorityWish & Pointers & { publicKeyInfo: Uint8Array },
  issuer: Authority,
): Promise<Certificate> {
  const publicKey = usableKey(wish.publicKeyInfo)
  const above = issuer.certificate.says.basicConstraints?.pathLength ?? null
  if (above !== null && (wish.pathLength === null || wish.pathLength >= above)) {
    const allowed = above === 0 ? 'none may stand below it' : `at most ${above - 1}`
    throw new X509Error('not_allowed', `the issuer's path length is ${above}: ${allowed}`)
  }
  return issueBelow(issuer, wish, nonEmpty(wish.subject), publicKey, [
    ...authorityExtensions(wish),
    ...pointers(wish),
  ])
}

export interface LeafWish extends Wish, Pointers {
  publicKeyInfo: Uint8Array
  /** A common name that does not fit is left out: alternative names are what counts. */
  subject: NameParts
  names: readonly GeneralName[]
  serverAuth?: boolean
  clientAuth?: boolean
  policies?: readonly string[]
}

const commonNameMax = 64

/** A certificate of a server, a client or both; of a server unless told otherwise. */
export async function issueLeaf(wish: LeafWish, issuer: Authority): Promise<Certificate> {
  const { names, serverAuth = true, clientAuth = false } = wish
  const publicKey = usableKey(wish.publicKeyInfo)
  const subject = encodeName(usableSubject(wish.subject, issuer.certificate))
  const empty = subject.length === 2
  if (names.length === 0) throw new X509Error('not_allowed', 'a certificate needs a name')
  const purposes = [
    ...(serverAuth ? [oids.serverAuth] : []),
    ...(clientAuth ? [oids.clientAuth] : []),
  ]
  if (purposes.length === 0) {
    throw new X509Error('not_allowed', 'a certificate is for servers, for clients or for both')
  }
  const policies = write.policiesExtension(wish.policies ?? [])
  return issueBelow(issuer, wish, subject, publicKey, [
    write.basicConstraintsExtension(false, null),
    write.keyUsageExtension(leafUsages(publicKey)),
    write.extendedKeyUsageExtension(purposes),
    write.subjectAltNameExtension(names, empty),
    ...(policies === null ? [] : [policies]),
    ...pointers(wish),
  ])
}

/** A responder that answers for its issuer (RFC 6960 §4.2.2.2), trusted for its short life. */
export async function issueOcspResponder(
  wish: Wish & { subject: NameParts; publicKeyInfo: Uint8Array },
  issuer: Authority,
): Promise<Certificate> {
  const publicKey = usableKey(wish.publicKeyInfo)
  return issueBelow(issuer, wish, nonEmpty(wish.subject), publicKey, [
    write.basicConstraintsExtension(false, null),
    write.keyUsageExtension(['digitalSignature']),
    write.extendedKeyUsageExtension([oids.ocspSigning]),
    write.ocspNoCheckExtension,
  ])
}

async function issueBelow(
  { certificate, signer }: Authority,
  wish: Wish,
  subject: Uint8Array,
  publicKey: PublicKeyInfo,
  extensions: readonly Extension[],
): Promise<Certificate> {
  if (!isAuthority(certificate)) {
    throw new X509Error('not_allowed', 'the issuer is no certificate authority')
  }
  if (wish.validTo.getTime() > certificate.validTo.getTime()) {
    const end = certificate.validTo.toISOString()
    throw new X509Error('not_allowed', `the certificate would outlive its issuer, until ${end}`)
  }
  const issuerKeyId = certificate.says.subjectKeyId ?? keyIdOf(certificate.publicKey)
  const contents = {
    ...wish,
    issuer: certificate.subject.der,
    subject,
    publicKeyInfo: publicKey.der,
    extensions: [
      ...extensions,
      write.subjectKeyIdExtension(keyIdOf(publicKey)),
      write.authorityKeyIdExtension(issuerKeyId),
    ],
  }
  const issued = parseCertificate(await signCertificate(contents, signer))
  // Whoever holds the constraints against it would refuse it later, with less to say.
  const constraints = certificate.says.nameConstraints
  const [wrong] = constraints === null ? [] : namesNotAllowed(issued, [constraints])
  if (wrong === undefined) return issued
  throw new X509Error('not_allowed', `${wrong} by the name constraints of the issuer`)
}

function authorityExtensions({ pathLength, nameConstraints }: AuthorityWish): Extension[] {
  const { permitted = [], excluded = [] } = nameConstraints ?? {}
  const constrained = permitted.length + excluded.length > 0
  return [
    write.basicConstraintsExtension(true, pathLength),
    write.keyUsageExtension(authorityUsages),
    ...(constrained ? [write.nameConstraintsExtension({ permitted, excluded })] : []),
  ]
}

function pointers({ crlUrls = [], ocspUrls = [], issuerUrls = [] }: Pointers): Extension[] {
  const all = [
    write.authorityInfoAccessExtension(ocspUrls, issuerUrls),
    write.crlDistributionPointsExtension(crlUrls),
  ]
  return all.filter((each) => each !== null)
}

/** RSA also wraps keys in TLS 1.2; the other kinds only sign. */
function leafUsages({ type }: PublicKeyInfo): KeyUsage[] {
  return type === 'RSA' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']
}

/**
 * Without a common name that is too long, or that is an address below constraints on hosts: some
 * validators, OpenSSL among them, take it for a host that is not permitted.
 */
function usableSubject(subject: NameParts, { says }: Certificate): NameParts {
  const { CN, ...rest } = subject
  if (CN === undefined) return subject
  const constrained = says.nameConstraints?.permitted.some(({ kind }) => kind === 'dns') ?? false
  const misread = constrained && parseIp(CN) !== null
  return misread || [...CN].length > commonNameMax ? rest : subject
}

function nonEmpty(subject: NameParts): Uint8Array {
  const der = encodeName(subject)
  if (der.length === 2) throw new X509Error('not_allowed', 'the subject is empty')
  return der
}

const curves = ['P-256', 'P-384', 'P-521']

/**
 * A key that may be certified: RSA of 2048 to 8192 bits with an odd exponent above 2^16, a point
 * on P-256, P-384 or P-521, or Ed25519.
 * @throws {X509Error} `not_allowed`
 */
export function usableKey(publicKeyInfo: Uint8Array): PublicKeyInfo {
  const info = parsePublicKeyInfo(publicKeyInfo)
  const { type, size, parameterSet, rsa } = info
  const refuse = (wrong: string) => new X509Error('not_allowed', `the public key ${wrong}`)
  if (type === 'RSA') {
    if ((size ?? 0) < 2048 || (size ?? 0) > 8192) throw refuse(`has ${size} bits, not 2048 to 8192`)
    const exponent = rsa?.exponent ?? new Uint8Array()
    const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1
    if (!isOdd || exponent.length < 3 || exponent.length > 32) {
      throw refuse('has an exponent that is even, below 65537 or above 2^256')
    }
  } else if (type === 'EC' ? !curves.includes(parameterSet ?? '') : type !== 'Ed25519') {
    const found = type === 'EC' ? `is on ${parameterSet}` : `is of kind ${type}`
    throw refuse(`${found}; RSA, ${curves.join(', ')} and Ed25519 are issued for`)
  }
  if (importPublicKey(publicKeyInfo) === null) throw refuse('is not a valid key of its kind')
  return info
}
