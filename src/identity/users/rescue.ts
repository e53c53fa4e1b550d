// What only the operator of the machine can do about accounts, with no request and no server: a way
// back for whom no admin can help, and an address back to the person it belongs to. Every
// organization that relies on the account finds it in its audit log.
import { randomBytes } from 'node:crypto'
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import { type Database, enterSystem, enterTenant, sql, type Tx } from '../../platform/db.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import { endChallengesOf, removeTotp } from '../login/store.ts'
import { closeOthers } from '../sessions/store.ts'
import { hashPassword } from './password.ts'
import * as store from './store.ts'

/** Nothing was changed. */
export class RescueRefused extends Error {
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.name = 'RescueRefused'
    this.fix = fix
  }
}

export interface Place {
  id: string
  name: string
  role: string
}

export interface Rescued {
  email: string
  /** Shown this once. */
  password: string
  places: Place[]
  sessionsEnded: number
  /** Whether a code is still asked at the login. */
  secondStep: boolean
}

/**
 * A new password, which is due to be changed, for an owner, or for who is in several organizations:
 * all others an admin can help. Their sessions end. Throws RescueRefused.
 */
export async function resetOwner(
  db: Database,
  { email, disableTwoFactor }: { email: string; disableTwoFactor: boolean },
): Promise<Rescued> {
  const password = randomBytes(18).toString('base64url')
  const passwordHash = await hashPassword(password)
  return db.inSystem(async (tx) => {
    const { login, places } = await find(tx, email)
    if (places.length === 0) {
      throw new RescueRefused(
        `${login.email} is in no organization`,
        'an owner or admin invites the address anew',
      )
    }
    if (places.length === 1 && places[0]?.role !== 'owner') {
      throw new RescueRefused(
        `${login.email} is ${places[0]?.role} of ${places[0]?.name}, and no owner`,
        'an owner or admin of that organization resets the password',
      )
    }
    await tx.run(sql`update users set password_hash = ${passwordHash}, password_changed_at = null
      where id = ${login.id}`)
    const disabled = disableTwoFactor && (await removeTotp(tx, login.id))
    const sessionsEnded = await end(tx, login)
    const details = { by: 'operator', two_factor_disabled: disabled }
    await tell(tx, places, login, { action: 'password.reset', details })
    const secondStep = login.has_second_factor && !disabled
    return { email: login.email, password, places, sessionsEnded, secondStep }
  })
}

export interface Released {
  email: string
  /** What the account is called from now on; nobody can write to it. */
  renamed: string
  places: Place[]
  sessionsEnded: number
}

/**
 * Takes an address from an account that somebody else made with it. The account stays where it is,
 * under another name: nothing of those organizations is lost, and it can be found again.
 *
 * @param from ids of all organizations that the account is in, so that nobody does it unseen
 */
export async function releaseAddress(
  db: Database,
  { email, from }: { email: string; from: readonly string[] },
): Promise<Released> {
  return db.inSystem(async (tx) => {
    const { login, places } = await find(tx, email)
    if (places.some(({ role, isFirst }) => isFirst && role === 'owner')) {
      throw new RescueRefused(
        `${login.email} operates this installation`,
        'panthera owner reset gives it another password',
      )
    }
    const ids = places.map(({ id }) => id)
    if ([...ids].sort().join() !== [...new Set(from)].sort().join()) throw unseen(login, places)
    const renamed = `${login.id}@released.invalid`
    await tx.run(sql`update users set email = ${renamed} where id = ${login.id}`)
    const sessionsEnded = await end(tx, login)
    const details = { email_before: login.email, email: renamed }
    await tell(tx, places, login, { action: 'user.address_released', details })
    return { email: login.email, renamed, places, sessionsEnded }
  })
}

function unseen(login: store.Login, places: readonly Place[]): RescueRefused {
  const where = places.map(({ id, name, role }) => `${role} of ${name} (${id})`)
  const ids = places.map(({ id }) => id).join(',')
  return new RescueRefused(
    `${login.email} is ${where.join(', ') || 'in no organization'}`,
    ids === '' ? 'leave out --from' : `if that is not its person, say so with --from ${ids}`,
  )
}

/** Locks the account. Throws RescueRefused. */
async function find(tx: Tx, email: string) {
  const login = await store.findLogin(tx, { email }, '')
  if (login === null || !(await store.lockPassword(tx, login))) {
    throw new RescueRefused(`no account has the address ${email}`, 'check how it is spelt')
  }
  const places = await store.organizationsOf(tx, login.id)
  return {
    login,
    places: places.map(({ organization_id: id, name, role, is_first: isFirst }) => {
      return { id, name, role, isFirst }
    }),
  }
}

/** Keys and clients stay: they are the organizations', and end with the membership. */
async function end(tx: Tx, { id }: store.Login): Promise<number> {
  await endChallengesOf(tx, id)
  return closeOthers(tx, id, null)
}

async function tell(
  tx: Tx,
  places: readonly Place[],
  { id }: store.Login,
  entry: { action: string; details: Readonly<Record<string, unknown>> },
): Promise<void> {
  for (const { id: organizationId } of places) {
    await enterTenant(tx, organizationId)
    // Policies may name the person by address.
    await announceAuthorizationChange(tx, organizationId)
    await appendAudit(tx, byOperator(organizationId), {
      ...entry,
      objectType: 'user',
      objectId: id,
    })
  }
  await enterSystem(tx)
}

function byOperator(organizationId: string): AuditOrigin {
  const actor = { kind: 'system', id: 'operator', name: 'Operator of the installation' } as const
  return { caller: { organizationId, actor }, address: null, requestId: null }
}
