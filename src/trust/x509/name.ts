// Distinguished names (X.501): read, compared, shown (RFC 4514) and written.
import { type DerReader, tags, wholeOf } from './der/reader.ts'
import { isText, oidOf, textOf } from './der/values.ts'
import * as write from './der/writer.ts'
import { X509Error } from './error.ts'
import { hex } from './hex.ts'
import { oids } from './oids.ts'

export interface NameAttribute {
  oid: string
  /** The type of its string, an ASN.1 tag. */
  tag: number
  /** Its text; of a type that is no string, `#` and the hex of its encoding, as in RFC 4514. */
  value: string
}

export interface Name {
  der: Uint8Array
  /**
   * Relative distinguished names in the order of the encoding, most of one attribute. Old
   * certificates have empty ones, which X.501 does not allow.
   */
  rdns: readonly (readonly NameAttribute[])[]
}

/** What a new name is made of, in the order that it is written: country first, CN last. */
export type NameParts = Partial<Record<NamePart, string>>

const attributes = {
  C: { oid: oids.country, lengthMax: 2, printable: true },
  DC: { oid: oids.domainComponent, lengthMax: 63, printable: false },
  ST: { oid: oids.stateOrProvince, lengthMax: 128, printable: false },
  L: { oid: oids.locality, lengthMax: 128, printable: false },
  STREET: { oid: oids.street, lengthMax: 128, printable: false },
  O: { oid: oids.organization, lengthMax: 64, printable: false },
  OU: { oid: oids.organizationalUnit, lengthMax: 64, printable: false },
  serialNumber: { oid: oids.serialNumber, lengthMax: 64, printable: true },
  UID: { oid: oids.userId, lengthMax: 256, printable: false },
  emailAddress: { oid: oids.emailAddress, lengthMax: 255, printable: false },
  CN: { oid: oids.commonName, lengthMax: 64, printable: false },
} as const

export type NamePart = keyof typeof attributes

const shortNames: Record<string, string> = {
  ...Object.fromEntries(Object.entries(attributes).map(([short, { oid }]) => [oid, short])),
  [oids.surname]: 'SN',
  [oids.givenName]: 'GN',
  [oids.title]: 'title',
}

const attributesMax = 200

export function readName(reader: DerReader, what: string): Name {
  const element = reader.next(tags.sequence, what)
  const inner = reader.within(element)
  const rdns: NameAttribute[][] = []
  let count = 0
  while (!inner.done) {
    const set = inner.enter(tags.set, what)
    const rdn: NameAttribute[] = []
    while (!set.done) {
      rdn.push(readAttribute(set, what))
      count += 1
    }
    if (count > attributesMax) {
      throw new X509Error('too_large', `${what}: over ${attributesMax} attributes`, inner.offset)
    }
    rdns.push(rdn)
  }
  return { der: wholeOf(element), rdns }
}

function readAttribute(set: DerReader, what: string): NameAttribute {
  const pair = set.enter(tags.sequence, what)
  const oid = oidOf(pair.next(tags.oid, what))
  const element = pair.next(undefined, what)
  pair.finish(what)
  const value = isText(element.tag) ? textOf(element) : `#${hex(wholeOf(element))}`
  return { oid, tag: element.tag, value }
}

/** As RFC 4514 writes it: last part first, special characters escaped. */
export function rfc4514(name: Name): string {
  return shown(name)
    .map((rdn) => rdn.map((each) => `${keyOf(each.oid)}=${escapeValue(each)}`).join('+'))
    .join(',')
}

/** For people: in the order of the encoding reversed, with spaces, nothing escaped. */
export function readableName(name: Name): string {
  return shown(name)
    .map((rdn) => rdn.map(({ oid, value }) => `${keyOf(oid)}=${value}`).join(' + '))
    .join(', ')
}

function shown({ rdns }: Name): (readonly NameAttribute[])[] {
  return rdns.filter((rdn) => rdn.length > 0).toReversed()
}

function keyOf(oid: string): string {
  return shortNames[oid] ?? oid
}

function escapeValue({ tag, value }: NameAttribute): string {
  if (!isText(tag)) return value
  return (
    value
      .replace(/[\\",+;<>]/g, '\\$&')
      .replace(/^[ #]|(?<=.) $/gs, '\\$&')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
      .replace(/[\u0000-\u001f\u007f]/g, (c) => `\\${hex(Buffer.from(c))}`)
  )
}

/** Every value of one attribute, in their order. */
export function valuesIn(name: Name, oid: string): string[] {
  return name.rdns.flatMap((rdn) => rdn.filter((each) => each.oid === oid).map((a) => a.value))
}

/** The last common name, which is the most specific. */
export function commonName(name: Name): string | null {
  return valuesIn(name, oids.commonName).at(-1) ?? null
}

/** Equal as RFC 5280 §7.1 compares: case and runs of spaces do not count, nor does the type. */
export function sameName(a: Name, b: Name): boolean {
  return Buffer.compare(a.der, b.der) === 0 || comparable(a) === comparable(b)
}

/** A text that is equal for equal names, to look them up by. */
export function comparable(name: Name): string {
  const known = compared.get(name)
  if (known !== undefined) return known
  const text = JSON.stringify(
    name.rdns.map((rdn) => rdn.map(({ oid, value }) => `${oid}=${fold(value)}`).toSorted()),
  )
  compared.set(name, text)
  return text
}

const compared = new WeakMap<Name, string>()

/** Whether a name begins with all parts of another: it lies in that one's subtree. */
export function isWithin(name: Name, subtree: Name): boolean {
  if (name.rdns.length < subtree.rdns.length) return false
  const head = { der: name.der, rdns: name.rdns.slice(0, subtree.rdns.length) }
  return comparable(head) === comparable(subtree)
}

function fold(value: string): string {
  return value.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** @throws {X509Error} `not_allowed` where a part is empty, too long or of wrong characters. */
export function encodeName(parts: NameParts): Uint8Array {
  const rdns: Uint8Array[] = []
  for (const key of Object.keys(attributes) as NamePart[]) {
    const value = parts[key]
    if (value === undefined) continue
    rdns.push(write.setOf(write.sequence(write.oid(attributes[key].oid), encodeValue(key, value))))
  }
  return write.sequence(...rdns)
}

function encodeValue(key: NamePart, value: string): Uint8Array {
  const { lengthMax, printable } = attributes[key]
  const refuse = (wrong: string) => new X509Error('not_allowed', `the subject's ${key} ${wrong}`)
  if (value.trim() === '') throw refuse('is empty')
  if ([...value].length > lengthMax) throw refuse(`has more than ${lengthMax} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(value)) throw refuse('has control characters')
  if (key === 'C' && !/^[A-Z]{2}$/.test(value)) throw refuse('is not two capital letters')
  if (key === 'emailAddress' || key === 'DC') {
    if (!/^[\x20-\x7e]+$/.test(value)) throw refuse('has characters beyond ASCII')
    return write.ia5String(value)
  }
  if (!printable) return write.utf8String(value)
  if (!/^[A-Za-z0-9 '()+,\-./:=?]+$/.test(value)) throw refuse('is not of printable characters')
  return write.printableString(value)
}
