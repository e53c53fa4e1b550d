// /trust/api/auth/password: another password, by who knows the old one or has a token of an admin.
// Every other session ends.
import type { Origin } from '../../platform/audit/audit.ts'
import { strikePassword } from '../../platform/first-run-file.ts'
import type { OriginRule } from '../../platform/http/browser.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { invalidField } from '../../platform/http/validation.ts'
import * as sessions from '../sessions/store.ts'
import { hashPassword } from '../users/password.ts'
import * as users from '../users/store.ts'
import { reauthenticate } from './reauthenticate.ts'
import { record } from './record.ts'
import { resetOver, wrongPassword } from './refusal.ts'
import { ChangePassword, LoggedIn, LoginAnswer, ResetPassword } from './schema.ts'
import {
  type FirstStep,
  firstStep,
  type LoginParts,
  sessionOf,
  type Welcome,
  welcome,
} from './service.ts'
import * as store from './store.ts'
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
  const login = await db.inSystem(async (tx) => {
    const found = await store.findReset(tx, token)
    return found && users.findLogin(tx, { id: found.user_id }, visit.address)
  })
  if (login === null || !login.is_member) throw resetOver()
  checkNew(newPassword, { login, currentPassword: null })
  const to = await hashPassword(newPassword)
  await db.inSystem(async (tx) => {
    const change = { userId: login.id, from: login.password_hash, to }
    const isFirst = await store.endChallenge(tx, token)
    if (!isFirst || !(await users.changePassword(tx, change))) throw resetOver()
    await sessions.closeOthers(tx, login.id, null)
    await store.endChallengesOf(tx, login.id)
    await record(tx, { person: login, ...visit }, { action: 'password.reset' })
  })
  await strike(parts, login.email)
  const password_changed_at = new Date(parts.now()).toISOString()
  return firstStep(parts, visit, { ...login, password_changed_at })
}

async function change(
  parts: PasswordChangeParts,
  { origin, visit }: { origin: Origin; visit: Visit },
  { currentPassword, newPassword }: ChangePassword,
): Promise<Welcome> {
  const login = await reauthenticate(parts, sessionOf(origin.caller), currentPassword)
  checkNew(newPassword, { login, currentPassword })
  const to = await hashPassword(newPassword)
  const changed = await parts.db.inSystem(async (tx) => {
    const change = { userId: login.id, from: login.password_hash, to }
    if (!(await users.changePassword(tx, change))) throw wrongPassword()
    await sessions.closeOthers(tx, login.id, null)
    await store.endChallengesOf(tx, login.id)
    await record(tx, { person: login, ...visit }, { action: 'password.changed' })
    const renewed = { ...login, password_changed_at: new Date(parts.now()).toISOString() }
    return welcome(tx, parts, { visit, login: renewed })
  })
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
