// Lets people in: whoever has the token and proves, or chooses, the password of the invited
// address.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { prefixedId, randomBase62, uuid7 } from '../../platform/ids.ts'
import { errors } from '../errors.ts'
import {
  type FirstStep,
  firstStep,
  type LoginParts,
  provePassword,
  welcome,
} from '../login/service.ts'
import type { Visit } from '../login/visit.ts'
import type { PageQuery } from '../paging.ts'
import { requireGrant, requireUserPermission } from '../users/authority.ts'
import { requireWorkspaces } from '../users/members.ts'
import * as members from '../users/members-store.ts'
import { hashPassword } from '../users/password.ts'
import * as users from '../users/store.ts'
import { join } from './join.ts'
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
  const invitation = store.invitationHash(given.token)
  const { email, isKnown } = await db.inSystem(async (tx) => {
    const found = await store.findByHash(tx, invitation)
    if (found === null) throw errors.problem('invitation_not_found')
    const login = await users.findLogin(tx, { email: found.email }, visit.address)
    return { email: found.email, isKnown: login !== null }
  })
  if (isKnown) {
    const proving = { email, password: given.password }
    const login = await provePassword(parts, visit, proving, { membersOnly: false })
    return firstStep(parts, visit, login, invitation)
  }
  const passwordHash = await hashPassword(given.password)
  return db.inSystem(async (tx) => {
    const user = { id: uuid7(), email, name: given.name ?? null, passwordHash }
    // Somebody has just taken the address: it is theirs to prove.
    if ((await users.register(tx, user)) === null) throw errors.problem('invitation_not_found')
    const login = await users.findLogin(tx, { id: user.id }, visit.address)
    if (login === null) throw errors.problem('invitation_not_found')
    await join(tx, { invitation, login, visit })
    return welcome(tx, parts, { visit, login })
  })
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
