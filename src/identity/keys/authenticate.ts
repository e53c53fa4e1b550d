// Tells who a key is. Order: form and checksum (no database), surface, existence, expiry,
// revocation, address, workspace.
import { timingSafeEqual } from 'node:crypto'
import { common } from '../../platform/errors.ts'
import type { Authenticator, Caller, Credentials } from '../../platform/http/caller.ts'
import { keyChecksumHolds, keyPrefixes } from '../../platform/ids.ts'
import type { Mount, Surface } from '../../platform/permissions.ts'
import type { KeyCache } from './cache.ts'
import { addressAllowed } from './ranges.ts'
import { hashKey } from './service.ts'
import type { KnownKey } from './store.ts'

const prefixes: Record<Surface, readonly string[]> = {
  gate: [keyPrefixes.gate],
  trust: [keyPrefixes.trust_agent, keyPrefixes.trust_public],
  identity: [keyPrefixes.identity],
  certus: [keyPrefixes.certus],
}

export function keyAuthenticator(options: { cache: KeyCache; now: () => number }): Authenticator {
  return async (credentials) => {
    const surface = surfaceOf(credentials.mount)
    const { token } = credentials
    if (token === null || !hasForm(token, surface)) throw common.problem('unauthorized')
    const hash = hashKey(token)
    const key = await options.cache.find(hash)
    if (key === null || !timingSafeEqual(key.hash, hash) || key.surface !== surface) {
      throw common.problem('unauthorized')
    }
    if (key.expires_at !== null && Date.parse(key.expires_at) <= options.now()) {
      throw common.problem('token_expired', { details: { expired_at: key.expires_at } })
    }
    if (key.revoked_at !== null) throw common.problem('key_revoked')
    if (!addressAllowed(key.ip_allow, credentials.address)) throw common.problem('unauthorized')
    const caller = callerOf(key, credentials)
    options.cache.used(key)
    return caller
  }
}

/** The console has no keys of its own; Identity's with the scope for it open it. */
function surfaceOf(mount: Mount): Surface {
  return mount === 'console' ? 'identity' : mount
}

/** No prefix is another's beginning once the 38 characters after it are counted. */
function hasForm(token: string, surface: Surface): boolean {
  const fits = prefixes[surface].some((prefix) => {
    return token.startsWith(prefix) && token.length === prefix.length + 38
  })
  return fits && keyChecksumHolds(token)
}

function callerOf(key: KnownKey, credentials: Credentials): Caller {
  const workspaceId = credentials.workspaceId ?? key.workspace_id
  // Keys of the default workspace are the organization's; the others stay where they were made.
  const within = key.in_default_workspace ? key.workspaces : [key.workspace_id]
  if (!within.includes(workspaceId)) {
    throw common.problem('workspace_access_denied', { details: { workspace_id: workspaceId } })
  }
  return {
    organizationId: key.organization_id,
    workspaceId,
    plan: key.plan,
    actor: { kind: 'key', id: key.id, name: key.name },
    surface: key.surface,
    scopes: key.scopes,
    expiresAt: key.expires_at,
    ipAllow: key.ip_allow,
    firstOrganization: key.is_first,
  }
}
