// Some programs write PKCS #12 with indefinite lengths and strings in pieces (BER). This rewrites
// such bytes as DER reads them, within bounds; everything else is refused there.
import { X509Error } from '../error.ts'

const depthMax = 32
const piecesMax = 100_000

interface Frame {
  tag: number
  content: number
  end: number
  next: number
}

/** The same bytes where the outer length is definite, as it is in nearly all files. */
export function toDefinite(bytes: Uint8Array, bytesMax: number): Uint8Array {
  if (bytes.length > bytesMax) {
    throw new X509Error('too_large', `has ${bytes.length} bytes; at most ${bytesMax} are read`)
  }
  if (bytes[1] !== 0x80) return bytes
  const budget = { left: piecesMax }
  const { element, next } = rewrite(bytes, 0, 0, budget)
  return next === bytes.length ? element : Buffer.concat([element, bytes.subarray(next)])
}

interface Rewritten {
  element: Uint8Array
  next: number
}

function rewrite(
  bytes: Uint8Array,
  at: number,
  depth: number,
  budget: { left: number },
): Rewritten {
  if (depth > depthMax || --budget.left < 0) {
    throw new X509Error('too_large', 'nested too deeply or in too many pieces', at)
  }
  const frame = readFrame(bytes, at)
  const constructed = (frame.tag & 0x20) !== 0
  if (!constructed) return { element: bytes.subarray(at, frame.next), next: frame.next }
  const parts: Uint8Array[] = []
  let place = frame.content
  while (frame.end < 0 ? !isEnd(bytes, place) : place < frame.end) {
    const part = rewrite(bytes, place, depth + 1, budget)
    parts.push(part.element)
    place = part.next
  }
  const next = frame.end < 0 ? place + 2 : frame.end
  // A string in pieces, `[0]` inside EncryptedContentInfo among them, becomes one.
  const inPieces = frame.tag === 0x24 || (frame.tag === 0xa0 && isPieces(parts))
  const tag = inPieces ? (frame.tag === 0x24 ? 0x04 : 0x80) : frame.tag
  const contents = inPieces ? parts.map(contentOfPart) : parts
  return { element: element(tag, Buffer.concat(contents)), next }
}

/** Many octet strings, or one where a whole element would be `[0]` around something else. */
function isPieces(parts: readonly Uint8Array[]): boolean {
  return parts.length > 1 && parts.every((part) => part[0] === 0x04)
}

function contentOfPart(part: Uint8Array): Uint8Array {
  return part.subarray(readFrame(part, 0).content)
}

function isEnd(bytes: Uint8Array, at: number): boolean {
  if (at + 2 > bytes.length) throw new X509Error('malformed', 'it is cut short', at)
  return bytes[at] === 0 && bytes[at + 1] === 0
}

/** `end` is -1 for an indefinite length. */
function readFrame(bytes: Uint8Array, at: number): Frame {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) {
    throw new X509Error('malformed', 'it is cut short', at)
  }
  if (first === 0x80) {
    if ((tag & 0x20) === 0) throw new X509Error('malformed', 'an indefinite length', at)
    return { tag, content: at + 2, end: -1, next: -1 }
  }
  const count = first < 0x80 ? 0 : first & 0x7f
  if (count > 4) throw new X509Error('too_large', 'a length of over four bytes', at)
  let length = count === 0 ? first : 0
  for (let index = 0; index < count; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0)
  const content = at + 2 + count
  const end = content + length
  if (end > bytes.length) throw new X509Error('malformed', 'it is cut short', at)
  return { tag, content, end, next: end }
}

function element(tag: number, content: Buffer): Uint8Array {
  const digits = content.length.toString(16)
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex')
  const header =
    content.length < 0x80 ? [tag, content.length] : [tag, 0x80 | length.length, ...length]
  return Buffer.concat([Uint8Array.from(header), content])
}
