// Forgets what is over: used nonces, and orders that ended without a certificate.
import { sql } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'

const keptDays = 30

export function cleaningQueue({ db }: Platform): Queue<never> {
  const queue: Queue = {
    name: 'trust.acme-cleaning',
    concurrency: 1,
    sweepMs: 600_000,
    due: async () => [{ key: 'all', data: {} }],
    run: async () => {
      await db.inSystem(async (tx) => {
        await tx.run(sql`delete from acme_used_nonces where expires_at < now()`)
        await tx.run(sql`delete from acme_orders where status <> 'valid'
          and expires_at < now() - ${keptDays} * interval '1 day'`)
        await tx.run(sql`delete from acme_authorizations a
          where expires_at < now() - ${keptDays} * interval '1 day'
            and not exists (select from acme_order_authorizations oa
              where oa.organization_id = a.organization_id and oa.authorization_id = a.id)`)
      })
    },
  }
  return queue as Queue<never>
}
