// The content of a pack as it was sealed, for whoever shows what was found.
import type { Platform } from '../../platform/platform.ts'
import * as packs from '../packs/store.ts'
import { contentOf } from '../packs/verify.ts'
import { digestOf } from '../seal/submission.ts'

/** Null where there is none, or not the one whose digest was signed. */
export async function contentOfPack(
  { db }: Pick<Platform, 'db'>,
  organizationId: string,
  packId: string,
): Promise<unknown> {
  const { row, stored } = await db.inTenant(organizationId, async (tx) => ({
    row: await packs.find(tx, { organizationId }, packId),
    stored: await packs.content(tx, organizationId, packId),
  }))
  const content = await contentOf(stored)
  if (row === null || content === null) return null
  if (digestOf(content) !== row.digest.toString('hex')) return null
  return JSON.parse(content.toString()) as unknown
}
