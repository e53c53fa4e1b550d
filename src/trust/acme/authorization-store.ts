// SQL of authorizations and their challenges.
import { randomBytes } from 'node:crypto'
import { empty, sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { ChallengeType, Identifier } from './identifiers.ts'
import { isWildcard } from './identifiers.ts'

export interface Owner {
  organizationId: string
  accountId: string
}

export interface AuthorizationRow {
  id: string
  type: Identifier['type']
  value: string
  wildcard: boolean
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired'
  expiresAt: string
}

export interface ChallengeRow {
  id: string
  authorizationId: string
  type: ChallengeType
  token: string
  status: 'pending' | 'processing' | 'valid' | 'invalid'
  error: object | null
  attempts: number
  validatedAt: string | null
}

const columns = sql`a.id, a.kind as type, a.value, a.wildcard, case
    when a.expires_at > now() then a.status
    when a.status = 'valid' then 'expired'
    when a.status = 'pending' then 'invalid'
    else a.status end as status, a.expires_at as "expiresAt"`

const challengeColumns = sql`c.id, c.authorization_id as "authorizationId", c.type, c.token,
  c.status, c.error, c.attempts, c.validated_at as "validatedAt"`

export async function findAuthorization(
  tx: Tx,
  { organizationId, accountId }: Owner,
  id: string,
  { locked = false } = {},
): Promise<AuthorizationRow | null> {
  return tx.maybe<AuthorizationRow>(sql`select ${columns} from acme_authorizations a
    where a.organization_id = ${organizationId} and a.account_id = ${accountId} and a.id = ${id}
    ${locked ? sql`for no key update` : empty}`)
}

export async function challengesOf(
  tx: Tx,
  organizationId: string,
  authorizationId: string,
): Promise<ChallengeRow[]> {
  return tx.rows<ChallengeRow>(sql`select ${challengeColumns} from acme_challenges c
    where c.organization_id = ${organizationId} and c.authorization_id = ${authorizationId}
    order by c.type`)
}

export async function findChallenge(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<ChallengeRow | null> {
  return tx.maybe<ChallengeRow>(sql`select ${challengeColumns} from acme_challenges c
    where c.organization_id = ${organizationId} and c.id = ${id}`)
}

/** One that holds long enough to finish an order with. */
export async function reusable(
  tx: Tx,
  { organizationId, accountId }: Owner,
  identifier: Identifier,
): Promise<string | null> {
  const found = await tx.maybe<{ id: string }>(sql`select id from acme_authorizations
    where organization_id = ${organizationId} and account_id = ${accountId}
      and kind = ${identifier.type} and value = ${bare(identifier)}
      and wildcard = ${isWildcard(identifier)} and status = 'valid'
      and expires_at > now() + interval '10 minutes'
    order by expires_at desc limit 1`)
  return found?.id ?? null
}

export async function insertAuthorization(
  tx: Tx,
  owner: Owner & { authorityId: number },
  made: { identifier: Identifier; challenges: readonly ChallengeType[]; expiresAt: Date },
): Promise<string> {
  const id = uuid7()
  const { identifier, challenges } = made
  await tx.run(sql`insert into acme_authorizations
      (organization_id, id, account_id, authority_id, kind, value, wildcard, status, expires_at)
    values (${owner.organizationId}, ${id}, ${owner.accountId}, ${owner.authorityId},
      ${identifier.type}, ${bare(identifier)}, ${isWildcard(identifier)}, 'pending',
      ${made.expiresAt})`)
  const ids = challenges.map(() => uuid7())
  const tokens = challenges.map(() => randomBytes(32).toString('base64url'))
  await tx.run(sql`insert into acme_challenges
      (organization_id, id, authorization_id, type, token, status)
    select ${owner.organizationId}, c.id, ${id}, c.type, c.token, 'pending'
      from unnest(${ids}::uuid[], ${[...challenges]}::text[], ${tokens}::text[])
        as c (id, type, token)`)
  return id
}

function bare({ value }: Identifier): string {
  return value.replace(/^\*\./, '')
}

export async function setAuthorization(
  tx: Tx,
  organizationId: string,
  id: string,
  change: { status: 'valid' | 'invalid' | 'deactivated'; expiresAt?: Date },
): Promise<void> {
  await tx.run(sql`update acme_authorizations set status = ${change.status},
      expires_at = coalesce(${change.expiresAt ?? null}, expires_at)
    where organization_id = ${organizationId} and id = ${id}`)
}

/** From now on work in the background looks at it. */
export async function offerChallenge(
  tx: Tx,
  organizationId: string,
  id: string,
  thumbprint: string,
): Promise<void> {
  await tx.run(sql`update acme_challenges set status = 'processing', thumbprint = ${thumbprint},
      next_attempt_at = now()
    where organization_id = ${organizationId} and id = ${id} and status = 'pending'`)
}
