// What people may do by their role in an organization. Owners are admins whom no admin can touch.
import { everyScope, type Mount } from '../../platform/permissions.ts'

export const roles = ['owner', 'admin', 'operator', 'viewer'] as const
export type Role = (typeof roles)[number]

export const userPermissions = [
  'manage_certificates',
  'manage_users',
  'manage_policies',
  'view_audit_logs',
  'view_certificates',
  'renew_certificates',
  'view_reports',
] as const
export type UserPermission = (typeof userPermissions)[number]

const permissionsOf: Record<Role, readonly UserPermission[]> = {
  owner: userPermissions,
  admin: userPermissions,
  operator: ['manage_certificates', 'view_certificates', 'renew_certificates', 'view_reports'],
  viewer: ['view_certificates', 'view_reports'],
}

export function rolePermissions(role: Role): readonly UserPermission[] {
  return permissionsOf[role]
}

/** The scopes that a session has on a mount: the same rights as a key's, in the same words. */
export function scopesOf(role: Role, mount: Mount): readonly string[] {
  const isAdmin = role === 'owner' || role === 'admin'
  if (isAdmin) return [everyScope]
  const isOperator = role === 'operator'
  if (mount === 'certus') return ['read:evidence', ...(isOperator ? ['write:scans'] : [])]
  if (mount !== 'trust') return []
  return ['read:certificates', ...(isOperator ? ['write:certificates'] : [])]
}

/** They are in every workspace of their organization. */
export function isInEveryWorkspace(role: Role): boolean {
  return role === 'owner' || role === 'admin'
}

/** Nobody gives or takes a role above their own. */
export function mayGrant(own: Role, role: Role): boolean {
  return rolePermissions(own).includes('manage_users') && roles.indexOf(own) <= roles.indexOf(role)
}
