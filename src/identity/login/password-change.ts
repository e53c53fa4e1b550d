// /trust/api/auth/password: another password, by who knows the old one or has a token of an admin.
// Every other session ends.
import type { Origin } from '../../platform/audit/audit.ts'
import { enterSystem, enterTenant, type Tx } from '../../platform/db.ts'
import { strikePassword } from '../../platform/first-run-file.ts'
import type { OriginRule } from '../../platform/http/browser.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import * as sessions from '../sessions/store.ts'
import { roleOf } from '../users/authority.ts'
import * as members from '../users/members-store.ts'
import { hashPassword } from '../users/password.ts'
import { mayGrant } from '../users/roles.ts'
import * as users from '../users/store.ts'
import { reauthenticate } from './reauthenticate.ts'
import { record } from './record.ts'
import { resetOver, wrongPassword } from './refusal.ts'
import { ChangePassword, LoggedIn, LoginAnswer, ResetPassword } from './schema.ts'
import { kindOf } from './second-factor.ts'
import {
  type FirstStep,
  firstStep,
  type LoginParts,
  sessionOf,
  type Welcome,
  welcome,
} from './service.ts'
import * as store from './store.ts'
import { provingFactor } from './two-factor.ts'
import { keepCookies, refuseOthersPages, type Visit, visitOf } from './visit.ts'

export interface PasswordChangeParts extends LoginParts {
  publicUrl: string
  dataDir: string
  isOwnOrigin: OriginRule
}

export function passwordRoutes(parts: PasswordChangeParts): Route[] {
  return [
    route({
      tag: 'Login',
      permission: 'session',
      method: 'POST',
      path: '/api/auth/password',
      operationId: 'changePassword',
      summary: 'Change your password; all your other sessions end',
      status: 200,
      body: ChangePassword,
      reply: LoggedIn,
      handle: async (request) => {
        const visit = visitOf(request)
        const { answer, cookies } = await change(
          parts,
          { origin: originOf(request), visit },
          request.body,
        )
        keepCookies(request, parts.publicUrl, cookies)
        return answer
      },
    }),
    route({
      tag: 'Login',
      permission: 'public',
      method: 'POST',
      path: '/api/auth/reset-password',
      operationId: 'resetPassword',
      summary: 'Choose another password with a token of an admin; then logs in',
      status: 200,
      body: ResetPassword,
      reply: LoginAnswer,
      errors: ['unauthorized', 'forbidden', 'unavailable'],
      handle: async (request) => {
        refuseOthersPages(request, parts.isOwnOrigin)
        const { answer, cookies } = await reset(parts, visitOf(request), request.body)
        if (cookies !== null) keepCookies(request, parts.publicUrl, cookies)
        return answer
      },
    }),
  ]
}

/** The second step stays: whoever hands on the token has not seen the phone. */
async function reset(
  parts: PasswordChangeParts,
  visit: Visit,
  { token, newPassword }: ResetPassword,
): Promise<FirstStep> {
  const { db } = parts
  const { found, login } = await db.inSystem(async (tx) => {
    const found = await store.findReset(tx, token)
    const login = found && (await users.findLogin(tx, { id: found.user_id }, visit.address))
    return { found, login }
  })
  if (found === null || login === null || !login.is_member) throw resetOver()
  checkNew(newPassword, { login, currentPassword: null })
  const to = await hashPassword(newPassword)
  const renewed = await db.inSystem(async (tx) => {
    await mustStand(tx, found, login)
    const change = { userId: login.id, from: login.password_hash, to }
    const isFirst = await store.endChallenge(tx, token)
    if (!isFirst || !(await users.changePassword(tx, change))) throw resetOver()
    await sessions.closeOthers(tx, login.id, null)
    await store.endChallengesOf(tx, login.id)
    await record(tx, { person: login, ...visit }, { action: 'password.reset' })
    return again(tx, login)
  })
  await strike(parts, login.email)
  return firstStep(parts, visit, renewed)
}

/** Locks what the judgement rests on. Throws 401 where the token is worth nothing any more. */
async function mustStand(tx: Tx, reset: store.Reset, login: users.Login): Promise<void> {
  const { issued_in: organizationId, issued_by: issuer } = reset
  await enterTenant(tx, organizationId)
  await members.lock(tx, organizationId)
  const own = await roleOf(tx, organizationId, issuer)
  const role = await roleOf(tx, organizationId, login.id)
  await enterSystem(tx)
  if (!(await users.lockPassword(tx, login))) throw resetOver()
  const organizations = await users.organizationIdsOf(tx, login.id)
  const isAlone = organizations.length === 1 && organizations[0] === organizationId
  if (own === null || role === null || !mayGrant(own, role) || !isAlone) throw resetOver()
}

/** As the account is after the change. */
async function again(tx: Tx, { id }: users.Login): Promise<users.Login> {
  const login = await users.findLogin(tx, { id }, '')
  if (login === null) throw resetOver()
  return login
}

async function change(
  parts: PasswordChangeParts,
  { origin, visit }: { origin: Origin; visit: Visit },
  { currentPassword, newPassword, code }: ChangePassword,
): Promise<Welcome> {
  const session = sessionOf(origin.caller)
  const login = await reauthenticate(parts, session, currentPassword)
  checkNew(newPassword, { login, currentPassword })
  if (login.has_second_factor && code === undefined) {
    throw invalidField('code', 'is needed, as a second step is asked at your login')
  }
  const to = await hashPassword(newPassword)
  const second = login.has_second_factor ? kindOf(code ?? '') : null
  const replace = async (tx: Tx) => {
    const change = { userId: login.id, from: login.password_hash, to }
    if (!(await users.changePassword(tx, change))) throw wrongPassword()
    await sessions.closeOthers(tx, login.id, null)
    await store.endChallengesOf(tx, login.id)
    await record(tx, { person: login, ...visit }, { action: 'password.changed' })
    const entering = { visit, login: await again(tx, login) }
    return welcome(tx, parts, second === null ? entering : { ...entering, second })
  }
  const changed =
    second === null
      ? await parts.db.inSystem(replace)
      : await provingFactor(parts, session, { code: code ?? '', userId: login.id }, replace)
  await strike(parts, login.email)
  return changed
}

function checkNew(
  wanted: string,
  { login, currentPassword }: { login: users.Login; currentPassword: string | null },
): void {
  if (wanted === currentPassword) throw invalidField('newPassword', 'is the current password')
  if (wanted.toLowerCase() === login.email.toLowerCase()) {
    throw invalidField('newPassword', 'is your address')
  }
  if (new Set(wanted).size < 4) throw invalidField('newPassword', 'repeats too few characters')
}

/** What the first start left no longer opens anything. */
async function strike({ dataDir, log }: PasswordChangeParts, email: string): Promise<void> {
  try {
    await strikePassword(dataDir, email)
  } catch (error) {
    log.warn({ err: error }, 'first-run.json still holds a password that is no longer valid')
  }
}
