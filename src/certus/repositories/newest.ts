// The newest pack of a repository's own branch, with its content.
import type { Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import * as controls from '../controls/store.ts'
import { verifiedEvidence } from '../packs/content.ts'
import type { Reader } from '../packs/reach.ts'
import type { Submission } from '../packs/schema.ts'

/** Null where there is none. Throws `evidence_damaged`. */
export async function newestOf(
  platform: Pick<Platform, 'db' | 'secrets'>,
  tx: Tx,
  reader: Reader,
  repository: string,
): Promise<{ id: string; content: Submission } | null> {
  for await (const { id } of controls.newest(tx, reader, { repository })) {
    const { submission } = await verifiedEvidence(platform, { tx, reader }, id)
    return { id, content: submission }
  }
  return null
}
