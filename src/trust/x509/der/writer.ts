// Writes DER: each function answers the whole encoding of one element.
import { X509Error } from '../error.ts'
import { tags } from './reader.ts'

export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const size = headerSize(length)
  const bytes = new Uint8Array(size + length)
  writeHeader(bytes, tag, length, size)
  let at = size
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function headerSize(length: number): number {
  if (length < 0x80) return 2
  return length < 0x100 ? 3 : length < 0x1_0000 ? 4 : length < 0x100_0000 ? 5 : 6
}

function writeHeader(bytes: Uint8Array, tag: number, length: number, size: number): void {
  bytes[0] = tag
  bytes[1] = size === 2 ? length : 0x80 | (size - 2)
  let rest = length
  for (let at = size - 1; at >= 2; at--) {
    bytes[at] = rest & 0xff
    rest = Math.floor(rest / 256)
  }
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(tags.sequence, ...parts)
}

/** A SET OF: DER orders its members by their bytes. */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return encode(tags.set, ...parts.toSorted(Buffer.compare))
}

/** `[number]` around whole elements. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return encode(0xa0 | number, ...parts)
}

/** `[number]` in place of a primitive element's own tag. */
export function implicit(number: number, content: Uint8Array): Uint8Array {
  return encode(0x80 | number, content)
}

export function boolean(value: boolean): Uint8Array {
  return Uint8Array.of(tags.boolean, 1, value ? 0xff : 0)
}

export function integer(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new X509Error('not_allowed', `${value} is no number that is written here`)
  }
  const hex = value.toString(16)
  return unsignedInteger(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'))
}

/** From a big-endian magnitude, leading zeros or not. */
export function unsignedInteger(magnitude: Uint8Array): Uint8Array {
  let start = 0
  while (start < magnitude.length - 1 && magnitude[start] === 0) start += 1
  const bytes = magnitude.subarray(start)
  const first = bytes[0]
  if (first === undefined) return Uint8Array.of(tags.integer, 1, 0)
  return first >= 0x80 ? encode(tags.integer, zero, bytes) : encode(tags.integer, bytes)
}

const zero = Uint8Array.of(0)

export function enumerated(value: number): Uint8Array {
  return Uint8Array.of(tags.enumerated, 1, value)
}

export const nullValue = Uint8Array.of(tags.null, 0)

export function octetString(bytes: Uint8Array): Uint8Array {
  return encode(tags.octetString, bytes)
}

export function bitString(bytes: Uint8Array): Uint8Array {
  return encode(tags.bitString, zero, bytes)
}

/** A named bit list: trailing zero bits are left out, as DER wants. */
export function bitList(numbers: readonly number[]): Uint8Array {
  const last = Math.max(-1, ...numbers)
  const bytes = new Uint8Array(1 + Math.ceil((last + 1) / 8))
  bytes[0] = (8 - ((last + 1) % 8)) % 8
  for (const number of numbers) {
    const at = 1 + (number >> 3)
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (number & 7))
  }
  return encode(tags.bitString, bytes)
}

const encoded = new Map<string, Uint8Array>()
const encodedMax = 1000

export function oid(dotted: string): Uint8Array {
  const known = encoded.get(dotted)
  if (known !== undefined) return known
  const bytes = encode(tags.oid, Uint8Array.from(oidContent(dotted)))
  if (encoded.size < encodedMax) encoded.set(dotted, bytes)
  return bytes
}

function oidContent(dotted: string): number[] {
  if (!/^[012](\.(0|[1-9]\d{0,38}))+$/.test(dotted)) {
    throw new X509Error('not_allowed', `"${dotted.slice(0, 60)}" is no object identifier`)
  }
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  if (first < 2n && second >= 40n) {
    throw new X509Error('not_allowed', `"${dotted.slice(0, 60)}" is no object identifier`)
  }
  return [first * 40n + second, ...rest].flatMap(arcBytes)
}

function arcBytes(arc: bigint): number[] {
  const bytes = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) bytes.unshift(Number(rest & 0x7fn) | 0x80)
  return bytes
}

export function utf8String(text: string): Uint8Array {
  return encode(tags.utf8String, Buffer.from(text, 'utf8'))
}

export function printableString(text: string): Uint8Array {
  return encode(tags.printableString, Buffer.from(text, 'latin1'))
}

export function ia5String(text: string): Uint8Array {
  return encode(tags.ia5String, Buffer.from(text, 'latin1'))
}

/** A sequence of as many elements as there are. */
export function sequenceOf(elements: readonly Uint8Array[]): Uint8Array {
  return encode(tags.sequence, Buffer.concat(elements))
}
