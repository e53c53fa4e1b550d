// Removes what proved names of orders that are over and that nobody lived to clear: rows, and with
// dns-01 the records.
import type { Queue } from '../../platform/jobs.ts'
import * as authorities from '../authorities/store.ts'
import {
  forgetOldAnswers,
  leftAnswers,
  type PlacedAnswer,
  removeAnswer,
} from '../connectors/authority/acme/answer-store.ts'
import type { Trust } from '../parts.ts'

const batchSize = 100

export function answerCleaningQueue(trust: Trust): Queue<never> {
  const { platform } = trust
  const queue: Queue<{ kind: 'left' }> = {
    name: 'trust.acme-answers',
    concurrency: 1,
    sweepMs: 60_000,
    async due() {
      const rows = await platform.db.inSystem((tx) => leftAnswers(tx, 1))
      return rows.length === 0 ? [] : [{ key: 'left', data: { kind: 'left' } }]
    },
    async run(_data, signal) {
      await platform.db.inSystem(forgetOldAnswers)
      const rows = await platform.db.inSystem((tx) => leftAnswers(tx, batchSize))
      for (const row of rows) {
        if (signal.aborted) return
        await clear(trust, row)
      }
    },
  }
  return queue as unknown as Queue<never>
}

async function clear(trust: Trust, row: PlacedAnswer): Promise<void> {
  const { platform } = trust
  const { organizationId, authorityId } = row
  try {
    const connector = await platform.db.inTenant(organizationId, async (tx) => {
      // Its records stay in DNS although it was deleted.
      const found = await authorities.findEver(tx, { organizationId, id: authorityId })
      return found === null ? null : trust.authorities.connector(tx, found)
    })
    if (connector?.clear !== undefined) await connector.clear(row)
    else await platform.db.inTenant(organizationId, (tx) => removeAnswer(tx, row, row))
  } catch (error) {
    const about = { authority: authorityId, identifier: row.identifier }
    platform.log.warn({ err: error, ...about }, 'a DNS record could not be removed yet')
  }
}
