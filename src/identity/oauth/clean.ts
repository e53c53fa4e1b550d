// Forgets families of tokens of which nothing can be used any more.
import type { Database } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import { forgetOver } from './store.ts'

const sweepMs = 10 * 60_000
const batchSize = 1_000

export function tokenQueue(db: Database): Queue {
  return {
    name: 'identity.tokens',
    concurrency: 1,
    sweepMs,
    due: async () => [{ key: 'over', data: {} }],
    async run(_data, signal) {
      while (!signal.aborted) {
        const gone = await db.inSystem((tx) => forgetOver(tx, batchSize))
        if (gone < batchSize) return
      }
    },
  }
}
