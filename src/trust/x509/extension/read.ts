// Reads extensions: all of them as bytes, and what the known ones say.
import { contentOf, DerReader, type Element, tags } from '../der/reader.ts'
import { bitNumbersOf, booleanOf, integerBytesOf, numberOf, oidOf, textOf } from '../der/values.ts'
import { X509Error } from '../error.ts'
import { readGeneralName, readGeneralNames } from '../general-name.ts'
import { hex } from '../hex.ts'
import { oids } from '../oids.ts'
import { type Extension, type KnownExtensions, keyUsages, type Policy } from './extension.ts'

const extensionsMax = 200

/** The `SEQUENCE OF Extension` that a reader stands before. */
export function readExtensions(reader: DerReader, what: string): Extension[] {
  const list = reader.enter(tags.sequence, what)
  const found: Extension[] = []
  while (!list.done) {
    if (found.length >= extensionsMax) {
      throw new X509Error('too_large', `${what}: over ${extensionsMax}`, list.offset)
    }
    const one = list.enter(tags.sequence, what)
    const oid = oidOf(one.next(tags.oid, what))
    const flag = one.optional(tags.boolean, what)
    const value = contentOf(one.next(tags.octetString, what))
    one.finish(what)
    found.push({ oid, critical: flag !== undefined && booleanOf(flag), value })
  }
  return found
}

export interface ReadExtensions extends KnownExtensions {
  /** What is wrong with single extensions; their values stay empty. */
  faults: string[]
  /** Object identifiers of those that are understood. */
  understood: Set<string>
}

/** One that is malformed or there twice is told, and does not hide the others. */
export function understandExtensions(extensions: readonly Extension[]): ReadExtensions {
  const known: ReadExtensions = { ...nothing(), faults: [], understood: new Set() }
  const seen = new Set<string>()
  for (const { oid, value } of extensions) {
    if (seen.has(oid)) {
      known.faults.push(`${oid} is there twice`)
      continue
    }
    seen.add(oid)
    const read = readers[oid]
    if (read === undefined) continue
    known.understood.add(oid)
    try {
      Object.assign(known, read(value))
    } catch (error) {
      if (!(error instanceof X509Error)) throw error
      known.faults.push(error.message)
    }
  }
  return known
}

function nothing(): KnownExtensions {
  return {
    subjectAltName: [],
    issuerAltName: [],
    keyUsage: null,
    extendedKeyUsage: null,
    basicConstraints: null,
    nameConstraints: null,
    subjectKeyId: null,
    authorityKeyId: null,
    authorityInfoAccess: [],
    crlDistributionPoints: [],
    policies: [],
    requireExplicitPolicy: null,
    inhibitPolicyMapping: null,
    inhibitAnyPolicy: null,
    policyMappings: [],
    timestamps: [],
    tlsFeatures: [],
    ocspNoCheck: false,
    precertificate: false,
  }
}

type Read = (value: Uint8Array) => Partial<KnownExtensions>

const readers: Record<string, Read> = {
  [oids.subjectAltName]: (value) => {
    const list = DerReader.single(value, tags.sequence, 'subject alternative name')
    return { subjectAltName: readGeneralNames(list, 'subject alternative name') }
  },
  [oids.issuerAltName]: (value) => {
    const list = DerReader.single(value, tags.sequence, 'issuer alternative name')
    return { issuerAltName: readGeneralNames(list, 'issuer alternative name') }
  },
  [oids.keyUsage]: (value) => {
    const bits = bitNumbersOf(only(value, tags.bitString, 'key usage'))
    return { keyUsage: bits.flatMap((bit) => keyUsages[bit] ?? []) }
  },
  [oids.extendedKeyUsage]: (value) => ({
    extendedKeyUsage: each(DerReader.single(value, tags.sequence, 'extended key usage'), (list) =>
      oidOf(list.next(tags.oid, 'extended key usage')),
    ),
  }),
  [oids.basicConstraints]: readBasicConstraints,
  [oids.nameConstraints]: readNameConstraints,
  [oids.subjectKeyIdentifier]: (value) => ({
    subjectKeyId: contentOf(only(value, tags.octetString, 'subject key identifier')),
  }),
  [oids.authorityKeyIdentifier]: readAuthorityKeyId,
  [oids.authorityInfoAccess]: (value) => ({
    authorityInfoAccess: each(
      DerReader.single(value, tags.sequence, 'authority information access'),
      (list) => {
        const access = list.enter(tags.sequence, 'access description')
        const method = oidOf(access.next(tags.oid, 'access method'))
        const location = readGeneralName(access, 'access location')
        access.finish('access description')
        return { method, location }
      },
    ),
  }),
  [oids.crlDistributionPoints]: (value) => ({
    crlDistributionPoints: each(
      DerReader.single(value, tags.sequence, 'CRL distribution points'),
      readDistributionPoint,
    ),
  }),
  [oids.certificatePolicies]: (value) => ({
    policies: each(DerReader.single(value, tags.sequence, 'certificate policies'), readPolicy),
  }),
  [oids.policyMappings]: (value) => ({
    policyMappings: each(DerReader.single(value, tags.sequence, 'policy mappings'), (list) => {
      const pair = list.enter(tags.sequence, 'policy mapping')
      const issuer = oidOf(pair.next(tags.oid, 'policy mapping'))
      const subject = oidOf(pair.next(tags.oid, 'policy mapping'))
      pair.finish('policy mapping')
      return { issuer, subject }
    }),
  }),
  [oids.policyConstraints]: (value) => {
    const list = DerReader.single(value, tags.sequence, 'policy constraints')
    const explicit = list.optional(0x80, 'policy constraints')
    const mapping = list.optional(0x81, 'policy constraints')
    list.finish('policy constraints')
    return {
      requireExplicitPolicy: explicit ? numberOf(explicit) : null,
      inhibitPolicyMapping: mapping ? numberOf(mapping) : null,
    }
  },
  [oids.inhibitAnyPolicy]: (value) => ({
    inhibitAnyPolicy: numberOf(only(value, tags.integer, 'inhibit any policy')),
  }),
  [oids.signedCertificateTimestamps]: (value) => ({
    timestamps: readTimestamps(contentOf(only(value, tags.octetString, 'timestamps'))),
  }),
  [oids.tlsFeature]: (value) => ({
    tlsFeatures: each(DerReader.single(value, tags.sequence, 'TLS feature'), (list) =>
      numberOf(list.next(tags.integer, 'TLS feature'), 0xffff),
    ),
  }),
  [oids.ocspNoCheck]: (value) => {
    only(value, tags.null, 'OCSP no check')
    return { ocspNoCheck: true }
  },
  [oids.precertificatePoison]: () => ({ precertificate: true }),
}

/** The single element that a value is. */
export function only(value: Uint8Array, tag: number, what: string): Element {
  const reader = DerReader.of(value)
  const element = reader.next(tag, what)
  reader.finish(what)
  return element
}

const itemsMax = 10_000

function each<T>(list: DerReader, read: (list: DerReader) => T): T[] {
  const items: T[] = []
  while (!list.done) {
    if (items.length >= itemsMax) throw new X509Error('too_large', 'a list of over 10,000 items')
    items.push(read(list))
  }
  return items
}

function readBasicConstraints(value: Uint8Array): Partial<KnownExtensions> {
  const list = DerReader.single(value, tags.sequence, 'basic constraints')
  const ca = list.optional(tags.boolean, 'basic constraints')
  const length = list.optional(tags.integer, 'path length')
  list.finish('basic constraints')
  return {
    basicConstraints: {
      ca: ca !== undefined && booleanOf(ca),
      pathLength: length ? numberOf(length) : null,
    },
  }
}

function readNameConstraints(value: Uint8Array): Partial<KnownExtensions> {
  const list = DerReader.single(value, tags.sequence, 'name constraints')
  const subtrees = (tag: number) => {
    const trees = list.enterOptional(tag, 'name constraints')
    return trees === undefined ? [] : each(trees, readSubtree)
  }
  const permitted = subtrees(0xa0)
  const excluded = subtrees(0xa1)
  list.finish('name constraints')
  return { nameConstraints: { permitted, excluded } }
}

function readSubtree(list: DerReader) {
  const tree = list.enter(tags.sequence, 'subtree')
  const name = readGeneralName(tree, 'subtree')
  const minimum = tree.optional(0x80, 'subtree')
  if (minimum !== undefined && numberOf(minimum) !== 0) {
    throw new X509Error('unsupported', 'name constraints: a minimum above 0', minimum.start)
  }
  tree.finish('subtree')
  return name
}

function readAuthorityKeyId(value: Uint8Array): Partial<KnownExtensions> {
  const list = DerReader.single(value, tags.sequence, 'authority key identifier')
  const keyId = list.optional(0x80, 'authority key identifier')
  const issuer = list.enterOptional(0xa1, 'authority key identifier')
  const serial = list.optional(0x82, 'authority key identifier')
  list.finish('authority key identifier')
  return {
    authorityKeyId: {
      keyId: keyId ? contentOf(keyId) : null,
      issuer: issuer ? readGeneralNames(issuer, 'authority key identifier') : [],
      serial: serial ? integerBytesOf(serial) : null,
    },
  }
}

function readDistributionPoint(list: DerReader) {
  const point = list.enter(tags.sequence, 'distribution point')
  const name = point.enterOptional(0xa0, 'distribution point')
  const full = name?.enterOptional(0xa0, 'distribution point')
  const names = full ? readGeneralNames(full, 'distribution point') : []
  // A name relative to the issuer has no address: RFC 5280 advises against it.
  name?.optional(0xa1, 'distribution point')
  name?.finish('distribution point')
  const partial = point.optional(0x81, 'distribution point') !== undefined
  const issuer = point.enterOptional(0xa2, 'distribution point')
  const crlIssuer = issuer ? readGeneralNames(issuer, 'distribution point') : []
  point.finish('distribution point')
  return { names, crlIssuer, partial }
}

function readPolicy(list: DerReader): Policy {
  const policy = list.enter(tags.sequence, 'policy')
  const oid = oidOf(policy.next(tags.oid, 'policy'))
  const qualifiers = policy.enterOptional(tags.sequence, 'policy qualifiers')
  policy.finish('policy')
  const statements: string[] = []
  while (qualifiers !== undefined && !qualifiers.done) {
    const qualifier = qualifiers.enter(tags.sequence, 'policy qualifier')
    qualifier.next(tags.oid, 'policy qualifier')
    const text = qualifier.next(undefined, 'policy qualifier')
    if (text.tag === tags.ia5String) statements.push(textOf(text))
    qualifier.finish('policy qualifier')
  }
  return { oid, statements }
}

const timestampsMax = 100

/** The list of RFC 6962 §3.3, which is TLS-encoded: lengths of two bytes. */
function readTimestamps(bytes: Uint8Array): KnownExtensions['timestamps'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const cut = () => new X509Error('malformed', 'signed certificate timestamps: cut short')
  if (bytes.length < 2 || view.getUint16(0) !== bytes.length - 2) throw cut()
  const found: KnownExtensions['timestamps'] = []
  for (let at = 2; at < bytes.length; ) {
    if (at + 2 > bytes.length) throw cut()
    const length = view.getUint16(at)
    at += 2
    if (length < 43 || at + length > bytes.length || found.length >= timestampsMax) throw cut()
    const logId = hex(bytes.subarray(at + 1, at + 33))
    const time = Number(view.getBigUint64(at + 33))
    if (time > 8.64e15) throw new X509Error('malformed', 'a timestamp that does not exist')
    found.push({ logId, at: new Date(time) })
    at += length
  }
  return found
}
