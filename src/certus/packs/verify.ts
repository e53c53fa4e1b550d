// Checks a stored pack, each time that it is read: what is stored is not believed because it is
// stored.
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { type Envelope, EnvelopeFault, openEnvelope } from '../seal/envelope.ts'
import { leafHash } from '../seal/log/hash.ts'
import { inclusionPath, type ReadTile, rootAt } from '../seal/log/tiles.ts'
import { inclusionHolds } from '../seal/log/verify.ts'
import { digestIn, statementPayloadType } from '../seal/statement.ts'
import { digestOf, sealHolds } from '../seal/submission.ts'
import type { Check } from './schema.ts'
import type { Row } from './store.ts'

const decompress = promisify(zstdDecompress)
const contentBytesMax = 64 * 1024 * 1024

/** The canonical content as it was sealed; null where it cannot be read. */
export async function contentOf(stored: Buffer | null): Promise<Buffer | null> {
  if (stored === null) return null
  try {
    return await decompress(stored, { maxOutputLength: contentBytesMax })
  } catch {
    return null
  }
}

/** Content and seal. */
export function checkContent(row: Row, content: Buffer | null, secret: string | null): Check[] {
  const digest = row.digest.toString('hex')
  const isSame = content !== null && digestOf(content) === digest
  const sealed = content !== null && secret !== null && sealHolds(content, secret, row.signed_hash)
  return [
    verdict('content', isSame, 'the content is not the one whose digest was signed'),
    verdict('seal', sealed, 'the seal is not of this content and the key’s evidence secret'),
  ]
}

/** The signature, and that it is about this content. */
export function checkSignature(row: Row, publicKey: Uint8Array): Check {
  try {
    const envelope = JSON.parse(row.envelope) as Envelope
    const trusted = { payloadType: statementPayloadType, keys: [publicKey] }
    const signed = digestIn(openEnvelope(envelope, trusted), row.id)
    const isAbout = signed === row.digest.toString('hex')
    return verdict('signature', isAbout, 'the signed statement is about other content')
  } catch (error) {
    const reason = error instanceof EnvelopeFault ? error.message : 'the envelope is not readable'
    return verdict('signature', false, reason)
  }
}

/** The entry at its place in the log, up to the log's root. */
export async function checkLog(row: Row, read: ReadTile, size: number): Promise<Check> {
  const reason = 'the log has another entry at this place'
  if (row.log_index >= size) return verdict('log', false, 'the log does not reach that far')
  try {
    const path = await inclusionPath(read, row.log_index, size)
    const proof = { index: row.log_index, size, path }
    const root = await rootAt(read, size)
    return verdict('log', inclusionHolds(proof, leafHash(Buffer.from(row.envelope)), root), reason)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return verdict('log', false, 'a tile of the log is missing or cut')
  }
}

function verdict(check: Check['check'], holds: boolean, reason: string): Check {
  return holds ? { check, holds } : { check, holds, reason }
}
