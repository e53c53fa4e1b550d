// Makes somebody a member by an invitation, once they have proved all that they log in with. An
// invitation is worth what its maker may still give at that moment.
import { appendAudit } from '../../platform/audit/audit.ts'
import { enterSystem, enterTenant, type Tx } from '../../platform/db.ts'
import { errors } from '../errors.ts'
import { endResetsOf } from '../login/store.ts'
import type { Visit } from '../login/visit.ts'
import { roleOf } from '../users/authority.ts'
import * as members from '../users/members-store.ts'
import { isInEveryWorkspace, mayGrant } from '../users/roles.ts'
import * as users from '../users/store.ts'
import * as store from './store.ts'

export interface Joining {
  invitation: Buffer
  /** With the password that was proved. */
  login: Pick<users.Login, 'id' | 'password_hash'>
  visit: Pick<Visit, 'address' | 'requestId'>
}

/** From the system's view and back to it. Throws 404 or 409. */
export async function join(tx: Tx, { invitation: hash, login, visit }: Joining): Promise<void> {
  const invitation = await store.findByHash(tx, hash)
  if (invitation === null) throw errors.problem('invitation_not_found')
  const { organization_id: organizationId, role, email } = invitation
  const isByOperator = invitation.for_first_owner && (await store.makerStands(tx, invitation))
  await enterTenant(tx, organizationId)
  await members.lock(tx, organizationId)
  const isWorth = invitation.for_first_owner
    ? isByOperator && (await members.owners(tx, organizationId)).length === 0
    : await mayStillGive(tx, invitation)
  if (!isWorth || !(await store.accept(tx, organizationId, invitation.id))) {
    throw errors.problem('invitation_not_found')
  }
  if ((await roleOf(tx, organizationId, login.id)) !== null) throw errors.problem('already_member')
  await enterSystem(tx)
  // Another password was chosen meanwhile, by whom nobody knows.
  if (!(await users.lockPassword(tx, login))) throw errors.problem('invitation_not_found')
  await endResetsOf(tx, login.id)
  await enterTenant(tx, organizationId)
  await users.join(tx, { organizationId, userId: login.id, role })
  const ids = isInEveryWorkspace(role) ? [] : invitation.workspace_ids
  await members.setWorkspaces(tx, { organizationId, userId: login.id, ids })
  const actor = { kind: 'user', id: login.id, name: email } as const
  const { address, requestId } = visit
  await appendAudit(
    tx,
    { caller: { organizationId, actor }, address, requestId },
    {
      action: 'invitation.accepted',
      objectType: 'invitation',
      objectId: invitation.id,
      details: { email, role },
    },
  )
  await enterSystem(tx)
}

async function mayStillGive(tx: Tx, invitation: store.InvitationRow): Promise<boolean> {
  const { organization_id: organizationId, created_by: makerId, role } = invitation
  const maker = await roleOf(tx, organizationId, makerId)
  return maker !== null && mayGrant(maker, role)
}
