// Follows the row per organization that every change of its policies or of what they are about
// increments: a change holds here at once and on every node within a second. A node that could not
// poll knows that its knowledge is old, and asks the database.
import { LRUCache } from 'lru-cache'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Logger } from '../../platform/log.ts'

/** Greater after each change. `entities` are principals and resources. */
export interface Generation {
  policies: number
  entities: number
}

export interface Generations {
  /** Null where what is known is over a second old, or nothing: then `ask`. */
  known(organizationId: string): Known | null
  /** Throws 503 where the database does not answer. */
  ask(organizationId: string): Promise<Known>
  /** After the commit of a change on this node: nothing of before is believed any more. */
  forget(organizationId: string): void
  /** The same of every organization, where it is not known whose it was. */
  forgetAll(): void
  /** Called with what a poll found to be different. */
  onChange(learn: (organizationId: string, generation: Generation) => void): void
  onForget(forget: (organizationId: string) => void): void
  start(): void
  stop(): void
}

export interface Known extends Generation {
  /** Before the question: what is changed while the answer is under way is not in it. */
  askedAt: number
}

const pollMs = 300
/** How long what was read may be believed. */
export const believedMs = 1_000
/** Organizations that were asked about last; the others are asked about when they come again. */
const followedMax = 2_000
const idleMs = 60_000

export function createGenerations(options: {
  db: Database
  now: () => number
  log: Logger
}): Generations {
  const { db, now, log } = options
  const followed = new LRUCache<string, Known>({ max: followedMax, ttl: idleMs })
  const forgotten = createForgotten()
  const learners: ((organizationId: string, generation: Generation) => void)[] = []
  const forgetters: ((organizationId: string) => void)[] = []
  let polling = false
  let timer: NodeJS.Timeout | undefined

  async function look(organizationId: string): Promise<Known> {
    for (;;) {
      const before = forgotten.stamp(organizationId)
      const askedAt = now()
      const generation = await askDatabase(db, organizationId)
      // A change on this node came in between: the answer may be from before it.
      if (forgotten.stamp(organizationId) !== before) continue
      forgotten.clear(organizationId)
      const known = { ...generation, askedAt }
      followed.set(organizationId, known)
      return known
    }
  }

  async function poll(): Promise<void> {
    if (polling || followed.size === 0) return
    polling = true
    try {
      const ids = [...followed.keys()].filter((id) => !forgotten.has(id))
      const askedAt = now()
      const found = await db.inSystem((tx) => readGenerations(tx, ids))
      for (const id of ids) {
        const learned = { ...(found.get(id) ?? none), askedAt }
        if (forgotten.has(id) || !renew(followed.peek(id), learned)) continue
        for (const learn of learners) learn(id, learned)
      }
    } catch (error) {
      log.warn({ err: error }, 'changes of policies could not be polled')
    } finally {
      polling = false
    }
  }

  return {
    known(organizationId) {
      const known = followed.get(organizationId, { updateAgeOnGet: true })
      if (known === undefined || forgotten.has(organizationId)) return null
      return now() - known.askedAt <= believedMs ? known : null
    },
    ask: oneAtATime(look),
    forget(organizationId) {
      forgotten.add(organizationId)
      for (const forget of forgetters) forget(organizationId)
    },
    forgetAll() {
      forgotten.addAll()
      followed.clear()
    },
    onChange: (learn) => void learners.push(learn),
    onForget: (forget) => void forgetters.push(forget),
    start() {
      timer = setInterval(() => void poll(), pollMs)
    },
    stop: () => clearInterval(timer),
  }
}

/** Of each name; who comes meanwhile gets the same answer. */
function oneAtATime<Answer>(work: (name: string) => Promise<Answer>) {
  const under = new Map<string, Promise<Answer>>()
  return (name: string) => {
    const known = under.get(name)
    if (known !== undefined) return known
    const started = work(name).finally(() => under.delete(name))
    under.set(name, started)
    return started
  }
}

/** Whose knowledge is void, and whether more became so since. */
function createForgotten() {
  const marks = new Map<string, number>()
  let count = 0
  let allAt = 0
  return {
    has: (organizationId: string) => marks.has(organizationId),
    add: (organizationId: string) => void marks.set(organizationId, ++count),
    addAll() {
      allAt = ++count
    },
    clear: (organizationId: string) => void marks.delete(organizationId),
    /** Another one after each further mark. */
    stamp: (organizationId: string) => `${marks.get(organizationId)} ${allAt}`,
  }
}

/** In place: a poll is no use, and must not look like one. Answers whether there is news. */
function renew(known: Known | undefined, learned: Known): boolean {
  if (known === undefined || known.askedAt >= learned.askedAt) return false
  const changed = known.policies !== learned.policies || known.entities !== learned.entities
  Object.assign(known, learned)
  return changed
}

async function askDatabase(db: Database, organizationId: string): Promise<Generation> {
  try {
    return await db.inTenant(organizationId, (tx) => readGeneration(tx, organizationId))
  } catch (cause) {
    throw common.problem('unavailable', { cause })
  }
}

const none: Generation = { policies: 0, entities: 0 }

/**
 * In the transaction of the change and after its other changes; only `announceRevocation` comes
 * later, so that no two transactions wait for each other. After the commit this node is told by
 * `Generations.forget`.
 */
export async function announceAuthorizationChange(
  tx: Tx,
  organizationId: string,
  what: keyof Generation = 'entities',
): Promise<void> {
  const [policies, entities] = what === 'policies' ? [1, 0] : [0, 1]
  await tx.run(sql`insert into authorization_generations as g
      (organization_id, policies, entities) values (${organizationId}, ${policies}, ${entities})
    on conflict (organization_id) do update
      set policies = g.policies + excluded.policies, entities = g.entities + excluded.entities`)
}

/** Read before what it counts: what changes in between is then read again. */
export async function readGeneration(tx: Tx, organizationId: string): Promise<Generation> {
  const found = await tx.maybe<{ policies: number; entities: number }>(
    sql`select policies, entities from authorization_generations
      where organization_id = ${organizationId}`,
  )
  return found ?? none
}

async function readGenerations(tx: Tx, ids: readonly string[]): Promise<Map<string, Generation>> {
  const rows = await tx.rows<{ organization_id: string; policies: number; entities: number }>(
    sql`select organization_id, policies, entities from authorization_generations
      where organization_id = any(${ids})`,
  )
  return new Map(rows.map(({ organization_id: id, ...generation }) => [id, generation]))
}
