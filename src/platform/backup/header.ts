// The beginning of a backup file: how the passphrase becomes its key, in one readable line, and a
// value that tells a wrong passphrase from a damaged file.
import { argon2, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { ByteReader } from './byte-reader.ts'
import { type ChunkKey, chunkBytes, noncePrefixBytes } from './chunks.ts'
import { BackupError } from './error.ts'

/** A new header, as it stands in the file, and the key that it describes. */
export async function newHeader(passphrase: string): Promise<{ bytes: Buffer; key: ChunkKey }> {
  const header: Header = {
    panthera_backup: 1,
    kdf: 'argon2id',
    // The second choice of RFC 9106, section 4: half a second here, years for whoever guesses.
    memory_kib: 65_536,
    passes: 3,
    lanes: 4,
    salt: randomBytes(saltBytes).toString('base64'),
    cipher: 'aes-256-gcm-stream',
    nonce_prefix: randomBytes(noncePrefixBytes).toString('base64'),
    chunk_bytes: chunkBytes,
    compression: 'zstd',
  }
  const line = Buffer.from(JSON.stringify(header))
  const { key, check } = await deriveKeys(passphrase, header, line)
  return { bytes: Buffer.concat([line, Buffer.from('\n'), check]), key }
}

/**
 * Answers the key, and the length of the header. Throws BackupError where this is no backup of a
 * known version, or the passphrase is wrong.
 */
export async function readHeader(
  reader: ByteReader,
  passphrase: string,
): Promise<{ key: ChunkKey; bytes: number }> {
  const line = await reader.readLine(lineBytesMax)
  const header = line === null ? null : parse(line)
  if (line === null || header === null) {
    throw new BackupError(
      'the file is not a backup that this version of Panthera can read',
      'name a file that "panthera backup" wrote, or restore with a newer version',
    )
  }
  const { key, check } = await deriveKeys(passphrase, header, line)
  const stored = await reader.read(checkBytes)
  if (stored.length !== checkBytes || !timingSafeEqual(stored, check)) {
    throw new BackupError(
      'the passphrase does not open this backup, or the beginning of the file was changed',
      'try again with the passphrase that the backup was made with',
    )
  }
  return { key, bytes: line.length + 1 + checkBytes }
}

const lineBytesMax = 1_024
const saltBytes = 16
const checkBytes = 32

/** Bounded, since a file from anywhere may ask for any amount of memory and time. */
const schema = z.strictObject({
  panthera_backup: z.literal(1),
  kdf: z.literal('argon2id'),
  memory_kib: z.int().min(8_192).max(1_048_576),
  passes: z.int().min(1).max(10),
  lanes: z.int().min(1).max(16),
  salt: z.base64().length(Math.ceil(saltBytes / 3) * 4),
  cipher: z.literal('aes-256-gcm-stream'),
  nonce_prefix: z.base64().length(Math.ceil(noncePrefixBytes / 3) * 4),
  chunk_bytes: z.literal(chunkBytes),
  compression: z.literal('zstd'),
})

type Header = z.infer<typeof schema>

function parse(line: Buffer): Header | null {
  try {
    return schema.safeParse(JSON.parse(line.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}

async function deriveKeys(passphrase: string, header: Header, line: Buffer) {
  const secret = await promisify(argon2)('argon2id', {
    // One passphrase may be typed in several forms of Unicode.
    message: Buffer.from(passphrase.normalize('NFKC')),
    nonce: Buffer.from(header.salt, 'base64'),
    parallelism: header.lanes,
    tagLength: 32,
    memory: header.memory_kib,
    passes: header.passes,
  })
  // With the whole line in it, a header that was changed gives another key (HKDF, RFC 5869).
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `panthera/backup/1/${purpose}\n${line}`, 32))
  const noncePrefix = Buffer.from(header.nonce_prefix, 'base64')
  return { key: { key: derive('chunks'), noncePrefix }, check: derive('check') }
}
