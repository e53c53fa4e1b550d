// What a person may do to others: asked of the database in the transaction of the change, so that
// who has just lost a role does nothing with it.
import type { Tx } from '../../platform/db.ts'
import { sql } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { errors } from '../errors.ts'
import { mayGrant, type Role, rolePermissions, type UserPermission } from './roles.ts'

/** Within the tenant. Answers the caller's role. Throws 403. */
export async function requireUserPermission(
  tx: Tx,
  caller: Caller,
  permission: UserPermission,
): Promise<Role> {
  const role = await roleOf(tx, caller.organizationId, caller.session?.userId ?? null)
  if (role !== null && rolePermissions(role).includes(permission)) return role
  throw common.problem('forbidden', {
    message: 'Your role lacks the permission',
    details: { permission },
  })
}

/** Null for who is no member. Within the tenant. */
export async function roleOf(
  tx: Tx,
  organizationId: string,
  userId: string | null,
): Promise<Role | null> {
  const row = await tx.maybe<{ role: Role }>(sql`select role from memberships
    where organization_id = ${organizationId} and user_id = ${userId}::uuid for share`)
  return row?.role ?? null
}

/** Throws 403. */
export function requireGrant(own: Role, role: Role): void {
  if (!mayGrant(own, role)) throw errors.problem('role_exceeds_own', { details: { role } })
}
