// Enrolment of an app for the second step, its recovery codes, and their end.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'
import { closeOthers } from '../sessions/store.ts'
import * as users from '../users/store.ts'
import { reauthenticate } from './reauthenticate.ts'
import { record } from './record.ts'
import { challengeOver, wrongCode } from './refusal.ts'
import type { WithFactor } from './schema.ts'
import { newRecoveryCodes, totpContext, useFactor } from './second-factor.ts'
import { type LoginParts, personOf, renewDevice, sessionOf, where } from './service.ts'
import * as store from './store.ts'
import { base32, keyUri, matchTotp, newTotpSecret } from './totp.ts'
import type { Visit } from './visit.ts'

export interface TwoFactorService {
  status(caller: Caller): Promise<{ enabled: boolean; recoveryCodesLeft: number }>
  /** Nothing is asked at a login until `confirm`. */
  enrol(origin: Origin, password: string): Promise<{ secret: string; uri: string }>
  /** Every other session ends. `device` is for the browser that is known from now on. */
  confirm(origin: Origin, given: Confirming): Promise<{ recoveryCodes: string[]; device: string }>
  disable(origin: Origin, given: WithFactor): Promise<void>
  replaceCodes(origin: Origin, given: WithFactor): Promise<{ recoveryCodes: string[] }>
}

export interface Confirming {
  code: string
  visit: Visit
}

export function twoFactorService(parts: LoginParts): TwoFactorService {
  const { db, secrets } = parts
  return {
    status: (caller) =>
      db.inSystem(async (tx) => {
        const { userId } = sessionOf(caller)
        const row = await store.findTotp(tx, userId)
        const enabled = row !== null && row.confirmed_at !== null
        return { enabled, recoveryCodesLeft: await store.countRecoveryCodes(tx, userId) }
      }),
    async enrol({ caller }, password) {
      const login = await reauthenticate(parts, sessionOf(caller), password)
      const secret = newTotpSecret()
      const sealed = secrets.seal(secret, totpContext(login.id))
      const begun = await db.inSystem((tx) => store.enrol(tx, login.id, sealed))
      if (!begun) throw errors.problem('two_factor_enabled')
      return { secret: base32(secret), uri: keyUri(secret, login.email) }
    },
    confirm: (origin, given) => confirm(parts, origin, given),
    async disable(origin, given) {
      await withFactor(parts, origin, given, async (tx, userId) => {
        await store.removeTotp(tx, userId)
        await note(tx, origin, 'two_factor.disabled')
      })
    },
    replaceCodes: (origin, given) =>
      withFactor(parts, origin, given, async (tx, userId) => {
        const { shown, plain } = newRecoveryCodes()
        await store.replaceRecoveryCodes(tx, userId, plain)
        await note(tx, origin, 'recovery_codes.replaced')
        return { recoveryCodes: shown }
      }),
  }
}

async function confirm(
  parts: LoginParts,
  origin: Origin,
  { code, visit }: Confirming,
): Promise<{ recoveryCodes: string[]; device: string }> {
  const { id, userId } = sessionOf(origin.caller)
  const attempt = await parts.codes.begin({ ...own('code', userId), device: id })
  const made = await parts.db.inSystem(async (tx) => {
    const row = await store.findTotp(tx, userId)
    if (row === null) throw errors.problem('two_factor_not_enrolled')
    if (row.confirmed_at !== null) throw errors.problem('two_factor_enabled')
    const secret = parts.secrets.open(row.sealed_secret, totpContext(userId))
    const step = matchTotp(code, secret, { nowMs: parts.now(), lastStep: row.last_step })
    if (step === null) throw wrongCode()
    const confirmed = { userId, step, sealedSecret: row.sealed_secret }
    if (!(await store.confirm(tx, confirmed))) throw errors.problem('two_factor_enabled')
    const { shown, plain } = newRecoveryCodes()
    await store.replaceRecoveryCodes(tx, userId, plain)
    // They were opened, or begun, with the password alone.
    await closeOthers(tx, userId, id)
    await store.endChallengesOf(tx, userId)
    await note(tx, origin, 'two_factor.enabled')
    const login = await users.findLogin(tx, { id: userId }, '')
    if (login === null) throw challengeOver()
    return { recoveryCodes: shown, device: renewDevice(parts, visit, login) }
  })
  await attempt.right()
  return made
}

/** With the password and a code, as at a login: neither alone takes the other away. */
async function withFactor<Result>(
  parts: LoginParts,
  origin: Origin,
  given: WithFactor,
  work: (tx: Tx, userId: string) => Promise<Result>,
): Promise<Result> {
  const session = sessionOf(origin.caller)
  const login = await reauthenticate(parts, session, given.password)
  if (!login.has_second_factor) throw errors.problem('two_factor_not_enrolled')
  const factor = { code: given.code, userId: login.id }
  return provingFactor(parts, session, factor, (tx) => work(tx, login.id))
}

/** Throws 401 for a wrong code, 429 where the session has guessed too often. */
export async function provingFactor<Result>(
  parts: LoginParts,
  session: { id: string },
  { code, userId }: { code: string; userId: string },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const attempt = await parts.codes.begin({ ...own('code', userId), device: session.id })
  const result = await parts.db.inSystem(async (tx) => {
    const factor = { userId, given: code, nowMs: parts.now() }
    if (!(await useFactor(tx, parts.secrets, factor))) throw wrongCode()
    return work(tx)
  })
  await attempt.right()
  return result
}

/** Guesses of a session count on their own. */
function own(kind: string, userId: string) {
  return { account: `${kind} ${userId}`, address: '', familiar: true }
}

async function note(tx: Tx, { caller, ...from }: Origin, action: string): Promise<void> {
  await record(tx, { person: personOf(caller), ...where(from) }, { action })
}
