// Encryption of a stream in chunks that are authentic one by one and only in their order: the
// STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and
// its Nonce-Reuse Misuse-Resistance", 2015) over AES-256-GCM (NIST SP 800-38D).
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { type ByteReader, createByteReader } from './byte-reader.ts'
import { damaged } from './error.ts'

/** Of plain text; only the last chunk may be shorter. */
export const chunkBytes = 65_536
export const noncePrefixBytes = 7

export interface ChunkKey {
  /** 32 bytes, for one stream only. */
  key: Uint8Array
  /** The nonce's first bytes; a counter and the mark of the last chunk follow. */
  noncePrefix: Uint8Array
}

const tagBytes = 16

export async function* sealChunks(
  source: AsyncIterable<Uint8Array>,
  chunkKey: ChunkKey,
): AsyncGenerator<Buffer> {
  const reader = createByteReader(source)
  for await (const { bytes, at, isLast } of ahead(reader, chunkBytes)) {
    const nonce = nonceOf(chunkKey, at, isLast)
    const cipher = createCipheriv('aes-256-gcm', chunkKey.key, nonce, { authTagLength: tagBytes })
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
}

/** Throws BackupError at the first chunk that is not what was written there. */
export async function* openChunks(reader: ByteReader, chunkKey: ChunkKey): AsyncGenerator<Buffer> {
  for await (const { bytes, at, isLast } of ahead(reader, chunkBytes + tagBytes)) {
    if (bytes.length < tagBytes) throw damaged(`it ends in the middle of part ${at + 1}`)
    const nonce = nonceOf(chunkKey, at, isLast)
    const decipher = createDecipheriv('aes-256-gcm', chunkKey.key, nonce, {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const plain = decipher.update(bytes.subarray(0, -tagBytes))
    try {
      decipher.final()
    } catch (cause) {
      throw damaged(`part ${at + 1}${isLast ? ', the last one,' : ''} is not authentic`, cause)
    }
    yield plain
  }
}

interface Chunk {
  bytes: Buffer
  at: number
  isLast: boolean
}

/** One chunk behind the reader, because the last one must be known as such. */
async function* ahead(reader: ByteReader, bytes: number): AsyncGenerator<Chunk> {
  let current = await reader.read(bytes)
  for (let at = 0; ; at++) {
    const next = current.length < bytes ? Buffer.alloc(0) : await reader.read(bytes)
    const isLast = next.length === 0
    yield { bytes: current, at, isLast }
    if (isLast) return
    current = next
  }
}

function nonceOf({ noncePrefix }: ChunkKey, at: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.set(noncePrefix)
  // Throws beyond 2^32 chunks, which are 256 TiB: no nonce comes twice.
  nonce.writeUInt32BE(at, noncePrefixBytes)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
