// Adds entries to an organization's log, in the transaction that stores what they speak of: both
// are there afterwards, or neither.
import type { Tx } from '../../platform/db.ts'
import { errors } from '../errors.ts'
import { leafHash } from '../seal/log/hash.ts'
import { type NoteSigner, signCheckpoint } from '../seal/log/note.ts'
import { appended, rootAt } from '../seal/log/tiles.ts'
import { openHead } from './head.ts'
import * as store from './store.ts'

/**
 * The log's row must be locked (`store.lock`). Answers the entry's index. Throws `log_damaged`
 * where the log is not the one that was signed last: a signature over it would make it so.
 */
export async function appendEntry(
  tx: Tx,
  log: { organizationId: string; head: store.Head; signer: NoteSigner },
  entry: string,
): Promise<number> {
  const { organizationId, head, signer } = log
  const { size } = head
  const before = store.tilesOf(tx, organizationId)
  const fault =
    size === 0
      ? await faultOfEmpty(tx, log)
      : (await openHead(head, before, signer.publicKey)).fault
  if (fault !== null) throw errors.problem('log_damaged', { details: { log: head.origin, fault } })
  const tiles = await appended(before, size, [leafHash(Buffer.from(entry))])
  await store.writeTiles(tx, organizationId, tiles)
  const root = await rootAt(store.tilesOf(tx, organizationId), size + 1)
  const checkpoint = signCheckpoint({ origin: signer.name, size: size + 1, root }, signer)
  await store.advance(tx, organizationId, { size: size + 1, checkpoint })
  return size
}

/** A log that was emptied still has packs or a checkpoint. */
async function faultOfEmpty(
  tx: Tx,
  { organizationId, head }: { organizationId: string; head: store.Head },
): Promise<string | null> {
  if (head.checkpoint !== '') return 'the checkpoint is not of an empty log'
  const entries = await store.entries(tx, organizationId, { from: 0, count: 1 })
  return entries.length === 0 ? null : 'there are packs, and the log says that it is empty'
}
