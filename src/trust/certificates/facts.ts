// What is kept of a certificate beside its bytes: cleaned, cut, and in the words of the API.
import { createHash } from 'node:crypto'
import { type Certificate, isSelfIssued, parseCertificate } from '../x509/certificate.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { commonName, type Name, rfc4514, valuesIn } from '../x509/name.ts'
import { oids } from '../x509/oids.ts'
import type { PublicKeyInfo } from '../x509/public-key.ts'

export interface CertificateFacts {
  der: Buffer
  parsed: Certificate
  fingerprint: Buffer
  fingerprintText: string
  /** Without a leading zero. */
  serial: Buffer
  serialNumber: string
  issuer: string
  commonName: string
  names: string[]
  validFrom: Date
  validTo: Date
  keyType: string
  keySize: number
  publicKeySha256: Buffer
  selfIssued: boolean
}

const namesMax = 1_000
/** Two such texts, of whatever characters, still fit into a row of an index. */
const textMax = 300

/** @throws {X509Error} */
export function factsOf(der: Uint8Array): CertificateFacts {
  const parsed = parseCertificate(der)
  const names = namesOf(parsed.says.subjectAltName)
  const { type, size } = keyOf(parsed.publicKey)
  return {
    der: Buffer.from(der),
    parsed,
    fingerprint: createHash('sha256').update(der).digest(),
    fingerprintText: parsed.fingerprint,
    serial: serialOf(parsed.serialBytes),
    serialNumber: parsed.serialNumber.slice(0, textMax),
    issuer: shortName(parsed.issuer),
    commonName: clean(commonName(parsed.subject) ?? names[0] ?? rfc4514(parsed.subject)),
    names,
    validFrom: parsed.validFrom,
    validTo: parsed.validTo,
    keyType: type,
    keySize: size,
    publicKeySha256: publicKeyHash(parsed.publicKey.der),
    selfIssued: isSelfIssued(parsed),
  }
}

/** DNS names and addresses as they are written elsewhere; other kinds as their text. */
export function namesOf(names: readonly GeneralName[]): string[] {
  return [...new Set(names.slice(0, namesMax).map(({ value }) => clean(value)))]
}

export function serialOf(bytes: Uint8Array): Buffer {
  const start = bytes[0] === 0 && bytes.length > 1 ? 1 : 0
  return Buffer.from(bytes.subarray(start))
}

/** In the reference's words where it has one. */
export function keyOf({ type, size, parameterSet }: PublicKeyInfo): { type: string; size: number } {
  if (type === 'EC') return { type: 'ECDSA', size: size ?? 0 }
  if (type === 'ML-DSA') return { type: parameterSet ?? type, size: 0 }
  return { type, size: size ?? 0 }
}

export function publicKeyHash(publicKeyInfo: Uint8Array): Buffer {
  return createHash('sha256').update(publicKeyInfo).digest()
}

/** The common name; where there is none, what else tells whose name it is. */
function shortName(name: Name): string {
  return clean(commonName(name) ?? valuesIn(name, oids.organization)[0] ?? rfc4514(name))
}

/** A certificate may hold any characters; PostgreSQL takes no NUL, and people no controls. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\ufffd')
    .slice(0, textMax)
    .toWellFormed()
}
