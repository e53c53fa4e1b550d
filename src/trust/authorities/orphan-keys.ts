// Removes keys from tokens that a crash left behind: made, and named by no authority.
import { sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { TokenFault } from '../pkcs11/fault.ts'
import { removeKeyPair } from '../pkcs11/key-pair.ts'
import { pinPlace, tokensOf } from './keys.ts'

interface Orphan {
  organizationId: string
  tokenKeyId: string
}

const batchSize = 100

/** Making an authority takes seconds, on a slow token a minute. */
export function orphanKeyQueue(platform: Platform, ageMinutes = 30): Queue<Orphan> {
  return {
    name: 'trust.orphan_keys',
    concurrency: 1,
    sweepMs: 60_000,
    async due() {
      const rows = await platform.db.inSystem((tx) =>
        tx.rows<Orphan>(sql`select organization_id as "organizationId",
            token_key_id as "tokenKeyId" from authority_key_intents
          where created_at < now() - ${ageMinutes} * interval '1 minute'
          order by created_at limit ${batchSize}`),
      )
      return rows.map((row) => ({ key: `${row.organizationId} ${row.tokenKeyId}`, data: row }))
    },
    run: (orphan) => removeOrphan(platform, orphan),
  }
}

/** A token that is away is asked again by a later sweep. */
export async function removeOrphan(platform: Platform, orphan: Orphan): Promise<void> {
  const { db, log } = platform
  const { organizationId, tokenKeyId } = orphan
  try {
    await db.inTenant(organizationId, (tx) => remove(platform, tx, orphan))
    log.info({ tokenKeyId }, 'a key that nobody names was removed from its token')
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error
    log.warn({ tokenKeyId, reason: error.message }, 'a key that nobody names stays on its token')
  }
}

async function remove(platform: Platform, tx: Tx, { organizationId, tokenKeyId }: Orphan) {
  // Locked, so that whoever would name it now finds that it is gone.
  const found = await tx.maybe<{ library: string; tokenLabel: string; sealedPin: Buffer }>(sql`
    delete from authority_key_intents where organization_id = ${organizationId}
      and token_key_id = ${tokenKeyId}
    returning library, token_label as "tokenLabel", sealed_pin as "sealedPin"`)
  if (found === null) return
  const place = pinPlace(organizationId, tokenKeyId)
  const pin = platform.secrets.open(found.sealedPin, place).toString('utf8')
  await tokensOf(platform).use({ ...found, pin }, 'remove a key', async (session) =>
    removeKeyPair(session, tokenKeyId),
  )
}
