// A proof that an entry is in a log, as one text that needs no network: C2SP tlog-proof.
import { leafHash } from './hash.ts'
import { type Checkpoint, NoteFault, type NoteKey, openCheckpoint } from './note.ts'
import { inclusionHolds } from './verify.ts'

const head = 'c2sp.org/tlog-proof@v1'
const textMax = 131_072
const indexForm = /^index (0|[1-9]\d{0,15})$/

/** @param checkpoint a signed note, verbatim */
export function proofText(index: number, path: readonly Uint8Array[], checkpoint: string): string {
  const lines = path.map((hash) => Buffer.from(hash).toString('base64'))
  return [head, `index ${index}`, ...lines, '', checkpoint].join('\n')
}

/**
 * Where the entry stands and in which log, once signature and path hold for it. Throws NoteFault
 * with what does not.
 */
export function openProof(
  text: string,
  entry: Uint8Array,
  keys: readonly NoteKey[],
): { index: number; checkpoint: Checkpoint } {
  if (text.length > textMax) throw new NoteFault('malformed', 'the proof is too long')
  const split = text.indexOf('\n\n')
  const [first, second = '', ...hashes] = text.slice(0, Math.max(0, split)).split('\n')
  const index = indexForm.exec(second)?.[1]
  if (first !== head || index === undefined) {
    throw new NoteFault('malformed', `the proof must begin with ${head} and an index`)
  }
  const checkpoint = openCheckpoint(text.slice(split + 2), keys)
  const path = hashes.map(hashIn)
  const proof = { index: Number(index), size: checkpoint.size, path }
  if (!inclusionHolds(proof, leafHash(entry), checkpoint.root)) {
    throw new NoteFault('bad_signature', 'the path does not lead from the entry to the root')
  }
  return { index: proof.index, checkpoint }
}

function hashIn(line: string): Uint8Array {
  const bytes = Buffer.from(line, 'base64')
  if (bytes.length === 32 && bytes.toString('base64') === line) return bytes
  throw new NoteFault('malformed', 'a line of the path is no hash')
}
