// Asks authorities when they want certificates renewed. It is advice: it may bring a renewal
// forward, never put it off, and where none comes the threshold holds.
import { sql, type Tx } from '../../platform/db.ts'
import type { Queue } from '../../platform/jobs.ts'
import * as authorities from '../authorities/store.ts'
import type { Advice } from '../connectors/authority/contract.ts'
import type { Trust } from '../parts.ts'

const batchSize = 20
const batchesMax = 50
/** After no answer, or where the authority gives no advice. */
const silentMs = 6 * 3_600_000

interface Asked {
  id: number
  authorityId: number
  version: number
  der: Buffer
  advisedFrom: string | null
}

const isAskedFor = sql`c.auto_renew and c.revoked_at is null and c.valid_to > now()
  and coalesce(c.advice_due_at <= now(), true)
  and exists (select from certificate_authorities a
    where a.organization_id = c.organization_id and a.id = c.authority_id
      and a.type = 'acme' and a.deleted_at is null)`

export function adviceQueue(trust: Trust): Queue<never> {
  const { db } = trust.platform
  const queue: Queue<{ organizationId: string }> = {
    name: 'trust.renewal-advice',
    concurrency: 1,
    sweepMs: 60_000,
    async due() {
      const rows = await db.inSystem((tx) =>
        tx.rows<{ id: string }>(sql`select distinct c.organization_id as id from certificates c
          where ${isAskedFor} limit 1000`),
      )
      return rows.map(({ id }) => ({ key: id, data: { organizationId: id } }))
    },
    async run({ organizationId }, signal) {
      for (let n = 0; n < batchesMax && !signal.aborted; n++) {
        if ((await askForAdvice(trust, organizationId)) < batchSize) return
      }
    },
  }
  return queue as unknown as Queue<never>
}

/** Answers how many it asked for. */
export async function askForAdvice(trust: Trust, organizationId: string): Promise<number> {
  const { db, log } = trust.platform
  const rows = await db.inTenant(organizationId, (tx) => take(tx, organizationId))
  for (const row of rows) {
    try {
      const connector = await db.inTenant(organizationId, async (tx) => {
        const found = await authorities.find(tx, organizationId, row.authorityId)
        return found === null ? null : trust.authorities.connector(tx, found)
      })
      const advice = (await connector?.advice?.(row.der)) ?? null
      if (advice !== null) {
        await db.inTenant(organizationId, (tx) => heed(tx, { organizationId, ...row }, advice))
      }
    } catch (error) {
      log.info({ err: error, certificate: row.id }, 'no advice when to renew; the threshold holds')
    }
  }
  return rows.length
}

/** Nobody asks for them again before the time that an authority without an answer is given. */
async function take(tx: Tx, organizationId: string): Promise<Asked[]> {
  return tx.rows<Asked>(sql`with taken as (
      select c.id from certificates c
       where c.organization_id = ${organizationId} and ${isAskedFor}
       order by c.valid_to limit ${batchSize} for no key update of c skip locked)
    update certificates c set advice_asked_at = now(),
        advice_due_at = now() + ${silentMs} * interval '1 millisecond'
      from taken, certificate_versions v
     where c.organization_id = ${organizationId} and c.id = taken.id
       and v.organization_id = c.organization_id and v.certificate_id = c.id
       and v.number = c.version
    returning c.id, c.authority_id as "authorityId", c.version, v.der,
      c.advised_from as "advisedFrom"`)
}

/** Any instant of the window, so that not all come at once; the same one while it stays inside. */
async function heed(
  tx: Tx,
  { organizationId, id, version, advisedFrom }: Asked & { organizationId: string },
  { from, to, retryAfterMs }: Advice,
): Promise<void> {
  const before = advisedFrom === null ? Number.NaN : Date.parse(advisedFrom)
  const instant = before >= from && before <= to ? before : from + Math.random() * (to - from)
  await tx.run(sql`update certificates set advised_from = ${new Date(instant)},
      advice_due_at = now() + ${retryAfterMs} * interval '1 millisecond'
    where organization_id = ${organizationId} and id = ${id} and version = ${version}`)
}
