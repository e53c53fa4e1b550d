// Removes a document that was read: its scan holds what is of use, and it may hold secrets in full.
import type { Platform } from '../../platform/platform.ts'
import * as store from './store.ts'

/** Leaves it where another import still needs it. To be called after the import has ended. */
export async function releaseDocument(platform: Platform, artefact: string): Promise<void> {
  await platform.db.inSystem(async (tx) => {
    if (await store.mayRemoveDocument(tx, artefact)) await platform.artefacts.delete(artefact)
  })
}
