// General names (RFC 5280 §4.2.1.6): what alternative names, constraints and pointers consist of.
import { contentOf, type DerReader, type Element, tags, wholeOf } from './der/reader.ts'
import { decodeOid, oidOf } from './der/values.ts'
import * as write from './der/writer.ts'
import { X509Error } from './error.ts'
import { hex } from './hex.ts'
import { formatIp } from './ip-address.ts'
import { type Name, readableName, readName } from './name.ts'

export type GeneralName =
  | { kind: 'dns' | 'email' | 'uri'; value: string }
  /** 4 or 16 bytes; in name constraints 8 or 32, address and mask. */
  | { kind: 'ip'; value: string; bytes: Uint8Array }
  | { kind: 'directory'; value: string; name: Name }
  | { kind: 'registered-id'; value: string }
  /** `value` is the object identifier, `bytes` the encoding of what it tells. */
  | { kind: 'other'; value: string; bytes: Uint8Array }
  | { kind: 'x400' | 'edi-party'; value: string; bytes: Uint8Array }

export const generalNamesMax = 10_000

const ascii = new TextDecoder('latin1')

export function readGeneralNames(reader: DerReader, what: string): GeneralName[] {
  const names: GeneralName[] = []
  while (!reader.done) {
    if (names.length >= generalNamesMax) {
      throw new X509Error('too_large', `${what}: over ${generalNamesMax} names`, reader.offset)
    }
    names.push(readGeneralName(reader, what))
  }
  return names
}

export function readGeneralName(reader: DerReader, what: string): GeneralName {
  const element = reader.next(undefined, what)
  const bytes = contentOf(element)
  switch (element.tag) {
    case 0x82:
      return { kind: 'dns', value: ascii.decode(bytes) }
    case 0x81:
      return { kind: 'email', value: ascii.decode(bytes) }
    case 0x86:
      return { kind: 'uri', value: ascii.decode(bytes) }
    case 0x87:
      return { kind: 'ip', value: formatIp(bytes), bytes }
    case 0x88:
      return { kind: 'registered-id', value: decodeOid(bytes, element.start) }
    case 0xa4:
      return directoryName(reader, element, what)
    case 0xa0:
      return otherName(reader, element, what)
    case 0xa3:
    case 0xa5:
      return { kind: element.tag === 0xa3 ? 'x400' : 'edi-party', value: hex(bytes), bytes }
    default:
      throw new X509Error('malformed', `${what}: a name of an unknown kind`, element.start)
  }
}

function directoryName(reader: DerReader, element: Element, what: string): GeneralName {
  const inner = reader.within(element)
  const name = readName(inner, what)
  inner.finish(what)
  return { kind: 'directory', value: readableName(name), name }
}

function otherName(reader: DerReader, element: Element, what: string): GeneralName {
  const inner = reader.within(element)
  const value = oidOf(inner.next(tags.oid, what))
  const holder = inner.enter(0xa0, what)
  const bytes = wholeOf(holder.next(undefined, what))
  holder.finish(what)
  inner.finish(what)
  return { kind: 'other', value, bytes }
}

export function encodeGeneralName(name: GeneralName): Uint8Array {
  switch (name.kind) {
    case 'dns':
      return write.implicit(2, Buffer.from(name.value, 'latin1'))
    case 'email':
      return write.implicit(1, Buffer.from(name.value, 'latin1'))
    case 'uri':
      return write.implicit(6, Buffer.from(name.value, 'latin1'))
    case 'ip':
      return write.implicit(7, name.bytes)
    case 'directory':
      return write.explicit(4, name.name.der)
    case 'registered-id':
      return write.implicit(8, write.oid(name.value).subarray(2))
    case 'other':
      return write.explicit(0, write.oid(name.value), write.explicit(0, name.bytes))
    default:
      throw new X509Error('not_allowed', `names of kind ${name.kind} are not written`)
  }
}

const labels = {
  dns: 'DNS',
  email: 'e-mail',
  uri: 'URI',
  ip: 'IP address',
  directory: 'directory name',
  'registered-id': 'registered ID',
  other: 'other name',
  x400: 'X.400 address',
  'edi-party': 'EDI party',
} as const

/** `DNS: example.com`. */
export function readableGeneralName({ kind, value }: GeneralName): string {
  return `${labels[kind]}: ${value}`
}
