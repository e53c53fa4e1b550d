// Bounds guesses of passwords and codes. A guess is counted before it is judged, so that many at
// once are not more than many in a row, and is taken back where it was right. A browser that has
// logged in before has a count of its own; strangers share the account's. Nobody is shut out for
// longer than a window.
import { createHash } from 'node:crypto'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { network } from '../../platform/http/address.ts'
import { rateLimited } from '../../platform/http/rate-limit.ts'

export interface Guess {
  /** Whose secret is guessed, in a form that is always the same: `password <address>`. */
  account: string
  address: string
  /** A browser known to this account; null for a stranger. */
  device: string | null
  /** The account is in use from this address: what other strangers guess is not held against it. */
  familiar: boolean
}

export interface Throttle {
  /** Throws 429 with Retry-After where there were too many. */
  begin(guess: Guess): Promise<Attempt>
  /** Removes windows that are over. */
  clean(): Promise<void>
}

export interface Attempt {
  /** It was right: nothing of it is left against the account. */
  right(): Promise<void>
}

export interface GuessLimits {
  perDevice: number
  /** Of strangers, for one account from one address. */
  perPair: number
  /** Of strangers, from one address for all accounts. */
  perAddress: number
  /** Of all strangers for one account. */
  perAccount: number
  /** For one account, whoever guesses: known browsers may be many. No such bound unless given. */
  altogether?: number
}

const windowMs = 15 * 60_000
export const passwordLimits: GuessLimits = {
  perDevice: 10,
  perPair: 10,
  perAddress: 50,
  perAccount: 100,
}
/** A code has six digits, and whoever guesses it knows the password already. */
export const codeLimits: GuessLimits = {
  perDevice: 10,
  perPair: 5,
  perAddress: 20,
  perAccount: 5,
  altogether: 20,
}

export function createThrottle(options: {
  db: Database
  limits: GuessLimits
  now: () => number
}): Throttle {
  const { db, limits, now } = options

  async function take(counts: ReadonlyMap<string, number>, startsAt: number): Promise<void> {
    if (counts.size === 0) return
    const used = await db.inSystem((tx) => count(tx, [...counts.keys()].sort(), startsAt))
    const exceeded = used.find(({ subject, used }) => used > (counts.get(subject) ?? 0))
    if (exceeded === undefined) return
    const limit = counts.get(exceeded.subject) ?? 0
    const resetAt = (startsAt + windowMs) / 1000
    throw rateLimited({ allowed: false, limit, remaining: 0, resetAt }, now())
  }

  return {
    async begin(guess) {
      const startsAt = Math.floor(now() / windowMs) * windowMs
      const counts = subjects(guess, limits)
      await take(counts, startsAt)
      // Afterwards, so that what a stranger is refused is not held against the others.
      const altogether = everyone(guess, limits)
      await take(altogether, startsAt)
      const names = [...counts.keys(), ...altogether.keys()]
      return { right: () => db.inSystem((tx) => takeBack(tx, names, startsAt)) }
    },
    async clean() {
      const before = new Date(now() - 2 * windowMs)
      await db.inSystem((tx) => tx.run(sql`delete from guess_windows where starts_at < ${before}`))
    },
  }
}

function subjects(guess: Guess, limits: GuessLimits): Map<string, number> {
  const { account, address, device } = guess
  if (device !== null) return new Map([[name('device', account, device), limits.perDevice]])
  const from = network(address)
  const kind = account.split(' ', 1)[0] ?? ''
  const counts = new Map([
    [name('pair', account, from), limits.perPair],
    [name('address', kind, from), limits.perAddress],
  ])
  return guess.familiar ? counts : counts.set(name('account', account), limits.perAccount)
}

function everyone({ account }: Guess, { altogether }: GuessLimits): Map<string, number> {
  return new Map(altogether === undefined ? [] : [[name('altogether', account), altogether]])
}

function name(kind: string, ...parts: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest('base64url')
}

/** In the order of the names, so that two transactions never wait for each other. */
async function count(tx: Tx, names: readonly string[], startsAt: number) {
  return tx.rows<{ subject: string; used: number }>(sql`
    insert into guess_windows as g (subject, starts_at, used)
    select name, ${new Date(startsAt)}, 1 from unnest(${names}::text[]) as name
    on conflict (subject, starts_at) do update set used = g.used + 1
    returning subject, used`)
}

async function takeBack(tx: Tx, names: readonly string[], startsAt: number): Promise<void> {
  await tx.run(sql`update guess_windows set used = greatest(used - 1, 0)
    where starts_at = ${new Date(startsAt)} and subject in (
      select subject from guess_windows
       where starts_at = ${new Date(startsAt)} and subject = any(${names})
       order by subject for update)`)
}
