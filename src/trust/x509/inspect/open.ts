// Opens a file of which nobody said what it is: PEM, DER, PKCS #12 or a Java key store, with
// whatever it holds.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { type Certificate, parseCertificate } from '../certificate.ts'
import { parseCrl, type RevocationList } from '../crl/parse.ts'
import { type CertificateRequest, parseRequest } from '../csr.ts'
import { X509Error } from '../error.ts'
import { isJks, readJks } from '../jks.ts'
import { parsePem } from '../pem.ts'
import { type KeyStore, readPkcs12 } from '../pkcs12/read.ts'
import { exportPublicKey } from '../signer.ts'

export interface FoundCertificate {
  certificate: Certificate
  /** What it is called in a key store. */
  alias: string | null
}

export interface FileContents {
  format: 'PEM' | 'DER' | 'PKCS #12' | 'JKS'
  certificates: FoundCertificate[]
  requests: CertificateRequest[]
  lists: RevocationList[]
  /** The SubjectPublicKeyInfo of each private key. */
  privateKeys: Uint8Array[]
  /** Things that a password closes and none, or another, was given for. */
  locked: number
  /** What is there and cannot be read, each with its reason. */
  unread: string[]
}

/**
 * @param password of what is closed; null where there is none.
 * @throws {X509Error} where it is nothing of all that, or a key store that the password does not
 *   open.
 */
export function openFile(bytes: Uint8Array, password: string | null): FileContents {
  if (isJks(bytes)) return fromStore('JKS', readJks(bytes, password))
  if (bytes[0] === 0x30) return fromDer(bytes, password)
  return fromPem(Buffer.from(bytes).toString('latin1'), password)
}

function nothing(format: FileContents['format']): FileContents {
  const lists = { certificates: [], requests: [], lists: [], privateKeys: [], unread: [] }
  return { format, ...lists, locked: 0 }
}

function fromStore(format: FileContents['format'], store: KeyStore): FileContents {
  const contents = { ...nothing(format), locked: store.locked }
  for (const { der, alias } of store.certificates) {
    attempt(contents, `the certificate ${alias ?? ''}`.trim(), () => {
      contents.certificates.push({ certificate: parseCertificate(der), alias })
    })
  }
  for (const { der } of store.privateKeys) takeKey(contents, der, 'pkcs8')
  return contents
}

/** Each kind of DER has its own shape: what fits none is told as the certificate it is not. */
function fromDer(bytes: Uint8Array, password: string | null): FileContents {
  const contents = nothing('DER')
  const readers = [
    () => contents.certificates.push({ certificate: parseCertificate(bytes), alias: null }),
    () => contents.requests.push(parseRequest(bytes)),
    () => contents.lists.push(parseCrl(bytes)),
    () => {
      const key = importKey(bytes, 'pkcs8') ?? importKey(bytes, 'pkcs1') ?? importKey(bytes, 'sec1')
      if (key === null) throw new X509Error('malformed', 'no private key')
      contents.privateKeys.push(exportPublicKey(key))
    },
  ]
  let first: X509Error | undefined
  for (const read of readers) {
    try {
      read()
      return contents
    } catch (error) {
      if (!(error instanceof X509Error)) throw error
      first ??= error
    }
  }
  if (isPkcs12(bytes)) return fromStore('PKCS #12', readPkcs12(bytes, password))
  throw first ?? new X509Error('malformed', 'it is nothing that is known here')
}

/** Version 3 comes first in it, and in nothing else. */
function isPkcs12(bytes: Uint8Array): boolean {
  const first = bytes[1] ?? 0
  const content = first <= 0x80 ? 2 : 2 + (first & 0x7f)
  return Buffer.from(bytes.subarray(content, content + 3)).toString('hex') === '020103'
}

function fromPem(text: string, password: string | null): FileContents {
  const contents = nothing('PEM')
  const blocks = parsePem(text)
  for (const { label, bytes, line } of blocks) {
    attempt(contents, `the ${label} in line ${line}`, () => {
      if (/^((X509|TRUSTED) )?CERTIFICATE$/.test(label)) {
        contents.certificates.push({ certificate: parseCertificate(bytes), alias: null })
      } else if (/^(NEW )?CERTIFICATE REQUEST$/.test(label)) {
        contents.requests.push(parseRequest(bytes))
      } else if (label === 'X509 CRL') {
        contents.lists.push(parseCrl(bytes))
      } else if (label.endsWith('PRIVATE KEY')) {
        takePemKey(contents, label, bytes, password)
      }
    })
  }
  if (blocks.length > 0) return contents
  const known = 'PEM, DER, PKCS #12 and Java key stores'
  throw new X509Error('malformed', `it holds no certificate in a form that is known: ${known}`)
}

const keyTypes = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
} as const

type KeyForm = (typeof keyTypes)[keyof typeof keyTypes]

function takePemKey(
  contents: FileContents,
  label: string,
  bytes: Uint8Array,
  password: string | null,
): void {
  const form = keyTypes[label as keyof typeof keyTypes]
  if (form !== undefined) {
    const key = importKey(bytes, form)
    // An old key that is encrypted under its header looks like one that is broken.
    if (key === null) contents.locked += 1
    else contents.privateKeys.push(exportPublicKey(key))
    return
  }
  const key = password === null ? null : importKey(bytes, 'pkcs8', password)
  if (key === null) contents.locked += 1
  else contents.privateKeys.push(exportPublicKey(key))
}

function takeKey(contents: FileContents, der: Uint8Array, form: KeyForm): void {
  const key = importKey(der, form)
  if (key === null) contents.unread.push('a private key: it is of no known kind')
  else contents.privateKeys.push(exportPublicKey(key))
}

function importKey(der: Uint8Array, type: KeyForm, passphrase?: string): KeyObject | null {
  try {
    const key = { key: Buffer.from(der), format: 'der', type } as const
    return createPrivateKey(passphrase === undefined ? key : { ...key, passphrase })
  } catch {
    return null
  }
}

function attempt(contents: FileContents, what: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof X509Error)) throw error
    contents.unread.push(`${what}: ${error.message}`)
  }
}
