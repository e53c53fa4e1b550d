// Ends exceptions at their day, with an event. They count for nothing from that moment on, whether
// or not this has run.

import { exceptionExpired } from '../../events/exception.ts'
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Queue } from '../../platform/jobs.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import * as store from './store.ts'

const sweepMs = 30_000
const batchSize = 100
const system = { kind: 'system', id: 'exceptions', name: 'End of exceptions' } as const

export function exceptionQueue({ db }: Platform): Queue<{ organizationId: string }> {
  return {
    name: 'certus.exceptions',
    concurrency: 1,
    sweepMs,
    async due() {
      const rows = await db.inSystem((tx) => store.organizationsWithEnded(tx))
      return rows.map(({ organization_id: organizationId }) => {
        return { key: organizationId, data: { organizationId } }
      })
    },
    async run({ organizationId }, signal) {
      let ended = batchSize
      while (ended === batchSize && !signal.aborted) {
        ended = await db.inTenant(organizationId, async (tx) => {
          const rows = await store.expire(tx, organizationId, batchSize)
          for (const { id, repository, finding, expires_at } of rows) {
            const about = { repository, finding, expires_at }
            await appendAudit(
              tx,
              { caller: { organizationId, actor: system }, address: null, requestId: null },
              {
                action: 'exception.expired',
                objectType: 'exception',
                objectId: id,
                details: about,
              },
            )
            const payload = { exception_id: id, ...about }
            await appendEvent(tx, exceptionExpired, { organizationId, payload })
          }
          return rows.length
        })
      }
    },
  }
}
