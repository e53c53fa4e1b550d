// Lets people in: whoever has the token and proves, or chooses, the password of the invited
// address. An invitation is worth what its maker may still give at that moment.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import { enterSystem, enterTenant, type Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId, randomBase62, uuid7 } from '../../platform/ids.ts'
import { errors } from '../errors.ts'
import { NewPassword } from '../login/schema.ts'
import { type FirstStep, firstStep, type LoginParts, provePassword } from '../login/service.ts'
import type { Visit } from '../login/visit.ts'
import type { PageQuery } from '../paging.ts'
import { requireGrant, requireUserPermission, roleOf } from '../users/authority.ts'
import { requireWorkspaces } from '../users/members.ts'
import * as members from '../users/members-store.ts'
import { hashPassword } from '../users/password.ts'
import { isInEveryWorkspace, mayGrant } from '../users/roles.ts'
import * as users from '../users/store.ts'
import type { AcceptInvitation, CreatedInvitation, CreateInvitation, Invitation } from './schema.ts'
import * as store from './store.ts'

export interface InvitationService {
  list(caller: Caller, query: PageQuery): Promise<{ invitations: Invitation[]; total: number }>
  create(origin: Origin, wanted: CreateInvitation): Promise<CreatedInvitation>
  revoke(origin: Origin, id: string): Promise<Invitation>
  /** Ends as a login does. */
  accept(visit: Visit, given: AcceptInvitation): Promise<FirstStep>
}

export function invitationService(parts: LoginParts): InvitationService {
  const { db } = parts
  return {
    async list(caller, query) {
      const { organizationId } = caller
      const { rows, total } = await db.inTenant(organizationId, async (tx) => {
        await requireUserPermission(tx, caller, 'manage_users')
        return store.list(tx, organizationId, query)
      })
      return { invitations: rows.map(shown), total }
    },
    create: (origin, wanted) =>
      db.inTenant(origin.caller.organizationId, (tx) => create(tx, origin, wanted)),
    async revoke(origin, id) {
      const { organizationId } = origin.caller
      return db.inTenant(organizationId, async (tx) => {
        await requireUserPermission(tx, origin.caller, 'manage_users')
        const revoked = await store.revoke(tx, organizationId, id)
        if (revoked === null) throw errors.problem('invitation_not_found')
        await appendAudit(tx, origin, entry('invitation.revoked', revoked))
        return shown(revoked)
      })
    },
    accept: (visit, given) => accept(parts, visit, given),
  }
}

async function create(
  tx: Tx,
  origin: Origin,
  wanted: CreateInvitation,
): Promise<CreatedInvitation> {
  const { organizationId, actor } = origin.caller
  const own = await requireUserPermission(tx, origin.caller, 'manage_users')
  requireGrant(own, wanted.role)
  if (await store.isMember(tx, organizationId, wanted.email)) {
    throw errors.problem('already_member')
  }
  const workspaceIds = wanted.workspaceIds ?? [await members.defaultWorkspace(tx, organizationId)]
  await requireWorkspaces(tx, organizationId, workspaceIds)
  const token = `inv_${randomBase62(40)}`
  const made = await store.insert(tx, {
    organizationId,
    id: prefixedId('invite'),
    email: wanted.email,
    role: wanted.role,
    workspaceIds,
    token,
    createdBy: actor.id,
  })
  await appendAudit(tx, origin, entry('invitation.created', made))
  return { ...shown(made), token }
}

async function accept(
  parts: LoginParts,
  visit: Visit,
  given: AcceptInvitation,
): Promise<FirstStep> {
  const { db } = parts
  const found = await db.inSystem(async (tx) => {
    const invitation = await store.findByToken(tx, given.token)
    if (invitation === null) throw errors.problem('invitation_not_found')
    const { email } = invitation
    return { invitation, login: await users.findLogin(tx, { email }, visit.address) }
  })
  const { email } = found.invitation
  const joining =
    found.login === null
      ? { userId: uuid7(), passwordHash: await newHash(given.password) }
      : { userId: await knownUser(parts, visit, { email, password: given.password }) }
  const name = given.name ?? null
  const login = await db.inSystem(async (tx) => {
    if (joining.passwordHash !== undefined) {
      const { userId: id, passwordHash } = joining
      const made = await users.register(tx, { id, email, name, passwordHash })
      // Somebody has just taken the address: it is theirs to prove.
      if (made === null) throw errors.problem('invitation_not_found')
    }
    await join(tx, { invitation: found.invitation, userId: joining.userId, visit })
    return users.findLogin(tx, { id: joining.userId }, visit.address)
  })
  if (login === null) throw errors.problem('invitation_not_found')
  return firstStep(parts, visit, login)
}

async function newHash(password: string): Promise<string> {
  const checked = NewPassword.safeParse(password)
  if (!checked.success) throw invalidField('password', 'must have at least 12 characters')
  return hashPassword(password)
}

async function knownUser(
  parts: LoginParts,
  visit: Visit,
  given: { email: string; password: string },
): Promise<string> {
  const { id } = await provePassword(parts, visit, given, { membersOnly: false })
  return id
}

/** From the system's view and back to it. */
async function join(
  tx: Tx,
  { invitation, userId, visit }: { invitation: store.InvitationRow; userId: string; visit: Visit },
): Promise<void> {
  const { organization_id: organizationId, role, email } = invitation
  await enterTenant(tx, organizationId)
  await members.lock(tx, organizationId)
  const maker = await roleOf(tx, organizationId, invitation.created_by)
  const isWorth = maker !== null && mayGrant(maker, role)
  if (!isWorth || !(await store.accept(tx, organizationId, invitation.id))) {
    throw errors.problem('invitation_not_found')
  }
  if ((await roleOf(tx, organizationId, userId)) !== null) throw errors.problem('already_member')
  await users.join(tx, { organizationId, userId, role })
  const ids = isInEveryWorkspace(role) ? [] : invitation.workspace_ids
  await members.setWorkspaces(tx, { organizationId, userId, ids })
  const actor = { kind: 'user', id: userId, name: email } as const
  const { address, requestId } = visit
  const origin = { caller: { organizationId, actor }, address, requestId }
  await appendAudit(tx, origin, entry('invitation.accepted', invitation))
  await enterSystem(tx)
}

function shown(row: store.InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    workspaceIds: row.workspace_ids,
    status: row.status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

function entry(action: string, { id, email, role }: store.InvitationRow) {
  return { action, objectType: 'invitation', objectId: id, details: { email, role } }
}
