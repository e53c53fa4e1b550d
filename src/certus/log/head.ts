// Opens the head of a log as if somebody else kept it: whoever can write to the database can write
// any tile and any size, but sign for neither.
import type { Hash } from '../seal/log/hash.ts'
import { NoteFault, openCheckpoint } from '../seal/log/note.ts'
import { type ReadTile, rootAt } from '../seal/log/tiles.ts'
import type { Head } from './store.ts'

/** The root that was signed; or what does not hold of the head. */
export type OpenHead = { root: Hash; fault: null } | { root: null; fault: string }

/**
 * @param head with entries; of an empty log there is nothing to open
 * @param publicKey of the organization, 32 bytes
 */
export async function openHead(
  { origin, size, checkpoint }: Head,
  read: ReadTile,
  publicKey: Uint8Array,
): Promise<OpenHead> {
  try {
    const signed = openCheckpoint(checkpoint, [{ name: origin, publicKey }])
    if (signed.origin !== origin) return faulty('the checkpoint is of another log')
    if (signed.size !== size) return faulty(`the checkpoint is of size ${signed.size}, not ${size}`)
    const root = await rootAt(read, size)
    if (Buffer.compare(root, signed.root) === 0) return { root, fault: null }
    return faulty('the tiles come to another root than the checkpoint')
  } catch (error) {
    if (error instanceof NoteFault) return faulty(`the checkpoint: ${error.message}`)
    if (error instanceof RangeError) return faulty('a tile is missing or cut')
    throw error
  }
}

function faulty(fault: string): OpenHead {
  return { root: null, fault }
}
