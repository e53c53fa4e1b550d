// Makes the days of the log in time, and forgets those that are over.
import { type Database, sql } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import { tellRecorded } from './tell.ts'

const sweepMs = 6 * 3_600_000
const daysAhead = 7
const dayMs = 86_400_000
const batchSize = 10_000

export function retentionQueue(options: {
  db: Database
  now: () => number
  daysKept: number
}): Queue {
  const { db, now, daysKept } = options
  const day = (days: number) => new Date(now() + days * dayMs).toISOString().slice(0, 10)
  return {
    name: 'identity.decisions',
    concurrency: 1,
    sweepMs,
    due: async () => [{ key: 'days', data: {} }],
    async run(_data, signal) {
      await tellRecorded(db, now(), signal)
      const oldest = day(-daysKept)
      // Tables are made and dropped by their owner, who sees none of their rows.
      await db.pool.query('select keep_decision_partitions($1::date, $2::date, $3::date)', [
        day(-1),
        day(daysAhead),
        oldest,
      ])
      for (const forget of [forgetOthers, forgetSnapshots]) {
        while (!signal.aborted && (await forget(db, oldest)) === batchSize);
      }
    },
  }
}

/** Of days that were not made in time. */
function forgetOthers(db: Database, oldest: string): Promise<number> {
  return db.inSystem((tx) =>
    tx.run(sql`delete from decisions where (organization_id, at, id) in (
      select organization_id, at, id from decisions where at < ${oldest}::date
      limit ${batchSize})`),
  )
}

function forgetSnapshots(db: Database, oldest: string): Promise<number> {
  return db.inSystem((tx) =>
    tx.run(sql`delete from decision_snapshots where (organization_id, hash) in (
      select organization_id, hash from decision_snapshots
      where last_used < ${oldest}::date limit ${batchSize})`),
  )
}
