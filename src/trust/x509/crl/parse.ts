// Reads revocation lists (RFC 5280 §5), with all their entries.
import { importPublicKey, type SignatureAlgorithm, signatureHolds } from '../algorithm.ts'
import type { Certificate } from '../certificate.ts'
import { DerReader, type Element, tags, wholeOf } from '../der/reader.ts'
import { timeOf } from '../der/time.ts'
import { integerBytesOf, numberOf } from '../der/values.ts'
import { X509Error } from '../error.ts'
import type { Extension } from '../extension/extension.ts'
import { only, readExtensions, understandExtensions } from '../extension/read.ts'
import { type Name, readName, sameName } from '../name.ts'
import { oids } from '../oids.ts'
import { type Revocation, reasonOfCode } from '../revocation.ts'
import { serialText } from '../serial-number.ts'
import { readSameAlgorithm, readSigned } from '../signed.ts'

export interface RevocationList {
  der: Uint8Array
  issuer: Name
  thisUpdate: Date
  /** Null where it does not say when the next comes, which RFC 5280 wants. */
  nextUpdate: Date | null
  /** In lower-case hex pairs; null where it has none. */
  number: string | null
  authorityKeyId: Uint8Array | null
  /** By serial number, in the form of a certificate's `serialNumber`. */
  revoked: Map<string, Revocation>
  extensions: Extension[]
  /** Holds a part only: some reasons, some kinds of certificates, other issuers, or changes. */
  partial: boolean
  signatureAlgorithm: SignatureAlgorithm
  signature: Uint8Array
  tbs: Uint8Array
}

const limits = { bytesMax: 128 * 1024 * 1024, elementsMax: 20_000_000 }
const entriesMax = 2_000_000
const what = 'revocation list'

/** @throws {X509Error} */
export function parseCrl(der: Uint8Array): RevocationList {
  const signed = readSigned(der, what, limits)
  const { content: tbsElement, body: tbs, signatureAlgorithm, signature } = signed
  const version = tbs.optional(tags.integer, 'version')
  if (version !== undefined && numberOf(version) !== 1) {
    throw new X509Error('unsupported', 'a version above 2', version.start)
  }
  readSameAlgorithm(tbs, signatureAlgorithm)
  const issuer = readName(tbs, 'issuer')
  const thisUpdate = timeOf(tbs.next(undefined, 'this update'))
  const next = isTime(tbs.tag) ? tbs.next(undefined, 'next update') : undefined
  const revoked = readEntries(tbs.enterOptional(tags.sequence, 'entries'))
  const holder = tbs.enterOptional(0xa0, 'extensions')
  const extensions = holder === undefined ? [] : readExtensions(holder, 'extensions')
  holder?.finish('extensions')
  tbs.finish(what)
  return {
    der,
    issuer,
    thisUpdate,
    nextUpdate: next === undefined ? null : timeOf(next),
    ...understood(extensions),
    revoked,
    extensions,
    signatureAlgorithm,
    signature,
    tbs: wholeOf(tbsElement),
  }
}

function isTime(tag: number | undefined): boolean {
  return tag === tags.utcTime || tag === tags.generalizedTime
}

function understood(extensions: readonly Extension[]) {
  const find = (oid: string) => extensions.find((each) => each.oid === oid)?.value
  const number = find(oids.crlNumber)
  const says = understandExtensions(extensions)
  const point = find(oids.issuingDistributionPoint)
  const partial = point !== undefined && isPartial(only(point, tags.sequence, what))
  return {
    number: number ? serialText(integerBytesOf(only(number, tags.integer, 'CRL number'))) : null,
    authorityKeyId: says.authorityKeyId?.keyId ?? null,
    partial: partial || find(oids.deltaCrlIndicator) !== undefined,
  }
}

/** An issuing distribution point says where the list is, [0], or what it leaves out, [1] on. */
function isPartial(point: Element): boolean {
  const list = DerReader.of(wholeOf(point)).enter(tags.sequence, 'issuing distribution point')
  let partial = false
  while (!list.done) partial = list.next(undefined, what).tag !== 0xa0 || partial
  return partial
}

function readEntries(list: DerReader | undefined): Map<string, Revocation> {
  const revoked = new Map<string, Revocation>()
  while (list !== undefined && !list.done) {
    if (revoked.size >= entriesMax) {
      throw new X509Error('too_large', `${what}: over ${entriesMax} entries`, list.offset)
    }
    const entry = list.enter(tags.sequence, 'entry')
    const serial = serialText(integerBytesOf(entry.next(tags.integer, 'serial number')))
    const at = timeOf(entry.next(undefined, 'time of revocation'))
    const extensions = entry.done ? [] : readExtensions(entry, 'extensions of an entry')
    entry.finish('entry')
    revoked.set(serial, { at, reason: reasonIn(extensions) })
  }
  return revoked
}

function reasonIn(extensions: readonly Extension[]): Revocation['reason'] {
  const found = extensions.find(({ oid }) => oid === oids.reasonCode)
  if (found === undefined) return null
  return reasonOfCode(numberOf(only(found.value, tags.enumerated, 'reason')))
}

/** Whether an authority signed a list: by name and by signature. */
export function crlHolds(list: RevocationList, issuer: Certificate): boolean {
  if (!sameName(list.issuer, issuer.subject)) return false
  const key = importPublicKey(issuer.publicKey.der)
  return signatureHolds(list.signatureAlgorithm, key, list.tbs, list.signature)
}
