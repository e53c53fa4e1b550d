// The vocabulary of permissions, one list per surface. A route states one of them, a key carries
// some of them as scopes. Clients automate against these names: add, never rename.

export const surfaces = ['gate', 'trust', 'identity', 'certus'] as const
export type Surface = (typeof surfaces)[number]

/** The dashboard's own API; it has no reference and no keys of its own. */
export type Mount = Surface | 'console'

export const permissions = {
  gate: [
    'read:scans',
    'write:scans',
    'read:findings',
    'write:findings',
    'manage:connections',
    'manage:webhooks',
  ],
  trust: [
    'read:certificates',
    'write:certificates',
    'read:audit',
    'manage:authorities',
    'manage:agents',
    'manage:webhooks',
    'export:private_keys',
  ],
  identity: [
    'read:principals',
    'write:principals',
    'read:policies',
    'write:policies',
    'evaluate:decisions',
    'read:decisions',
    'trust:attributes',
    'read:audit',
    'manage:keys',
    'manage:webhooks',
    'admin:console',
  ],
  certus: [
    'read:evidence',
    'write:scans',
    'write:exceptions',
    'approve:exceptions',
    'manage:evidence',
    'manage:code_hosts',
  ],
} as const satisfies Record<Surface, readonly string[]>

export type Permission = (typeof permissions)[Surface][number]

/** What a key of an agent may do on Trust, whatever its scopes say. */
export const agentPermissions: readonly string[] = ['read:certificates']

/** A scope that stands for every permission of its surface, those of later versions included. */
export const everyScope = '*'

export function holds(scopes: readonly string[], permission: string): boolean {
  return scopes.includes(everyScope) || scopes.includes(permission)
}
