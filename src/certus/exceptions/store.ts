// SQL of exceptions.
import { empty, type Sql, sql, type Tx } from '../../platform/db.ts'
import type { Actor } from '../../platform/http/caller.ts'
import type { Exception, ExceptionQuery } from './schema.ts'

/** What a decision is made upon. */
export interface Open extends Exception {
  requested_person: string
}

export interface NewException
  extends Pick<
    Exception,
    'id' | 'repository' | 'finding' | 'about' | 'evidence_pack_id' | 'reason' | 'expires_at'
  > {
  organizationId: string
  requestedBy: Actor
  requestedPerson: string
}

/** Null where one for this finding is open already. */
export async function insert(tx: Tx, made: NewException): Promise<Exception | null> {
  return tx.maybe<Exception>(sql`
    insert into evidence_exceptions
      (organization_id, id, repository, finding, about, evidence_pack_id, reason, requested_by,
       requested_person, expires_at)
    values (${made.organizationId}, ${made.id}, ${made.repository}, ${made.finding},
      ${JSON.stringify(made.about)}, ${made.evidence_pack_id}, ${made.reason},
      ${JSON.stringify(made.requestedBy)}, ${made.requestedPerson}, ${made.expires_at})
    on conflict (organization_id, repository, finding)
      where state in ('requested', 'approved') do nothing
    returning ${columns}`)
}

export async function list(tx: Tx, organizationId: string, query: ExceptionQuery) {
  const where = sql`organization_id = ${organizationId}
    ${query.repository === undefined ? empty : sql`and repository = ${query.repository}`}
    ${query.state === undefined ? empty : sql`and ${state} = ${query.state}`}`
  const exceptions = await tx.rows<Exception>(sql`select ${columns} from evidence_exceptions
    where ${where} order by requested_at desc, id limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*)::integer as total from evidence_exceptions where ${where}`,
  )
  return { exceptions, total }
}

export async function find(tx: Tx, organizationId: string, id: string): Promise<Exception | null> {
  return tx.maybe<Exception>(sql`select ${columns} from evidence_exceptions
    where organization_id = ${organizationId} and id = ${id}`)
}

/** Held until the transaction ends. */
export async function lock(tx: Tx, organizationId: string, id: string): Promise<Open | null> {
  return tx.maybe<Open>(sql`select ${columns}, requested_person from evidence_exceptions
    where organization_id = ${organizationId} and id = ${id} for update`)
}

export async function decide(
  tx: Tx,
  at: { organizationId: string; id: string },
  to: { state: 'approved' | 'rejected'; by: Actor; person: string; note: string | null },
): Promise<Exception> {
  return tx.one<Exception>(sql`update evidence_exceptions
    set state = ${to.state}, decided_by = ${JSON.stringify(to.by)}, decided_person = ${to.person},
      decided_at = now(), decision_note = ${to.note}
    where organization_id = ${at.organizationId} and id = ${at.id} returning ${columns}`)
}

export async function end(
  tx: Tx,
  at: { organizationId: string; id: string },
  to: { by: Actor; reason: string },
): Promise<Exception> {
  return tx.one<Exception>(sql`update evidence_exceptions
    set state = 'revoked', ended_by = ${JSON.stringify(to.by)}, ended_at = now(),
      end_reason = ${to.reason}
    where organization_id = ${at.organizationId} and id = ${at.id} returning ${columns}`)
}

/** In force now; of all repositories where none are named. */
export async function active(
  tx: Tx,
  organizationId: string,
  repositories?: readonly string[],
): Promise<Exception[]> {
  return tx.rows<Exception>(sql`select ${columns} from evidence_exceptions
    where organization_id = ${organizationId}
      ${repositories === undefined ? empty : sql`and repository = any(${repositories}::text[])`}
      and state = 'approved' and expires_at > now()
    order by repository, finding limit 10000`)
}

/** In the system role. */
export async function organizationsWithEnded(tx: Tx): Promise<{ organization_id: string }[]> {
  return tx.rows(sql`select distinct organization_id from evidence_exceptions
    where state in ('requested', 'approved') and expires_at <= now() limit 100`)
}

/** Of those whose time is over. */
export async function expire(
  tx: Tx,
  organizationId: string,
  countMax: number,
): Promise<Exception[]> {
  return tx.rows<Exception>(sql`update evidence_exceptions
    set state = 'expired', ended_at = now()
    where organization_id = ${organizationId} and id in (
      select id from evidence_exceptions
       where organization_id = ${organizationId} and state in ('requested', 'approved')
         and expires_at <= now() order by id limit ${countMax} for update skip locked)
    returning ${columns}`)
}

/** One whose time is over counts no more, also before somebody has noted it. */
const state: Sql = sql`(case when state in ('requested', 'approved') and expires_at <= now()
  then 'expired' else state end)`

const columns = sql`id, repository, finding, about, evidence_pack_id, reason, ${state} as state,
  requested_by, requested_at, decided_by, decided_at, decision_note, expires_at, ended_by, ended_at,
  end_reason`
