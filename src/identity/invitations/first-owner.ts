// Lets the first owner of an organization in. There is nobody yet who could, so a credential does;
// from the first owner on, people alone let people in.
import { type AuditOrigin, appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import { originOf } from '../../platform/http/origin.ts'
import { type Route, route } from '../../platform/http/route.ts'
import { prefixedId, randomBase62 } from '../../platform/ids.ts'
import { errors } from '../errors.ts'
import * as members from '../users/members-store.ts'
import { InviteFirstOwner, OwnerInvitation } from './schema.ts'
import * as store from './store.ts'

/** Within the tenant. In place of an earlier one. Throws 409 where there is an owner. */
export async function inviteFirstOwner(
  tx: Tx,
  origin: AuditOrigin,
  wanted: { email: string; createdBy: string },
): Promise<OwnerInvitation> {
  const { organizationId } = origin.caller
  await members.lock(tx, organizationId)
  if ((await members.owners(tx, organizationId)).length > 0) {
    throw errors.problem('organization_has_owner')
  }
  await store.revokeForFirstOwner(tx, organizationId)
  const token = `inv_${randomBase62(40)}`
  const { id, email, role, expires_at } = await store.insert(tx, {
    ...wanted,
    organizationId,
    id: prefixedId('invite'),
    role: 'owner',
    workspaceIds: [await members.defaultWorkspace(tx, organizationId)],
    token,
    forFirstOwner: true,
  })
  await appendAudit(tx, origin, {
    action: 'invitation.created',
    objectType: 'invitation',
    objectId: id,
    details: { email, role },
  })
  return { id, email, token, expires_at }
}

export function firstOwnerRoutes({ db }: { db: Database }): Route[] {
  return [
    route({
      tag: 'Organizations',
      permission: 'admin:console',
      method: 'POST',
      path: '/api/owner-invitations',
      operationId: 'inviteFirstOwner',
      summary: 'Invite the first owner of this organization; the answer alone shows the token',
      status: 201,
      body: InviteFirstOwner,
      reply: OwnerInvitation,
      errors: ['organization_has_owner'],
      handle: (request) => invite(db, originOf(request), request.body.email),
    }),
  ]
}

async function invite(db: Database, origin: Origin, email: string): Promise<OwnerInvitation> {
  const { organizationId, organizationWide, actor } = origin.caller
  if (organizationWide !== true) {
    const message = 'The credential is confined to one workspace'
    throw common.problem('forbidden', { message })
  }
  return db.inTenant(organizationId, (tx) =>
    inviteFirstOwner(tx, origin, { email, createdBy: actor.id }),
  )
}
