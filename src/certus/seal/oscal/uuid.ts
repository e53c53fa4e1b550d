// Names of what stands in a document: the same fact gets the same UUID each time, so that a second
// export is the first one byte for byte.
import { sha1 } from '../crypto.ts'

/** A UUID of version 5 (RFC 9562 §5.5). */
export function uuid5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const bytes = Buffer.from(sha1(space, new TextEncoder().encode(name)).subarray(0, 16))
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [8, 12, 16, 20, 32]
    .map((end, at, ends) => hex.slice(at === 0 ? 0 : ends[at - 1], end))
    .join('-')
}
