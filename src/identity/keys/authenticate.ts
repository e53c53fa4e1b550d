// Tells who a key is. Order: form and checksum (no database), existence, surface, active, expiry,
// revocation, address, workspace. The type comes last: it decides over the scopes, and with them
// over the permission that a route asks for.
import { timingSafeEqual } from 'node:crypto'
import { common, Problem } from '../../platform/errors.ts'
import {
  type Authenticator,
  type Caller,
  type Counted,
  type Credentials,
  WorkspaceDenied,
} from '../../platform/http/caller.ts'
import { keyChecksumHolds, keyPrefixes } from '../../platform/ids.ts'
import { agentPermissions, holds, type Mount, type Surface } from '../../platform/permissions.ts'
import type { Standing } from '../principals/standing.ts'
import type { KeyCache } from './cache.ts'
import { addressAllowed } from './ranges.ts'
import type { NoteRefusal, Reason } from './refusals.ts'
import { hashKey } from './service.ts'
import type { KnownKey } from './store.ts'

const prefixes: Record<Surface, readonly string[]> = {
  gate: [keyPrefixes.gate],
  trust: [keyPrefixes.trust_agent, keyPrefixes.trust_public],
  identity: [keyPrefixes.identity],
  certus: [keyPrefixes.certus],
}

export function keyAuthenticator(options: {
  cache: KeyCache
  now: () => number
  noteRefusal?: NoteRefusal
}): Authenticator {
  const { cache, now, noteRefusal } = options
  return async (credentials) => {
    const surface = surfaceOf(credentials.mount)
    const { token } = credentials
    if (token === null || !hasForm(token, surface)) throw common.problem('unauthorized')
    const hash = credentials.tokenHash ?? hashKey(token)
    const key = await cache.find(hash)
    if (key === null || !timingSafeEqual(key.hash, hash) || key.surface !== surface) {
      throw common.problem('unauthorized')
    }
    const refusal = refusalOf(key, credentials, now())
    if (refusal !== null) {
      noteRefusal?.(key, refusal.reason, credentials.address)
      throw refusal.problem
    }
    const caller = callerOf(key, credentials)
    cache.used(key)
    return caller
  }
}

interface Refusal {
  reason: Reason
  problem: Problem
}

/** In the order of Trust's reference. */
function refusalOf(key: KnownKey, { mount, address }: Credentials, now: number): Refusal | null {
  const { expires_at: end } = key
  if (!key.active) {
    const problem = common.problem('unauthorized', { details: { active: false } })
    return { reason: 'switched_off', problem }
  }
  if (end !== null && Date.parse(end) <= now) {
    return { reason: 'expired', problem: expired(mount, end) }
  }
  if (key.revoked_at !== null) return { reason: 'revoked', problem: revoked(mount) }
  if (key.standing !== 'active') return { reason: 'principal', problem: stopped(key.standing) }
  if (addressAllowed(key.ip_allow, address)) return null
  return { reason: 'address', problem: common.problem('unauthorized') }
}

/** Identity's reference has one code for all that does not authenticate, and tells the time. */
export function expired(mount: Mount, at: string): Problem {
  if (mount !== 'identity') return common.problem('token_expired', { details: { expired_at: at } })
  const token_expired_at = at.replace(/\.\d+Z$/, 'Z')
  return over('Invalid or expired access token', { token_expired_at })
}

export function revoked(mount: Mount): Problem {
  if (mount !== 'identity') return common.problem('key_revoked')
  return over('The key or token has been revoked', { revoked: true })
}

/** What was good once: to send it again, as is said of other credentials, would not help. */
function over(title: string, details: Record<string, unknown>): Problem {
  const fix = 'Create a new key, or ask for a new token'
  return new Problem('unauthorized', { ...common.entries.unauthorized, title, fix }, { details })
}

/** The principal, its owner or the person behind it is suspended or terminated. */
export function stopped(standing: Standing): Problem {
  return common.problem('unauthorized', { details: { principal_status: standing } })
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
  const counted: Counted = {
    organizationId: key.organization_id,
    plan: key.plan,
    actor: { kind: 'key', id: key.id, name: key.name },
  }
  return {
    ...counted,
    ...workspaceOf(key, { wanted: credentials.workspaceId, counted }),
    surface: key.surface,
    scopes: key.type === 'agent' ? agentScopes(key.scopes) : key.scopes,
    expiresAt: key.expires_at,
    ipAllow: key.ip_allow,
    firstOrganization: key.is_first,
    ...(key.principal_id === null ? {} : { principalId: key.principal_id }),
  }
}

/**
 * Credentials of the default workspace are the organization's; the others stay where they were
 * made. Throws WorkspaceDenied.
 */
export function workspaceOf(
  credential: Pick<KnownKey, 'workspace_id' | 'workspaces' | 'in_default_workspace'>,
  { wanted, counted }: { wanted: string | null; counted: Counted },
): Pick<Caller, 'workspaceId' | 'organizationWide'> {
  const own = credential.workspace_id
  const workspaceId = wanted ?? own
  const within = credential.in_default_workspace ? credential.workspaces : [own]
  if (!within.includes(workspaceId)) throw new WorkspaceDenied(workspaceId, counted)
  return { workspaceId, organizationWide: credential.in_default_workspace && workspaceId === own }
}

function agentScopes(scopes: readonly string[]): readonly string[] {
  return agentPermissions.filter((permission) => holds(scopes, permission))
}
