// GitHub sends a delivery once. What it could not hand over is asked for again, as long as it keeps
// it, a few times each.
import { z } from 'zod'
import { sql } from '../../platform/db.ts'
import type { Github } from '../../platform/github.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'

const sweepMs = 5 * 60_000
const pagesMax = 10
const perRunMax = 50
const attemptsMax = 3
const keptMs = 3 * 86_400_000

const Delivery = z.object({
  // Larger than JavaScript's whole numbers are exact, in time; then it is left alone.
  id: z.int(),
  guid: z.string().max(200),
  delivered_at: z.iso.datetime({ offset: true }),
  status_code: z.number(),
})
type Delivery = z.infer<typeof Delivery>

export function recoverQueue(platform: Platform): Queue {
  const { github } = platform
  return {
    name: 'certus.github_recovery',
    concurrency: 1,
    sweepMs,
    due: async () => (github === null ? [] : [{ key: 'missed', data: {} }]),
    async run(_data, signal) {
      if (github !== null) await recoverMissed({ ...platform, github }, signal)
    },
  }
}

/** Answers how many were asked for. */
export async function recoverMissed(
  { db, github, now, log }: Pick<Platform, 'db' | 'now' | 'log'> & { github: Github },
  signal: AbortSignal,
): Promise<number> {
  const since = now() - keptMs
  const missed = missedOf(await deliveriesSince(github, since, signal))
  let recovered = 0
  for (const { id, guid } of missed) {
    if (signal.aborted || recovered === perRunMax) break
    const mayTry = await db.inSystem(async (tx) => {
      const changed = await tx.run(sql`
        insert into code_host_redeliveries as r (delivery_id, attempts) values (${guid}, 1)
        on conflict (delivery_id) do update set attempts = r.attempts + 1, tried_at = now()
         where r.attempts < ${attemptsMax}`)
      return changed === 1
    })
    if (!mayTry) continue
    await github.asApp({ method: 'POST', path: `/app/hook/deliveries/${id}/attempts` })
    recovered += 1
  }
  if (recovered > 0) log.info({ deliveries: recovered }, 'missed deliveries were asked for again')
  return recovered
}

async function deliveriesSince(
  github: Github,
  since: number,
  signal: AbortSignal,
): Promise<Delivery[]> {
  const all: Delivery[] = []
  let path: string | null = '/app/hook/deliveries?per_page=100'
  for (let page = 0; path !== null && page < pagesMax && !signal.aborted; page += 1) {
    const answer: Awaited<ReturnType<Github['asApp']>> = await github.asApp({ method: 'GET', path })
    const rows = z.array(z.unknown()).parse(answer.data)
    const read = rows.flatMap((row) => Delivery.safeParse(row).data ?? [])
    const fresh = read.filter(({ delivered_at }) => Date.parse(delivered_at) >= since)
    all.push(...fresh)
    // The newest come first.
    path = fresh.length < read.length ? null : answer.next
  }
  return all
}

/** Of each delivery the newest attempt, unless one has come through. The oldest first. */
function missedOf(attempts: readonly Delivery[]): Delivery[] {
  const through = ({ status_code: code }: Delivery) => code >= 200 && code < 300
  const arrived = new Set(attempts.filter(through).map(({ guid }) => guid))
  const missed = new Map<string, Delivery>()
  for (const attempt of attempts) {
    if (!arrived.has(attempt.guid) && !missed.has(attempt.guid)) missed.set(attempt.guid, attempt)
  }
  return [...missed.values()].reverse()
}
