// SQL of what proves names: rows, so that any node answers, and that whoever comes after a crash
// knows what is to be removed.
import { sql, type Tx } from '../../../../platform/db.ts'
import type { LeftAnswer } from '../contract.ts'
import type { AuthorityPlace } from './account-store.ts'

export type AnswerRow = LeftAnswer

const columns = sql`order_id as "orderId", token, kind, identifier,
  key_authorization as "keyAuthorization"`
const hoursMax = 24

export async function insertAnswers(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  rows: readonly AnswerRow[],
): Promise<void> {
  for (const row of rows) {
    await tx.run(sql`insert into acme_client_answers (organization_id, authority_id, order_id,
        token, kind, identifier, key_authorization, expires_at)
      values (${organizationId}, ${authorityId}, ${row.orderId}, ${row.token}, ${row.kind},
        ${row.identifier}, ${row.keyAuthorization}, now() + ${hoursMax} * interval '1 hour')
      on conflict do nothing`)
  }
}

export async function answersOf(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  orderId: string,
): Promise<AnswerRow[]> {
  return tx.rows<AnswerRow>(sql`select ${columns} from acme_client_answers
    where organization_id = ${organizationId} and authority_id = ${authorityId}
      and order_id = ${orderId} order by token limit 500`)
}

export async function removeAnswer(
  tx: Tx,
  { organizationId, authorityId }: AuthorityPlace,
  { orderId, token }: Pick<AnswerRow, 'orderId' | 'token'>,
): Promise<void> {
  await tx.run(sql`delete from acme_client_answers where organization_id = ${organizationId}
    and authority_id = ${authorityId} and order_id = ${orderId} and token = ${token}`)
}

/**
 * For whoever asks by http: nothing but the token is known of them. The first of one token counts:
 * who copies it later, by a server of their own, takes nobody's place.
 */
export async function keyAuthorizationOf(tx: Tx, token: string): Promise<string | null> {
  const row = await tx.maybe<{ text: string }>(sql`
    select key_authorization as text from acme_client_answers
     where token = ${token} and kind = 'http-01' and expires_at > now()
     order by created_at limit 1`)
  return row?.text ?? null
}

/** For whoever asks by TLS, with a name or an address. */
export async function keyAuthorizationFor(tx: Tx, identifier: string): Promise<string | null> {
  const row = await tx.maybe<{ text: string }>(sql`
    select key_authorization as text from acme_client_answers
     where identifier = ${identifier} and kind = 'tls-alpn-01' and expires_at > now()
     order by created_at desc limit 1`)
  return row?.text ?? null
}

export type PlacedAnswer = AnswerRow & AuthorityPlace

/** Those whose order is over, or never will be; any, so that what fails keeps nobody waiting. */
export async function leftAnswers(tx: Tx, limit: number): Promise<PlacedAnswer[]> {
  return tx.rows<PlacedAnswer>(sql`
    select organization_id as "organizationId", authority_id as "authorityId", ${columns}
      from acme_client_answers a
     where expires_at < now() or not exists (select from renewals r
         where r.organization_id = a.organization_id and r.finished_at is null
           and r.id::text = split_part(a.order_id, '/', 2))
     order by random() limit ${limit}`)
}

/** After so long somebody has to remove the record by hand. */
export async function forgetOldAnswers(tx: Tx): Promise<number> {
  return tx.run(sql`delete from acme_client_answers where expires_at < now() - interval '7 days'`)
}
