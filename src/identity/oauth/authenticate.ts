// Tells who an access token speaks for: its client, within the scopes of the token.
import { LRUCache } from 'lru-cache'
import type { NoteRefused } from '../../platform/audit/refusals.ts'
import { common, type Problem } from '../../platform/errors.ts'
import type {
  Actor,
  Authenticator,
  Caller,
  Counted,
  Credentials,
} from '../../platform/http/caller.ts'
import { expired, revoked, stopped, workspaceOf } from '../keys/authenticate.ts'
import { addressAllowed } from '../keys/ranges.ts'
import { hashKey } from '../keys/service.ts'
import type { Lookups } from '../lookups.ts'
import type { Revocations } from '../revocations.ts'
import { type AccessTokens, type Claims, hasTokenForm } from './access-token.ts'
import type { KnownToken } from './known-token.ts'

const verifiedMax = 20_000
const verifiedMs = 10_000

/** Keys hold no dot, tokens hold two. */
export function isAccessToken({ token, mount }: Credentials): boolean {
  return mount === 'identity' && token !== null && hasTokenForm(token)
}

export function tokenAuthenticator(options: {
  tokens: AccessTokens
  known: Lookups<Claims, KnownToken>
  revocations: Revocations
  now: () => number
  noteRefused: NoteRefused
}): Authenticator {
  const { tokens, known, revocations, now, noteRefused } = options
  // Signatures that held; whether the token still does is asked every time.
  const verified = new LRUCache<string, Claims>({ max: verifiedMax, ttl: verifiedMs })
  revocations.onChange(() => verified.clear())

  async function claimsOf(token: string): Promise<Claims> {
    const name = hashKey(token).toString('base64')
    const hit = revocations.isFresh() ? verified.get(name) : undefined
    if (hit !== undefined && hit.exp * 1000 > now()) return hit
    const before = revocations.generation()
    const verdict = await tokens.verify(token)
    if (verdict.kind === 'invalid') throw common.problem('unauthorized')
    if (verdict.kind === 'expired') throw expired('identity', iso(verdict.claims.exp))
    if (before === revocations.generation()) verified.set(name, verdict.claims)
    return verdict.claims
  }

  return async (credentials) => {
    const claims = await claimsOf(credentials.token ?? '')
    const found = await known.find(claims)
    if (found === null || found.client_id !== claims.client_id) {
      throw common.problem('unauthorized')
    }
    const refusal = refusalOf(found, credentials)
    if (refusal !== null) {
      const caller = { organizationId: found.organization_id, actor: actorOf(found) }
      const what = { action: 'token.refused', objectType: 'client', objectId: found.client_id }
      const origin = { caller, address: credentials.address, requestId: null }
      noteRefused(origin, { ...what, reason: refusal.reason, details: { jti: claims.jti } })
      throw refusal.problem
    }
    return callerOf(found, claims, credentials.workspaceId)
  }
}

/** That a token's hour is over is no news: its client asks for the next one. */
function refusalOf(
  found: KnownToken,
  { address }: Credentials,
): { reason: string; problem: Problem } | null {
  if (found.is_revoked) return { reason: 'revoked', problem: revoked('identity') }
  if (found.standing !== 'active') {
    return { reason: 'principal', problem: stopped(found.standing) }
  }
  if (addressAllowed(found.ip_allow, address)) return null
  return { reason: 'address', problem: common.problem('unauthorized') }
}

function callerOf(found: KnownToken, claims: Claims, wanted: string | null): Caller {
  const counted: Counted = {
    organizationId: found.organization_id,
    plan: found.plan,
    actor: actorOf(found),
  }
  return {
    ...counted,
    ...workspaceOf(found, { wanted, counted }),
    surface: 'identity',
    scopes: claims.scope === '' ? [] : claims.scope.split(' '),
    expiresAt: iso(claims.exp),
    ipAllow: found.ip_allow,
    firstOrganization: found.is_first,
    ...taskOf(found, claims),
  }
}

/** A token of an agent acts by its key: what it does is found with what the key does. */
export function actorOf(found: KnownToken): Actor {
  const { key_id, client_id, client_name: name } = found
  return key_id === null
    ? { kind: 'client', id: client_id, name }
    : { kind: 'key', id: key_id, name }
}

function taskOf(found: KnownToken, claims: Claims): Pick<Caller, 'principalId' | 'task'> {
  const { task, act, resources, actions } = claims
  if (task === undefined) return {}
  return {
    principalId: found.client_id,
    task: {
      task,
      ...(act === undefined ? {} : { act }),
      ...(resources === undefined ? {} : { resources }),
      ...(actions === undefined ? {} : { actions }),
    },
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
