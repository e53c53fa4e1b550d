// Rate limits in fixed calendar windows (UTC). A node takes allowance from the database in blocks
// and spends it in memory, so that nodes share one limit without a round trip per request.
import { type Database, sql } from './db.ts'

export type Window = 'minute' | 'hour' | 'day' | 'month'
export type Rates = Partial<Record<Window, number>>

export interface Allowance {
  allowed: boolean
  /** Of the window with the least left. */
  limit: number
  remaining: number
  /** Unix seconds. */
  resetAt: number
}

export interface Limits {
  /**
   * Spends one request of `subject`, or `count`, in every window, or none where one of them has too
   * few left.
   */
  take(subject: string, rates: Rates, count?: number): Promise<Allowance>
  close(): void
}

interface Spending {
  startsAt: number
  endsAt: number
  /** Taken from the database by all nodes together, as far as this node knows. */
  granted: number
  /** Of this node's blocks, not yet spent. */
  left: number
  fetching: Promise<void> | null
}

interface State {
  window: Window
  limit: number
  spending: Spending
}

/** A block is a twentieth of the limit: at most that much is refused early per further node. */
const blocksPerWindow = 20
const subjectsMax = 100_000
const sweepMs = 60_000

export function createLimits(options: { db: Database; now: () => number }): Limits {
  const spendings = new Map<string, Spending>()

  const timer = setInterval(() => {
    const now = options.now()
    for (const [key, spending] of spendings) if (spending.endsAt <= now) spendings.delete(key)
    forgetOldWindows(options.db).catch(() => undefined)
  }, sweepMs)
  timer.unref()

  function current(subject: string, window: Window): Spending {
    const key = `${window} ${subject}`
    const now = options.now()
    const known = spendings.get(key)
    if (known !== undefined && known.endsAt > now) return known
    const [oldest] = spendings.keys()
    if (spendings.size >= subjectsMax && oldest !== undefined) spendings.delete(oldest)
    const fresh = { ...bounds(window, now), granted: 0, left: 0, fetching: null }
    spendings.set(key, fresh)
    return fresh
  }

  return {
    async take(subject, rates, count = 1) {
      for (;;) {
        const states: State[] = []
        for (const window in rates) {
          const limit = rates[window as Window]
          if (limit === undefined) continue
          const spending = current(subject, window as Window)
          states.push({ window: window as Window, limit, spending })
        }
        const short = states.find(({ spending }) => spending.left < count)
        if (short === undefined || short.spending.granted >= short.limit) {
          return settle(states, short === undefined ? count : 0)
        }
        // Others may wait for the same block and spend it first: look again after it arrived.
        short.spending.fetching ??= fetchBlock(options.db, { subject, ...short }, short.spending)
        await short.spending.fetching
      }
    },
    close: () => clearInterval(timer),
  }
}

/** Spends without a pause, so that no other request comes between the look and the spending. */
function settle(states: readonly State[], spent: number): Allowance {
  let least: Allowance | undefined
  for (const { limit, spending } of states) {
    spending.left -= spent
    const remaining = Math.max(0, limit - spending.granted) + spending.left
    if (least !== undefined && remaining >= least.remaining) continue
    least = { allowed: spent > 0, limit, remaining, resetAt: Math.ceil(spending.endsAt / 1000) }
  }
  if (least === undefined) throw new Error('a limit has a window')
  return least
}

async function fetchBlock(
  db: Database,
  wanted: { subject: string; window: Window; limit: number },
  spending: Spending,
): Promise<void> {
  const block = Math.ceil(wanted.limit / blocksPerWindow)
  try {
    const { used } = await db.inSystem((tx) =>
      tx.one<{ used: number }>(sql`
        insert into limit_windows as w (subject, window_name, starts_at, used)
        values (${wanted.subject}, ${wanted.window}, ${new Date(spending.startsAt)}, ${block})
        on conflict (subject, window_name, starts_at) do update set used = w.used + excluded.used
        returning used`),
    )
    const before = used - block
    spending.left += Math.max(0, Math.min(block, wanted.limit - before))
    spending.granted = Math.min(used, wanted.limit)
  } finally {
    spending.fetching = null
  }
}

async function forgetOldWindows(db: Database): Promise<void> {
  await db.inSystem((tx) =>
    tx.run(sql`delete from limit_windows where starts_at < now() - interval '32 days'
      or (window_name in ('minute', 'hour') and starts_at < now() - interval '2 hours')`),
  )
}

/** Start and end of the calendar window that holds `now`, in Unix milliseconds. */
export function bounds(window: Window, now: number): { startsAt: number; endsAt: number } {
  if (window === 'month') {
    const date = new Date(now)
    const startsAt = Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
    return { startsAt, endsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) }
  }
  const lengthMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[window]
  const startsAt = Math.floor(now / lengthMs) * lengthMs
  return { startsAt, endsAt: startsAt + lengthMs }
}
