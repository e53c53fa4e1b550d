// A person as they see themselves: what they may do where.
import type { Tx } from '../../platform/db.ts'
import { rolePermissions } from '../users/roles.ts'
import * as users from '../users/store.ts'
import type { LoggedIn } from './schema.ts'

/**
 * Across tenants.
 *
 * @param organizationId whose role is told first; the one joined first unless given
 */
export async function describeAccount(
  tx: Tx,
  login: users.Login,
  organizationId?: string,
): Promise<LoggedIn> {
  const organizations = await users.organizationsOf(tx, login.id)
  const chosen =
    organizations.find((each) => each.organization_id === organizationId) ??
    organizations.find((each) => each.workspaces.length > 0) ??
    organizations[0]
  if (chosen === undefined) throw new Error('who belongs to no organization has not logged in')
  return {
    user: {
      id: login.id,
      email: login.email,
      name: login.name,
      organizationId: chosen.organization_id,
      organizationName: chosen.name,
      role: chosen.role,
      permissions: [...rolePermissions(chosen.role)],
      twoFactorEnabled: login.has_second_factor,
      passwordChangeDue: login.password_changed_at === null,
    },
    workspaces: organizations.flatMap((organization) =>
      organization.workspaces.map(({ id, name, is_default }) => ({
        id,
        name,
        isDefault: is_default,
        organizationId: organization.organization_id,
        organizationName: organization.name,
        role: organization.role,
      })),
    ),
  }
}
