// Removes packs whose time is over, a few per transaction: tombstone, audit row and the log's own
// entry of it stand in the very transaction that removes them.
import { appendAudit } from '../../platform/audit/audit.ts'
import { enterSystem, enterTenant, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { recordInLog } from '../log/record.ts'
import { tilesOf } from '../log/store.ts'
import { leafHash } from '../seal/log/hash.ts'
import { tileWidth } from '../seal/log/tiles.ts'
import * as store from './store.ts'

const sweepMs = 3_600_000
/** As many as one entry of the log can name: its length has two bytes. */
const batchSize = 40
const system = { kind: 'system', id: 'retention', name: 'Retention of evidence' } as const

export function retentionQueue(
  platform: Pick<Platform, 'db' | 'config' | 'secrets'>,
): Queue<{ organizationId: string }> {
  const { db } = platform
  return {
    name: 'certus.retention',
    concurrency: 1,
    sweepMs,
    async due() {
      const rows = await db.inSystem((tx) => store.organizationsWithOld(tx))
      return rows.map(({ organization_id: organizationId }) => {
        return { key: organizationId, data: { organizationId } }
      })
    },
    async run({ organizationId }, signal) {
      let removed = batchSize
      while (removed === batchSize && !signal.aborted) {
        removed = await db.inSystem((tx) => removeSome(platform, tx, organizationId))
      }
    },
  }
}

async function removeSome(
  platform: Pick<Platform, 'config' | 'secrets'>,
  tx: Tx,
  organizationId: string,
): Promise<number> {
  await enterTenant(tx, organizationId)
  const days = await store.lock(tx, organizationId)
  if (days === null) return 0
  const packs = await store.old(tx, organizationId, { days, countMax: batchSize })
  if (packs.length === 0) return 0
  const named = await withLeaves(tx, organizationId, packs)
  for (const pack of named) await store.bury(tx, organizationId, { ...pack, days })
  const logIndex = await recordInLog(platform, tx, organizationId, {
    predicateType: 'urn:panthera:evidence-removal:1',
    subject: packs.map(({ id, digest }) => ({ name: id, sha256: digest.toString('hex') })),
    predicate: {
      days,
      removed: named.map(({ log_index, leaf }) => {
        return { log_index, leaf_hash: leaf.toString('base64') }
      }),
    },
  })
  await appendAudit(
    tx,
    { caller: { organizationId, actor: system }, address: null, requestId: null },
    {
      action: 'evidence.removed',
      objectType: 'organization',
      objectId: organizationId,
      details: {
        days,
        log_index: logIndex,
        packs: packs.map(({ id }) => id),
        damaged: named.flatMap(({ id, isDamaged }) => (isDamaged ? [id] : [])),
      },
    },
  )
  await enterSystem(tx)
  await store.remove(
    tx,
    organizationId,
    packs.map(({ id }) => id),
  )
  return packs.length
}

/** As the log has them: where a pack is another one than was logged, that is told, not buried. */
async function withLeaves(tx: Tx, organizationId: string, packs: readonly store.Old[]) {
  const read = tilesOf(tx, organizationId)
  return Promise.all(
    packs.map(async (pack) => {
      const at = pack.log_index % tileWidth
      const tile = await read({ level: 0, index: Math.floor(pack.log_index / tileWidth) })
      const leaf = Buffer.from(tile.subarray(at * 32, at * 32 + 32))
      const isDamaged = !leaf.equals(leafHash(Buffer.from(pack.envelope)))
      return { ...pack, leaf, isDamaged }
    }),
  )
}
