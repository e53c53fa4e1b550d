// Logging in, in one step or two. Whether an account exists shows neither in the answer nor in the
// time it takes.
import { randomBytes } from 'node:crypto'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { type Database, enterTenant, type Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { randomBase62 } from '../../platform/ids.ts'
import type { Logger } from '../../platform/log.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import { join } from '../invitations/join.ts'
import * as sessions from '../sessions/store.ts'
import { hashPassword, verifyPassword } from '../users/password.ts'
import * as users from '../users/store.ts'
import { describeAccount } from './account.ts'
import type { Devices } from './device.ts'
import { record } from './record.ts'
import { challengeOver, wrongCode, wrongPassword } from './refusal.ts'
import type { LoggedIn, Login, SecondStep, VerifyCode } from './schema.ts'
import { kindOf, useFactor } from './second-factor.ts'
import * as store from './store.ts'
import type { Throttle } from './throttle.ts'
import type { Cookies, Visit } from './visit.ts'

export interface LoginParts {
  db: Database
  secrets: Secrets
  log: Logger
  devices: Devices
  passwords: Throttle
  codes: Throttle
  now: () => number
}

export type Welcome = { answer: LoggedIn; cookies: Cookies }
export type FirstStep = { answer: SecondStep; cookies: null } | Welcome

export interface LoginService {
  login(visit: Visit, given: Login): Promise<FirstStep>
  verify(visit: Visit, given: VerifyCode): Promise<Welcome>
  logout(origin: Origin): Promise<void>
  describe(caller: Caller): Promise<LoggedIn>
  rename(origin: Origin, name: string): Promise<LoggedIn>
}

export function loginService(parts: LoginParts): LoginService {
  const { db } = parts
  const describe = (caller: Caller) =>
    db.inSystem(async (tx) => {
      const login = await users.findLogin(tx, { id: personId(caller) }, '')
      if (login === null) throw challengeOver()
      return describeAccount(tx, login, caller.organizationId)
    })
  return {
    async login(visit, { email, password }) {
      return firstStep(parts, visit, await provePassword(parts, visit, { email, password }))
    },
    verify: (visit, given) => verify(parts, visit, given),
    async logout({ caller, ...from }) {
      const { id, userId } = sessionOf(caller)
      await db.inSystem(async (tx) => {
        await sessions.close(tx, userId, id)
        await record(tx, { person: personOf(caller), ...where(from) }, { action: 'session.closed' })
      })
    },
    describe,
    async rename(origin, name) {
      const { caller } = origin
      await db.inSystem(async (tx) => {
        await users.rename(tx, personId(caller), name)
        // Policies may name the person, in each organization.
        for (const id of await users.organizationIdsOf(tx, personId(caller))) {
          await enterTenant(tx, id)
          await announceAuthorizationChange(tx, id)
        }
        await enterTenant(tx, caller.organizationId)
        const entry = { action: 'user.renamed', objectType: 'user', objectId: personId(caller) }
        await appendAudit(tx, origin, { ...entry, details: { name } })
      })
      return describe(caller)
    },
  }
}

/**
 * The password was right: opens a session, or asks for the second step. Whichever is the last step
 * also accepts the invitation of that hash.
 */
export async function firstStep(
  parts: LoginParts,
  visit: Visit,
  login: users.Login,
  invitation: Buffer | null = null,
): Promise<FirstStep> {
  const { db } = parts
  if (!login.has_second_factor) {
    return db.inSystem(async (tx) => {
      if (invitation !== null) await join(tx, { invitation, login, visit })
      return welcome(tx, parts, { visit, login })
    })
  }
  const token = `2fa_${randomBase62(40)}`
  const challenge = { user_id: login.id, invitation_hash: invitation }
  await db.inSystem((tx) => store.insertChallenge(tx, token, challenge))
  return { answer: { requires2FA: true, token }, cookies: null }
}

/**
 * Answers who it is. Throws 401, or 429 where there were too many guesses.
 */
export async function provePassword(
  parts: LoginParts,
  visit: Visit,
  given: Login,
  { membersOnly } = { membersOnly: true },
): Promise<users.Login> {
  const { account, found } = await parts.db.inSystem(async (tx) => ({
    account: await users.normalAddress(tx, given.email),
    found: await users.findLogin(tx, { email: given.email }, visit.address),
  }))
  const attempt = await parts.passwords.begin({
    account: `password ${account}`,
    address: visit.address,
    device: found && parts.devices.read(visit.device, found.epoch),
    familiar: found?.familiar ?? false,
  })
  const isRight = await verifyPassword(given.password, found?.password_hash ?? (await decoy()))
  if (found === null || !isRight || (membersOnly && !found.is_member)) {
    if (found !== null) note(parts, { person: found, visit, reason: 'password' })
    throw wrongPassword()
  }
  await attempt.right()
  return found
}

async function verify(parts: LoginParts, visit: Visit, given: VerifyCode): Promise<Welcome> {
  const { db, codes, passwords, devices } = parts
  const { login, invitation } = await db.inSystem(async (tx) => {
    const challenge = await store.tryChallenge(tx, given.token)
    if (challenge === null) throw challengeOver()
    const found = await users.findLogin(tx, { id: challenge.user_id }, visit.address)
    return { login: found, invitation: challenge.invitation_hash }
  })
  if (login === null || (!login.is_member && invitation === null)) throw challengeOver()
  // A recovery code cannot be guessed, so strangers who guess codes do not shut out who has one.
  const kind = kindOf(given.code)
  const attempt = await (kind === 'code' ? codes : passwords).begin({
    account: `${kind.replace(' ', '-')} ${login.id}`,
    address: visit.address,
    device: devices.read(visit.device, login.epoch),
    familiar: false,
  })
  const opened = await db.inSystem(async (tx) => {
    // First, because it waits for what others hold who then end this challenge.
    if (invitation !== null) await join(tx, { invitation, login, visit })
    const factor = { userId: login.id, given: given.code, nowMs: parts.now() }
    if (!(await useFactor(tx, parts.secrets, factor))) {
      note(parts, { person: login, visit, reason: kind })
      throw wrongCode()
    }
    if (!(await store.endChallenge(tx, given.token))) throw challengeOver()
    return welcome(tx, parts, { visit, login, second: kind })
  })
  await attempt.right()
  return opened
}

/** A new session with a new id, in place of the one that the browser brought along. */
export async function welcome(
  tx: Tx,
  parts: LoginParts,
  entering: { visit: Visit; login: users.Login; second?: string },
): Promise<Welcome> {
  const { visit, login, second } = entering
  if (visit.session !== null) await sessions.closeByCookie(tx, visit.session)
  const { id, cookie } = await sessions.open(tx, {
    userId: login.id,
    address: visit.address,
    userAgent: visit.userAgent,
    surface: visit.surface,
    methods: [...(visit.methods ?? ['pwd']), ...(second === undefined ? [] : ['otp'])],
  })
  await record(
    tx,
    { person: login, ...visit },
    {
      action: 'session.opened',
      details: { session_id: id, ...(second === undefined ? {} : { second_factor: second }) },
    },
  )
  const device = renewDevice(parts, visit, login)
  return { answer: await describeAccount(tx, login), cookies: { session: cookie, device } }
}

/** The cookie of this browser for the account as it now is. */
export function renewDevice(
  { devices }: LoginParts,
  visit: Pick<Visit, 'device'>,
  { epoch }: Pick<users.Login, 'epoch'>,
): string {
  return devices.issue(epoch, devices.read(visit.device, epoch))
}

/** Beside the answer, which must not take longer for an account that exists. */
function note(
  parts: LoginParts,
  failed: { person: users.Login; visit: Visit; reason: string },
): void {
  const { person, visit, reason } = failed
  const entry = { action: 'login.failed', result: 'failure', details: { wrong: reason } } as const
  parts.db
    .inSystem((tx) => record(tx, { person, ...visit }, entry))
    .catch((error: unknown) => parts.log.warn({ err: error }, 'a failed login was not recorded'))
}

let decoyHash: Promise<string> | null = null

/** As costly to compare with as a real one, and nobody's. */
export function decoy(): Promise<string> {
  decoyHash ??= hashPassword(randomBytes(18).toString('base64url')).catch((error: unknown) => {
    decoyHash = null
    throw error
  })
  return decoyHash
}

/** Of a caller that a route with the permission `session` let in. */
export function sessionOf(caller: Caller): { id: string; userId: string } {
  if (caller.session === undefined) throw new Error('the route lets in sessions only')
  return caller.session
}

export function personOf(caller: Caller): { id: string; email: string } {
  return { id: sessionOf(caller).userId, email: caller.actor.name }
}

function personId(caller: Caller): string {
  return sessionOf(caller).userId
}

export function where(from: Omit<Origin, 'caller'>): { address: string; requestId: string } {
  return { address: from.address ?? '', requestId: from.requestId ?? '' }
}
