// SQL of two-step logins: challenges between the steps, secrets of apps, recovery codes.
import { createHash } from 'node:crypto'
import { sql, type Tx } from '../../platform/db.ts'

const challengeSeconds = 300
const resetSeconds = 3_600
const attemptsMax = 5

export interface Challenge {
  user_id: string
  /** Of what is accepted with the second step; null for nothing. */
  invitation_hash: Buffer | null
}

export async function insertChallenge(tx: Tx, token: string, made: Challenge): Promise<void> {
  await tx.run(sql`delete from login_challenges where expires_at <= now()`)
  await tx.run(sql`
    insert into login_challenges (hash, user_id, purpose, invitation_hash, expires_at)
    values (${hashOf(token)}, ${made.user_id}, 'second_step', ${made.invitation_hash},
      now() + ${challengeSeconds} * interval '1 second')`)
}

/** Who lets somebody choose another password, and as whose member. */
export interface Reset {
  user_id: string
  issued_in: string
  issued_by: string
}

/** In place of an earlier one. Answers when it ends. */
export async function insertReset(
  tx: Tx,
  token: string,
  made: Reset,
): Promise<{ expires_at: string }> {
  await endResetsOf(tx, made.user_id)
  return tx.one<{ expires_at: string }>(sql`
    insert into login_challenges
      (hash, user_id, purpose, issued_in, issued_by, expires_at)
    values (${hashOf(token)}, ${made.user_id}, 'password_reset', ${made.issued_in},
      ${made.issued_by}, now() + ${resetSeconds} * interval '1 second')
    returning expires_at`)
}

/** Of a person whose organizations change: a reset was for those of before. */
export async function endResetsOf(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`delete from login_challenges
    where user_id = ${userId} and purpose = 'password_reset'`)
}

export async function findReset(tx: Tx, token: string): Promise<Reset | null> {
  return tx.maybe<Reset>(sql`select user_id, issued_in, issued_by from login_challenges
    where hash = ${hashOf(token)} and purpose = 'password_reset' and expires_at > now()`)
}

/** Counts a try. Null where there is no such challenge, or no try left. */
export async function tryChallenge(tx: Tx, token: string): Promise<Challenge | null> {
  return tx.maybe<Challenge>(sql`
    update login_challenges set attempts = attempts + 1
     where hash = ${hashOf(token)} and purpose = 'second_step' and expires_at > now()
       and attempts < ${attemptsMax}
    returning user_id, invitation_hash`)
}

/** Answers whether it was still there: of two right answers at once, one opens a session. */
export async function endChallenge(tx: Tx, token: string): Promise<boolean> {
  return (await tx.run(sql`delete from login_challenges where hash = ${hashOf(token)}`)) === 1
}

export async function endChallengesOf(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`delete from login_challenges where user_id = ${userId}`)
}

export interface TotpRow {
  sealed_secret: Buffer
  last_step: number
  confirmed_at: string | null
}

export async function findTotp(tx: Tx, userId: string): Promise<TotpRow | null> {
  return tx.maybe<TotpRow>(
    sql`select sealed_secret, last_step, confirmed_at from user_totp where user_id = ${userId}`,
  )
}

/** Begins an enrolment, or begins it anew. False where one is complete. */
export async function enrol(tx: Tx, userId: string, sealedSecret: Buffer): Promise<boolean> {
  const changed = await tx.run(sql`
    insert into user_totp as t (user_id, sealed_secret) values (${userId}, ${sealedSecret})
    on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = 0
      where t.confirmed_at is null`)
  return changed === 1
}

/** Uses up a time step and all before it. False where that was done already. */
export async function useStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  const changed = await tx.run(sql`update user_totp set last_step = ${step}
    where user_id = ${userId} and last_step < ${step} and confirmed_at is not null`)
  return changed === 1
}

export async function confirm(
  tx: Tx,
  confirmed: { userId: string; step: number; sealedSecret: Buffer },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update user_totp set last_step = ${confirmed.step}, confirmed_at = now()
     where user_id = ${confirmed.userId} and confirmed_at is null
       and sealed_secret = ${confirmed.sealedSecret}`)
  return changed === 1
}

/** With the recovery codes. False where there was none. */
export async function removeTotp(tx: Tx, userId: string): Promise<boolean> {
  await tx.run(sql`delete from recovery_codes where user_id = ${userId}`)
  return (await tx.run(sql`delete from user_totp where user_id = ${userId}`)) === 1
}

export async function replaceRecoveryCodes(
  tx: Tx,
  userId: string,
  codes: readonly string[],
): Promise<void> {
  const hashes = codes.map((code) => recoveryHash(userId, code))
  await tx.run(sql`delete from recovery_codes where user_id = ${userId}`)
  await tx.run(sql`insert into recovery_codes (user_id, hash)
    select ${userId}, hash from unnest(${hashes}::bytea[]) as hash`)
}

export async function useRecoveryCode(tx: Tx, userId: string, code: string): Promise<boolean> {
  const changed = await tx.run(sql`update recovery_codes set used_at = now()
    where user_id = ${userId} and hash = ${recoveryHash(userId, code)} and used_at is null`)
  return changed === 1
}

export async function countRecoveryCodes(tx: Tx, userId: string): Promise<number> {
  const { left } = await tx.one<{ left: number }>(sql`select count(*) as left from recovery_codes
    where user_id = ${userId} and used_at is null`)
  return left
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function recoveryHash(userId: string, code: string): Buffer {
  return createHash('sha256').update(`${userId} ${code}`).digest()
}
