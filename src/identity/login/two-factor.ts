// Enrolment of an app for the second step, its recovery codes, and their end.
import type { Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'
import { reauthenticate } from './reauthenticate.ts'
import { record } from './record.ts'
import { wrongCode } from './refusal.ts'
import type { WithFactor } from './schema.ts'
import { newRecoveryCodes, totpContext, useFactor } from './second-factor.ts'
import { type LoginParts, personOf, sessionOf, where } from './service.ts'
import * as store from './store.ts'
import { base32, keyUri, matchTotp, newTotpSecret } from './totp.ts'

export interface TwoFactorService {
  status(caller: Caller): Promise<{ enabled: boolean; recoveryCodesLeft: number }>
  /** Nothing is asked at a login until `confirm`. */
  enrol(origin: Origin, password: string): Promise<{ secret: string; uri: string }>
  confirm(origin: Origin, code: string): Promise<{ recoveryCodes: string[] }>
  disable(origin: Origin, given: WithFactor): Promise<void>
  replaceCodes(origin: Origin, given: WithFactor): Promise<{ recoveryCodes: string[] }>
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
    confirm: (origin, code) => confirm(parts, origin, code),
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
  code: string,
): Promise<{ recoveryCodes: string[] }> {
  const { id, userId } = sessionOf(origin.caller)
  const attempt = await parts.codes.begin({ ...own('code', userId), device: id })
  const codes = await parts.db.inSystem(async (tx) => {
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
    await note(tx, origin, 'two_factor.enabled')
    return shown
  })
  await attempt.right()
  return { recoveryCodes: codes }
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
  const attempt = await parts.codes.begin({ ...own('code', login.id), device: session.id })
  const result = await parts.db.inSystem(async (tx) => {
    const factor = { userId: login.id, given: given.code, nowMs: parts.now() }
    if (!(await useFactor(tx, parts.secrets, factor))) throw wrongCode()
    return work(tx, login.id)
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
