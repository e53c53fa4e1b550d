// Opens one file of certificates: what is in it, and the public keys of its private keys. The keys
// themselves stay in here.
import type { Certificate } from '../../../x509/certificate.ts'
import { parseCertificate } from '../../../x509/certificate.ts'
import { X509Error } from '../../../x509/error.ts'
import { type FileContents, openFile } from '../../../x509/inspect/open.ts'
import { isJks, readJks } from '../../../x509/jks.ts'
import { parsePem } from '../../../x509/pem.ts'
import { isPkcs7, readPkcs7 } from '../../../x509/pkcs7.ts'

export interface HeldCertificate {
  certificate: Certificate
  /** Whether the container itself says that the key is with it. */
  keyWithin: boolean
}

export interface ReadFile {
  certificates: HeldCertificate[]
  /** SubjectPublicKeyInfo in Base64 of each private key that is open. */
  keys: string[]
  /** Private keys that a password closes. */
  lockedKeys: number
  /** What could not be read of it, each with its reason. */
  unread: string[]
}

/**
 * Never throws: a file that is nothing of ours is told in `unread`.
 * @param passwords tried on key stores, in their order.
 */
export function readCertificates(bytes: Uint8Array, passwords: readonly string[]): ReadFile {
  try {
    if (isJks(bytes)) return fromJks(bytes)
    if (isPkcs7(bytes)) return { ...nothing(), certificates: heldOf(readPkcs7(bytes)) }
    return fromFile(bytes, passwords)
  } catch (error) {
    if (error instanceof X509Error) return { ...nothing(), unread: [error.message] }
    // A fault of ours must not end a pass over a million other files.
    return { ...nothing(), unread: ['it cannot be read'] }
  }
}

function nothing(): ReadFile {
  return { certificates: [], keys: [], lockedKeys: 0, unread: [] }
}

function heldOf(all: readonly Uint8Array[]): HeldCertificate[] {
  return all.map((der) => ({ certificate: parseCertificate(der), keyWithin: false }))
}

/** Certificates stand open in it, and each key stands beside its own. */
function fromJks(bytes: Uint8Array): ReadFile {
  const read = nothing()
  for (const { der, alias, keyId } of readJks(bytes, null).certificates) {
    try {
      read.certificates.push({ certificate: parseCertificate(der), keyWithin: keyId !== null })
    } catch (error) {
      if (!(error instanceof X509Error)) throw error
      read.unread.push(`the certificate ${alias ?? ''}: ${error.message}`)
    }
  }
  return read
}

function fromFile(bytes: Uint8Array, passwords: readonly string[]): ReadFile {
  const contents = openWith(bytes, passwords)
  const isStore = contents.format === 'PKCS #12'
  const read: ReadFile = {
    certificates: contents.certificates.map(({ certificate }) => ({
      certificate,
      keyWithin: false,
    })),
    keys: contents.privateKeys.map((key) => Buffer.from(key).toString('base64')),
    lockedKeys: isStore ? 0 : contents.locked,
    unread: contents.unread,
  }
  if (isStore && contents.locked > 0) {
    read.unread.push('a password closes it: put it into the file of passwords')
  }
  if (contents.format === 'PEM') addBundles(bytes, read)
  return read
}

/** PKCS #7 may stand in PEM too. */
function addBundles(bytes: Uint8Array, read: ReadFile): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!text.includes('-----BEGIN PKCS7-----')) return
  for (const block of parsePem(text.toString('latin1'))) {
    if (block.label === 'PKCS7') read.certificates.push(...heldOf(readPkcs7(block.bytes)))
  }
}

/** Without a password that fits, what stands open in a key store. */
function openWith(bytes: Uint8Array, passwords: readonly string[]): FileContents {
  if (bytes[0] !== 0x30) return openFile(bytes, null)
  for (const password of passwords) {
    try {
      return openFile(bytes, password)
    } catch (error) {
      if (!(error instanceof X509Error) || error.fault !== 'wrong_password') throw error
    }
  }
  return openFile(bytes, null)
}

/** The public keys of a file of keys alone, in the form of `ReadFile.keys`. */
export function publicKeysIn(bytes: Uint8Array): Pick<ReadFile, 'keys' | 'lockedKeys'> {
  const { keys, lockedKeys } = readCertificates(bytes, [])
  return { keys, lockedKeys }
}
