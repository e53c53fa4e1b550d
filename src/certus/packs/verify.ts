// Checks a stored pack, each time that it is read: what is stored is not believed because it is
// stored.
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { OpenHead } from '../log/head.ts'
import { type Envelope, EnvelopeFault, openEnvelope } from '../seal/envelope.ts'
import type { JsonObject } from '../seal/json/read.ts'
import { leafHash } from '../seal/log/hash.ts'
import { inclusionPath, type ReadTile } from '../seal/log/tiles.ts'
import { inclusionHolds } from '../seal/log/verify.ts'
import { statementPayloadType } from '../seal/statement.ts'
import { statementFaults } from '../seal/statement-check.ts'
import { digestOf, sealHolds } from '../seal/submission.ts'
import { factsOf } from './facts.ts'
import { type Check, Submission } from './schema.ts'
import { type Digests, differencesOf, digestsOf } from './signed.ts'
import type { Row, WholeRow } from './store.ts'

const decompress = promisify(zstdDecompress)

/** Of canonical content: more is neither stored nor read. */
export const contentBytesMax = 64 * 1024 * 1024

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

/** What is signed, once its signature holds; null where it does not, with the check of it. */
export interface Opened {
  statement: Uint8Array | null
  check: Check
}

export function openSigned(row: Pick<Row, 'envelope'>, publicKey: Uint8Array): Opened {
  try {
    const envelope = JSON.parse(row.envelope) as Envelope
    const trusted = { payloadType: statementPayloadType, keys: [publicKey] }
    return { statement: openEnvelope(envelope, trusted), check: verdict('signature', true, '') }
  } catch (error) {
    const reason = error instanceof EnvelopeFault ? error.message : 'the envelope is not readable'
    return { statement: null, check: verdict('signature', false, reason) }
  }
}

/** That each field of the row is as it was signed. */
export function checkShown(row: Row, { statement }: Opened, digests: Digests | null): Check {
  if (statement === null) return verdict('shown', false, 'there is no signature to compare with')
  return agreement(differencesOf(statement, row, digests))
}

/** The same, of a whole row, and that what was signed follows from the content. */
export function checkWhole(row: WholeRow, opened: Opened, content: Buffer | null): Check {
  const shown = checkShown(row, opened, digestsIn(row))
  const { statement } = opened
  if (!shown.holds || statement === null || content === null) return shown
  try {
    const pack = JSON.parse(content.toString()) as JsonObject
    const about = { content: pack, digest: digestOf(content), signedHash: row.signed_hash }
    const faults = statementFaults(statement, about)
    if (faults.length > 0) return agreement(faults)
    const facts = factsOf(Submission.parse({ ...pack, signed_hash: row.signed_hash }))
    return agreement(differencesOf(statement, { ...row, ...facts }, digestsOf(facts)))
  } catch {
    return verdict('shown', false, 'the content is no submission')
  }
}

/** Of a damaged column, which may have none, digests that nothing has. */
export function digestsIn(row: Pick<WholeRow, 'control_results' | 'weaknesses'>): Digests {
  try {
    return digestsOf(row)
  } catch {
    return { control_results: '', weaknesses: '' }
  }
}

/** The entry at its place in the log, up to the root that was signed. */
export async function checkLog(
  row: Row,
  log: { read: ReadTile; size: number; opened: OpenHead },
): Promise<Check> {
  const { read, size, opened } = log
  if (opened.fault !== null) return verdict('log', false, opened.fault)
  if (row.log_index >= size) return verdict('log', false, 'the log does not reach that far')
  try {
    const path = await inclusionPath(read, row.log_index, size)
    const proof = { index: row.log_index, size, path }
    const holds = inclusionHolds(proof, leafHash(Buffer.from(row.envelope)), opened.root)
    return verdict('log', holds, 'the log has another entry at this place')
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return verdict('log', false, 'a tile of the log is missing or cut')
  }
}

function agreement(different: readonly string[]): Check {
  return verdict('shown', different.length === 0, `not as it was signed: ${different.join(', ')}`)
}

function verdict(check: Check['check'], holds: boolean, reason: string): Check {
  return holds ? { check, holds } : { check, holds, reason }
}
