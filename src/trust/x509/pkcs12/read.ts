// Reads PKCS #12 files (RFC 7292): certificates and private keys, with the password or as far as it
// goes without.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { hashOfOid } from '../algorithm.ts'
import { contentOf, DerReader, type Element, tags, wholeOf } from '../der/reader.ts'
import { numberOf, oidOf, textOf } from '../der/values.ts'
import { X509Error } from '../error.ts'
import { hex } from '../hex.ts'
import { decrypt, decryptPrivateKey, type Opening, spend, workMax } from './decrypt.ts'
import { toDefinite } from './definite.ts'
import { derive, passwordBytes } from './derive.ts'
import { attributeTypes, bags, contentTypes } from './oids.ts'

export interface StoredItem {
  /** Of a certificate its DER, of a private key PKCS #8. */
  der: Uint8Array
  /** What it is called in the store, null where it has no name. */
  alias: string | null
  /** Equal for a key and its certificate; null where none is told. */
  keyId: string | null
}

export interface KeyStore {
  certificates: StoredItem[]
  privateKeys: StoredItem[]
  /** Parts that no password was given for. */
  locked: number
}

const limits = { bytesMax: 16 * 1024 * 1024, elementsMax: 200_000 }
const itemsMax = 10_000
const depthMax = 4
const what = 'PKCS #12'

/**
 * @param password null to take only what stands open in the file; its integrity is then not known.
 * @throws {X509Error} `wrong_password`, `malformed`, `unsupported` or `too_large`.
 */
export function readPkcs12(bytes: Uint8Array, password: string | null): KeyStore {
  const der = toDefinite(bytes, limits.bytesMax)
  const pfx = DerReader.single(der, tags.sequence, what, limits)
  const version = pfx.next(tags.integer, 'version')
  if (numberOf(version) !== 3) throw new X509Error('unsupported', 'another version', version.start)
  const content = pfx.enter(tags.sequence, 'contents')
  if (oidOf(content.next(tags.oid, 'contents')) !== contentTypes.data) {
    throw new X509Error('unsupported', `${what}: signed instead of closed by a password`)
  }
  const safe = contentOf(content.enter(0xa0, 'contents').next(tags.octetString, 'contents'))
  const mac = pfx.enterOptional(tags.sequence, 'MAC')
  const work = { left: workMax }
  if (password !== null && mac !== undefined) checkMac(mac, password, safe, work)
  const opening = password === null ? null : { password, work }
  const store: KeyStore = { certificates: [], privateKeys: [], locked: 0 }
  const parts = DerReader.single(safe, tags.sequence, 'contents', limits)
  while (!parts.done) readPart(parts.enter(tags.sequence, 'part'), opening, store)
  return store
}

function checkMac(mac: DerReader, password: string, safe: Uint8Array, work: Opening['work']): void {
  const info = mac.enter(tags.sequence, 'MAC')
  const algorithm = oidOf(info.enter(tags.sequence, 'MAC').next(tags.oid, 'MAC'))
  const hash = hashOfOid(algorithm)
  const digest = contentOf(info.next(tags.octetString, 'MAC'))
  const salt = contentOf(mac.next(tags.octetString, 'salt of the MAC'))
  const count = mac.optional(tags.integer, 'iterations of the MAC')
  if (hash === null) throw new X509Error('unsupported', `MAC ${algorithm} is not supported`)
  const iterations = count === undefined ? 1 : numberOf(count)
  spend(work, iterations)
  const bytes = digest.length
  if (bytes < 16 || bytes > 64) throw new X509Error('malformed', 'a MAC of a wrong length')
  // The empty password is two zero bytes for some and nothing for others.
  const candidates =
    password === '' ? [passwordBytes(''), new Uint8Array()] : [passwordBytes(password)]
  const right = candidates.some((each) => {
    const key = derive(each, { hash, purpose: 3, salt, iterations, bytes })
    const found = createHmac(hash, key).update(safe).digest()
    return found.length === bytes && timingSafeEqual(found, digest)
  })
  if (!right) throw new X509Error('wrong_password', 'the password does not open it')
}

function readPart(part: DerReader, opening: Opening | null, store: KeyStore): void {
  const type = oidOf(part.next(tags.oid, 'kind of part'))
  const holder = part.enter(0xa0, 'part')
  if (type === contentTypes.data) {
    readBags(contentOf(holder.next(tags.octetString, 'part')), opening, store, 0)
    return
  }
  if (type !== contentTypes.encrypted) {
    throw new X509Error('unsupported', `${what}: a part of kind ${type}`)
  }
  if (opening === null) {
    store.locked += 1
    return
  }
  const data = holder.enter(tags.sequence, 'encrypted part')
  data.next(tags.integer, 'version')
  const info = data.enter(tags.sequence, 'encrypted part')
  info.next(tags.oid, 'kind of content')
  const algorithm = info.enter(tags.sequence, 'encryption')
  const encrypted = contentOf(info.next(0x80, 'encrypted part'))
  readBags(toDefinite(decrypt(algorithm, encrypted, opening), limits.bytesMax), opening, store, 0)
}

function readBags(der: Uint8Array, opening: Opening | null, store: KeyStore, depth: number): void {
  if (depth > depthMax) throw new X509Error('too_large', `${what}: nested too deeply`)
  const list = DerReader.single(der, tags.sequence, 'contents', limits)
  while (!list.done) {
    if (store.certificates.length + store.privateKeys.length >= itemsMax) {
      throw new X509Error('too_large', `${what}: over ${itemsMax} items`)
    }
    const bag = list.enter(tags.sequence, 'item')
    const type = oidOf(bag.next(tags.oid, 'kind of item'))
    const value = bag.enter(0xa0, 'item').next(tags.sequence, 'item')
    const names = bag.enterOptional(tags.set, 'attributes')
    const attributes = names === undefined ? { alias: null, keyId: null } : readAttributes(names)
    if (type === bags.nested) readBags(wholeOf(value), opening, store, depth + 1)
    else readItem(type, value, { ...attributes, opening }, store)
  }
}

function readItem(
  type: string,
  value: Element,
  { alias, keyId, opening }: Pick<StoredItem, 'alias' | 'keyId'> & { opening: Opening | null },
  store: KeyStore,
): void {
  if (type === bags.key) {
    store.privateKeys.push({ der: wholeOf(value), alias, keyId })
  } else if (type === bags.shroudedKey) {
    if (opening === null) {
      store.locked += 1
      return
    }
    const info = DerReader.single(wholeOf(value), tags.sequence, 'encrypted key', limits)
    store.privateKeys.push({ der: decryptPrivateKey(info, opening), alias, keyId })
  } else if (type === bags.certificate) {
    const inner = DerReader.single(wholeOf(value), tags.sequence, 'certificate', limits)
    // The other kind, SDSI, was never in use.
    if (oidOf(inner.next(tags.oid, 'kind of certificate')) !== bags.x509) return
    const der = contentOf(inner.enter(0xa0, 'certificate').next(tags.octetString, 'certificate'))
    store.certificates.push({ der, alias, keyId })
  }
}

function readAttributes(set: DerReader): Pick<StoredItem, 'alias' | 'keyId'> {
  const found: Pick<StoredItem, 'alias' | 'keyId'> = { alias: null, keyId: null }
  while (!set.done) {
    const attribute = set.enter(tags.sequence, 'attribute')
    const type = oidOf(attribute.next(tags.oid, 'attribute'))
    const values = attribute.enter(tags.set, 'attribute')
    if (values.done) continue
    const value = values.next(undefined, 'attribute')
    if (type === attributeTypes.friendlyName) found.alias = textOf(value)
    if (type === attributeTypes.localKeyId) found.keyId = hex(contentOf(value))
  }
  return found
}
