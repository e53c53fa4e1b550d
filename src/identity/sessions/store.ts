// SQL of sessions. What is kept of the cookie is its hash.
import { createHash, randomBytes } from 'node:crypto'
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'

export const sessionSeconds: number = 7 * 86_400
const perUserMax = 100

export interface NewSession {
  userId: string
  address: string
  userAgent: string | null
  methods: readonly string[]
  surface: SessionSurface
}

/** Where people work in a browser; the dashboard's own API goes with Trust. */
export type SessionSurface = 'trust' | 'certus'

/** Answers the session's id, and the value of the cookie, which nobody can read back. */
export async function open(tx: Tx, made: NewSession): Promise<{ id: string; cookie: string }> {
  const cookie = randomBytes(32).toString('base64url')
  const id = uuid7()
  await tx.run(sql`
    insert into sessions (id, hash, user_id, expires_at, address, user_agent, methods,
      surface)
    values (${id}, ${hashOf(cookie)}, ${made.userId},
      now() + ${sessionSeconds} * interval '1 second', ${made.address},
      ${made.userAgent?.slice(0, 300) ?? null}, ${made.methods},
      ${made.surface})`)
  await tx.run(sql`delete from sessions where user_id = ${made.userId} and (expires_at <= now()
    or id in (select id from sessions where user_id = ${made.userId}
      order by created_at desc, id desc offset ${perUserMax}))`)
  return { id, cookie }
}

export interface OpenSession {
  id: string
  user_id: string
  email: string
  /** Not written down for a minute or more. */
  seen_long_ago: boolean
}

/** Null also for what cannot be a cookie of ours. */
export async function find(
  tx: Tx,
  cookie: string,
  surface: SessionSurface,
): Promise<OpenSession | null> {
  if (!/^[\w-]{43}$/.test(cookie)) return null
  return tx.maybe<OpenSession>(sql`
    select s.id, s.user_id, u.email,
      s.last_seen_at < now() - interval '1 minute' as seen_long_ago
    from sessions s join users u on u.id = s.user_id
    where s.hash = ${hashOf(cookie)} and s.surface = ${surface} and s.expires_at > now()`)
}

export async function seen(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update sessions set last_seen_at = now() where id = ${id}`)
}

export interface SessionRow {
  id: string
  created_at: string
  last_seen_at: string
  expires_at: string
  address: string
  user_agent: string | null
  methods: string[]
}

export async function list(tx: Tx, userId: string): Promise<SessionRow[]> {
  return tx.rows<SessionRow>(sql`select ${columns} from sessions
    where user_id = ${userId} and expires_at > now() order by last_seen_at desc, id limit 200`)
}

/** Null where the user has none of that id. */
export async function close(tx: Tx, userId: string, id: string): Promise<SessionRow | null> {
  return tx.maybe<SessionRow>(sql`delete from sessions
    where user_id = ${userId} and id = ${id} returning ${columns}`)
}

/** What a browser brings along when it logs in anew. */
export async function closeByCookie(tx: Tx, cookie: string): Promise<void> {
  if (/^[\w-]{43}$/.test(cookie)) {
    await tx.run(sql`delete from sessions where hash = ${hashOf(cookie)}`)
  }
}

/** All but one; all where that is null. Answers how many. */
export async function closeOthers(tx: Tx, userId: string, kept: string | null): Promise<number> {
  return tx.run(sql`delete from sessions
    where user_id = ${userId} and id is distinct from ${kept}::uuid`)
}

export async function removeExpired(tx: Tx): Promise<void> {
  await tx.run(sql`delete from sessions where expires_at <= now()`)
}

function hashOf(cookie: string): Buffer {
  return createHash('sha256').update(cookie).digest()
}

const columns = sql`id, created_at, last_seen_at, expires_at, address, user_agent, methods`
