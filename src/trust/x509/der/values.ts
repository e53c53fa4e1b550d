// Values of primitive DER elements.
import { X509Error } from '../error.ts'
import { contentOf, type Element, tags } from './reader.ts'

export function booleanOf(element: Element): boolean {
  const [value] = contentOf(element)
  if (element.end - element.content !== 1 || (value !== 0 && value !== 0xff)) {
    throw new X509Error('malformed', 'a BOOLEAN is one byte, 00 or ff', element.start)
  }
  return value === 0xff
}

/** Big-endian two's complement, as encoded; never empty, always minimal. */
export function integerBytesOf(element: Element): Uint8Array {
  const bytes = contentOf(element)
  const [first, second] = bytes
  if (first === undefined) throw new X509Error('malformed', 'an empty INTEGER', element.start)
  if (second !== undefined) {
    const padded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)
    if (padded) throw new X509Error('malformed', 'an INTEGER that is not minimal', element.start)
  }
  return bytes
}

/** A small number that is not negative. */
export function numberOf(element: Element, max = 0x7fff_ffff): number {
  const bytes = integerBytesOf(element)
  const negative = (bytes[0] ?? 0) >= 0x80
  const value = bytes.length > 6 ? Number.POSITIVE_INFINITY : bytes.reduce((n, b) => n * 256 + b, 0)
  if (negative || value > max) {
    throw new X509Error('too_large', `a number outside 0 to ${max}`, element.start)
  }
  return value
}

export function nullOf(element: Element): void {
  if (element.end !== element.content) {
    throw new X509Error('malformed', 'a NULL that is not empty', element.start)
  }
}

/** Whole bytes; a bit string with a part of a byte is refused. */
export function bitStringBytesOf(element: Element): Uint8Array {
  const { bytes, unused } = bitsOf(element)
  if (unused !== 0) throw new X509Error('malformed', 'a BIT STRING of odd length', element.start)
  return bytes
}

/** The numbers of the bits that are set, bit 0 first. */
export function bitNumbersOf(element: Element): number[] {
  const { bytes, unused } = bitsOf(element)
  const count = bytes.length * 8 - unused
  if (count > 256) throw new X509Error('too_large', 'a list of over 256 bits', element.start)
  const numbers = Array.from({ length: Math.max(0, count) }, (_, index) => index)
  return numbers.filter((n) => ((bytes[n >> 3] ?? 0) >> (7 - (n & 7))) & 1)
}

function bitsOf(element: Element): { bytes: Uint8Array; unused: number } {
  const [unused] = contentOf(element)
  const bytes = element.source.subarray(element.content + 1, element.end)
  if (unused === undefined || unused > 7 || (unused > 0 && bytes.length === 0)) {
    throw new X509Error('malformed', 'a BIT STRING without its count', element.start)
  }
  return { bytes, unused }
}

/** In dotted form. */
export function oidOf(element: Element): string {
  return decodeOid(contentOf(element), element.start)
}

const oidBytesMax = 128

export function decodeOid(bytes: Uint8Array, offset: number): string {
  const last = bytes[bytes.length - 1]
  if (last === undefined || last >= 0x80 || bytes.length > oidBytesMax) {
    throw new X509Error('malformed', 'an OBJECT IDENTIFIER that is empty or cut', offset)
  }
  let text = ''
  let arc = 0n
  let small = 0
  let length = 0
  for (const byte of bytes) {
    if (length === 0 && byte === 0x80) {
      throw new X509Error('malformed', 'an OBJECT IDENTIFIER that is not minimal', offset)
    }
    length += 1
    if (length <= 4) small = small * 128 + (byte & 0x7f)
    else arc = (length === 5 ? BigInt(small) : arc) * 128n + BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    const value = length <= 4 ? BigInt(small) : arc
    text += text === '' ? firstArcs(value) : `.${value}`
    small = 0
    length = 0
  }
  return text
}

function firstArcs(value: bigint): string {
  if (value < 40n) return `0.${value}`
  return value < 80n ? `1.${value - 40n}` : `2.${value - 80n}`
}

const utf8 = new TextDecoder('utf-8')
const utf16 = new TextDecoder('utf-16be')
const latin1 = new TextDecoder('latin1')

/**
 * A string of any type. Bytes that its type does not allow do not refuse the whole: they come as
 * they would in Latin-1 or as U+FFFD, so that a wrong certificate can still be looked at.
 */
export function textOf(element: Element): string {
  return decodeText(element.tag, contentOf(element))
}

export function decodeText(tag: number, bytes: Uint8Array): string {
  switch (tag) {
    case tags.utf8String:
      return utf8.decode(bytes)
    case tags.bmpString:
      return utf16.decode(bytes)
    case tags.universalString:
      return decodeUniversal(bytes)
    default:
      return latin1.decode(bytes)
  }
}

export function isText(tag: number): boolean {
  return [0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1c, 0x1e].includes(tag)
}

function decodeUniversal(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  }
  return text
}
