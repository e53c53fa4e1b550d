// Who is in an organization, with which role and in which workspaces. Nobody touches a role above
// their own, and an organization keeps an owner.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { type Database, enterSystem, type Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { randomBase62 } from '../../platform/ids.ts'
import { errors } from '../errors.ts'
import { reauthenticate } from '../login/reauthenticate.ts'
import { type LoginParts, sessionOf } from '../login/service.ts'
import { endResetsOf, insertReset, type Reset, removeTotp } from '../login/store.ts'
import { closeOthers } from '../sessions/store.ts'
import { requireGrant, requireUserPermission } from './authority.ts'
import { type EndedCredentials, endCredentials } from './credentials.ts'
import type {
  ChangedMember,
  ChangeMember,
  Member,
  MemberQuery,
  PasswordReset,
} from './members-schema.ts'
import * as store from './members-store.ts'
import { isInEveryWorkspace } from './roles.ts'
import { organizationIdsOf } from './store.ts'

export interface MemberService {
  list(caller: Caller, query: MemberQuery): Promise<{ members: Member[]; total: number }>
  change(origin: Origin, userId: string, wanted: ChangeMember): Promise<ChangedMember>
  remove(origin: Origin, userId: string): Promise<ChangedMember>
  /** For who has lost the phone and the recovery codes. */
  resetTwoFactor(origin: Origin, userId: string, password: string): Promise<Member>
  /** For who has forgotten it: a token with which they choose another one. */
  resetPassword(origin: Origin, userId: string, password: string): Promise<PasswordReset>
}

/** `revoked` is called after the commit, so that this node forgets the credentials at once. */
export function memberService(
  parts: LoginParts,
  { revoked }: { revoked: () => void },
): MemberService {
  const { db } = parts
  return {
    async list(caller, query) {
      const { rows, total } = await db.inTenant(caller.organizationId, async (tx) => {
        await requireUserPermission(tx, caller, 'manage_users')
        return store.list(tx, caller.organizationId, query)
      })
      return { members: await shown(db, rows), total }
    },
    async change(origin, userId, wanted) {
      let ended = nothingEnded
      const member = await within(db, { origin, userId, wanted }, async (tx, before) => {
        const role = wanted.role ?? before.role
        if (isInEveryWorkspace(before.role) && !isInEveryWorkspace(role)) {
          ended = await endCredentials(tx, origin.caller.organizationId, userId)
        }
        return change(tx, { origin, member: before, wanted, ended })
      })
      revoked()
      return { ...member, revokedKeys: ended.keys, deletedClients: ended.clients }
    },
    async remove(origin, userId) {
      let ended = nothingEnded
      const gone = await within(db, { origin, userId }, async (tx, member) => {
        const { organizationId } = origin.caller
        await keepAnOwner(tx, organizationId, member)
        await store.remove(tx, organizationId, userId)
        ended = await endCredentials(tx, organizationId, userId)
        const details = { role: member.role, ...told(ended) }
        await appendAudit(tx, origin, entry('member.removed', member, details))
        await enterSystem(tx)
        await endResetsOf(tx, userId)
        // In no organization there is nothing left to be logged in to.
        const rest = await organizationIdsOf(tx, userId)
        if (rest.length === 0) await closeOthers(tx, userId, null)
        return member
      })
      revoked()
      return { ...gone, revokedKeys: ended.keys, deletedClients: ended.clients }
    },
    async resetTwoFactor(origin, userId, password) {
      await confirmed(parts, origin, { userId, password })
      return within(db, { origin, userId }, async (tx, member) => {
        await weaken(tx, origin, { member, action: 'two_factor.reset' })
        await removeTotp(tx, userId)
        await closeOthers(tx, userId, null)
        return member
      })
    },
    async resetPassword(origin, userId, password) {
      await confirmed(parts, origin, { userId, password })
      const token = `reset_${randomBase62(40)}`
      let expiresAt = ''
      await within(db, { origin, userId }, async (tx, member) => {
        await weaken(tx, origin, { member, action: 'password_reset.issued' })
        expiresAt = (await insertReset(tx, token, resetBy(origin, userId))).expires_at
        return member
      })
      return { token, expiresAt }
    },
  }
}

function resetBy({ caller }: Origin, userId: string): Reset {
  const issuedBy = sessionOf(caller).userId
  return { user_id: userId, issued_in: caller.organizationId, issued_by: issuedBy }
}

/** Throws 403 for one's own: a session that was left open must not be enough. */
async function confirmed(
  parts: LoginParts,
  { caller }: Origin,
  given: { userId: string; password: string },
): Promise<void> {
  const session = sessionOf(caller)
  if (session.userId === given.userId) {
    throw common.problem('forbidden', { message: 'Your own you change with what you have of it' })
  }
  await reauthenticate(parts, session, given.password)
}

/** Throws 409 where other organizations rely on the login. Ends across tenants. */
async function weaken(
  tx: Tx,
  origin: Origin,
  { member, action }: { member: store.MemberRow; action: string },
): Promise<void> {
  await appendAudit(tx, origin, entry(action, member, {}))
  await enterSystem(tx)
  const organizations = await organizationIdsOf(tx, member.id)
  if (organizations.length > 1) throw errors.problem('user_in_other_organizations')
}

async function change(
  tx: Tx,
  asked: {
    origin: Origin
    member: store.MemberRow
    wanted: ChangeMember
    ended: EndedCredentials
  },
): Promise<store.MemberRow | null> {
  const { origin, member, wanted } = asked
  const { organizationId } = origin.caller
  const userId = member.id
  const { role = member.role } = wanted
  if (role !== member.role) {
    await keepAnOwner(tx, organizationId, member)
    await store.setRole(tx, { organizationId, userId, role })
  }
  const ids = wanted.workspaceIds ?? (await placesLeft(tx, organizationId, { ...member, role }))
  await requireWorkspaces(tx, organizationId, ids)
  await store.setWorkspaces(tx, { organizationId, userId, ids })
  const details = { role_before: member.role, role, workspace_ids: ids, ...told(asked.ended) }
  await appendAudit(tx, origin, entry('member.changed', member, details))
  return store.find(tx, organizationId, userId)
}

const nothingEnded: EndedCredentials = { keys: [], clients: [] }

function told({ keys, clients }: EndedCredentials) {
  const ids = (ended: readonly { id: string }[]) => ended.map(({ id }) => id)
  return { revoked_keys: ids(keys), deleted_clients: ids(clients) }
}

/** Who was in every workspace by their role, and no longer is, keeps the default one. */
async function placesLeft(
  tx: Tx,
  organizationId: string,
  { role, workspace_ids: ids }: store.MemberRow,
): Promise<string[]> {
  if (ids.length > 0 || isInEveryWorkspace(role)) return ids
  return [await store.defaultWorkspace(tx, organizationId)]
}

/** The member as it then is, for who may manage them. */
async function within(
  db: Database,
  asked: { origin: Origin; userId: string; wanted?: ChangeMember },
  work: (tx: Tx, member: store.MemberRow) => Promise<store.MemberRow | null>,
): Promise<Member> {
  const { userId, wanted = {} } = asked
  const { caller } = asked.origin
  const { organizationId } = caller
  const after = await db.inTenant(organizationId, async (tx) => {
    await store.lock(tx, organizationId)
    const own = await requireUserPermission(tx, caller, 'manage_users')
    await store.holdMember(tx, organizationId, userId)
    const member = await store.find(tx, organizationId, userId)
    if (member === null) throw errors.problem('user_not_found')
    requireGrant(own, member.role)
    if (wanted.role !== undefined) requireGrant(own, wanted.role)
    return work(tx, member)
  })
  const [member] = await shown(db, after === null ? [] : [after])
  if (member === undefined) throw errors.problem('user_not_found')
  return member
}

/** Throws 409 where this one is the last. */
async function keepAnOwner(tx: Tx, organizationId: string, member: store.MemberRow): Promise<void> {
  if (member.role !== 'owner') return
  const owners = await store.activeOwners(tx, organizationId)
  if (!owners.some((id) => id !== member.id)) throw errors.problem('last_owner')
}

/** Throws 400. Within the tenant. */
export async function requireWorkspaces(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<void> {
  const unknown = await store.unknownWorkspace(tx, organizationId, ids)
  if (unknown === null) return
  throw invalidField('workspaceIds', `${unknown} is not a workspace of this organization`)
}

async function shown(db: Database, rows: readonly store.MemberRow[]): Promise<Member[]> {
  const ids = rows.map(({ id }) => id)
  const enrolled = await db.inSystem((tx) => store.withSecondFactor(tx, ids))
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    workspaceIds: row.workspace_ids,
    twoFactorEnabled: enrolled.has(row.id),
    joinedAt: row.joined_at,
  }))
}

function entry(action: string, { id, email }: store.MemberRow, details: object) {
  return { action, objectType: 'user', objectId: id, details: { email, ...details } }
}
