// Reads Java key stores (JKS, and of JCEKS what is certificates): certificates stand open in them,
// private keys behind a password.
import { createHash, timingSafeEqual } from 'node:crypto'
import { contentOf, DerReader, tags } from './der/reader.ts'
import { oidOf } from './der/values.ts'
import { X509Error } from './error.ts'
import type { KeyStore } from './pkcs12/read.ts'

const magic = { jks: 0xfeedfeed, jceks: 0xcececece }
const bytesMax = 64 * 1024 * 1024
const entriesMax = 10_000
const chainMax = 100
const keyBytesMax = 1024 * 1024
/** Sun's own way of closing keys. */
const keyProtector = '1.3.6.1.4.1.42.2.17.1.1'

export function isJks(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false
  const first = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  return first === magic.jks || first === magic.jceks
}

/**
 * @param password null to read certificates alone; whether the file is whole is then not known.
 * @throws {X509Error}
 */
export function readJks(bytes: Uint8Array, password: string | null): KeyStore {
  if (bytes.length > bytesMax) throw new X509Error('too_large', `has over ${bytesMax} bytes`)
  if (!isJks(bytes)) throw new X509Error('malformed', 'it is no Java key store', 0)
  if (password !== null) checkDigest(bytes, password)
  const input = new JavaInput(bytes, bytes.length - 20)
  input.number()
  const version = input.number()
  if (version !== 1 && version !== 2) throw new X509Error('unsupported', `version ${version}`, 4)
  const count = input.number()
  if (count > entriesMax) throw new X509Error('too_large', `over ${entriesMax} entries`, 8)
  const store: KeyStore = { certificates: [], privateKeys: [], locked: 0 }
  for (let index = 0; index < count; index++) {
    const kind = input.number()
    const alias = input.text()
    input.bytes(8)
    if (kind === 1) readKey(input, alias, version, password, store)
    else if (kind === 2) readCertificate(input, alias, null, version, store)
    // A sealed Java object, whose end only Java finds.
    else throw new X509Error('unsupported', `an entry of kind ${kind}`, input.at)
  }
  if (input.at !== input.end) throw new X509Error('malformed', 'more follows its end', input.at)
  return store
}

function readKey(
  input: JavaInput,
  alias: string,
  version: number,
  password: string | null,
  store: KeyStore,
): void {
  const length = input.number()
  if (length > keyBytesMax) throw new X509Error('too_large', `a key of ${length} bytes`, input.at)
  const closed = input.bytes(length)
  const keyId = `key ${store.privateKeys.length + store.locked}`
  const opened = password === null ? null : openKey(closed, password)
  if (opened === null) store.locked += 1
  else store.privateKeys.push({ der: opened, alias, keyId })
  const count = input.number()
  if (count > chainMax) throw new X509Error('too_large', `a chain of over ${chainMax}`, input.at)
  for (let index = 0; index < count; index++) {
    readCertificate(input, alias, index === 0 ? keyId : null, version, store)
  }
}

function readCertificate(
  input: JavaInput,
  alias: string,
  keyId: string | null,
  version: number,
  store: KeyStore,
): void {
  const type = version === 2 ? input.text() : 'X.509'
  const der = input.bytes(input.number())
  if (type === 'X.509') store.certificates.push({ der, alias, keyId })
}

function utf16(password: string): Uint8Array {
  return Buffer.from(password, 'utf16le').swap16()
}

function checkDigest(bytes: Uint8Array, password: string): void {
  const end = bytes.length - 20
  const digest = createHash('sha1')
    .update(utf16(password))
    .update('Mighty Aphrodite')
    .update(bytes.subarray(0, Math.max(0, end)))
    .digest()
  if (end < 0 || !timingSafeEqual(digest, bytes.subarray(end))) {
    throw new X509Error('wrong_password', 'the password does not open it, or it was changed')
  }
}

/** PKCS #8; null for a way of closing that is not Sun's, as in JCEKS. */
function openKey(closed: Uint8Array, password: string): Uint8Array | null {
  const info = DerReader.single(closed, tags.sequence, 'encrypted key')
  const algorithm = oidOf(info.enter(tags.sequence, 'encryption').next(tags.oid, 'encryption'))
  const data = contentOf(info.next(tags.octetString, 'encrypted key'))
  if (algorithm !== keyProtector || data.length < 40) return null
  const secret = utf16(password)
  const plain = Buffer.from(data.subarray(20, -20))
  let block: Uint8Array = data.subarray(0, 20)
  for (let at = 0; at < plain.length; at += 20) {
    block = createHash('sha1').update(secret).update(block).digest()
    for (let index = 0; index < 20 && at + index < plain.length; index++) {
      plain[at + index] = (plain[at + index] ?? 0) ^ (block[index] ?? 0)
    }
  }
  const check = createHash('sha1').update(secret).update(plain).digest()
  // Entries may have passwords of their own.
  return timingSafeEqual(check, data.subarray(-20)) ? plain : null
}

/** Java's DataInput: big-endian numbers, strings with a length of two bytes. */
class JavaInput {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly end: number
  at = 0

  constructor(bytes: Uint8Array, end: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset)
    this.end = end
  }

  number(): number {
    return this.#view.getUint32(this.#take(4))
  }

  text(): string {
    const length = this.#view.getUint16(this.#take(2))
    return Buffer.from(this.bytes(length)).toString('utf8')
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  #take(length: number): number {
    const start = this.at
    if (start + length > this.end) throw new X509Error('malformed', 'it is cut short', start)
    this.at += length
    return start
  }
}
