// Adds entries to an organization's log, in the transaction that stores what they speak of: both
// are there afterwards, or neither.
import type { Tx } from '../../platform/db.ts'
import { leafHash } from '../seal/log/hash.ts'
import { type NoteSigner, signCheckpoint } from '../seal/log/note.ts'
import { appended, rootAt } from '../seal/log/tiles.ts'
import * as store from './store.ts'

/** The log's row must be locked (`store.lock`) and have this size. Answers the entry's index. */
export async function appendEntry(
  tx: Tx,
  log: { organizationId: string; size: number; signer: NoteSigner },
  entry: string,
): Promise<number> {
  const { organizationId, size, signer } = log
  const before = store.tilesOf(tx, organizationId)
  const tiles = await appended(before, size, [leafHash(Buffer.from(entry))])
  await store.writeTiles(tx, organizationId, tiles)
  const root = await rootAt(store.tilesOf(tx, organizationId), size + 1)
  const checkpoint = signCheckpoint({ origin: signer.name, size: size + 1, root }, signer)
  await store.advance(tx, organizationId, { size: size + 1, checkpoint })
  return size
}
