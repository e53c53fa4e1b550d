// Tells who an access token speaks for: its client, within the scopes of the token.
import { LRUCache } from 'lru-cache'
import { common } from '../../platform/errors.ts'
import type { Authenticator, Caller, Counted, Credentials } from '../../platform/http/caller.ts'
import { expired, revoked, workspaceOf } from '../keys/authenticate.ts'
import { addressAllowed } from '../keys/ranges.ts'
import { hashKey } from '../keys/service.ts'
import type { Lookups } from '../lookups.ts'
import type { Revocations } from '../revocations.ts'
import { type AccessTokens, type Claims, hasTokenForm } from './access-token.ts'
import type { KnownToken } from './store.ts'

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
}): Authenticator {
  const { tokens, known, revocations, now } = options
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
    if (found.is_revoked) throw revoked('identity')
    if (!addressAllowed(found.ip_allow, credentials.address)) throw common.problem('unauthorized')
    return callerOf(found, claims, credentials.workspaceId)
  }
}

function callerOf(found: KnownToken, claims: Claims, wanted: string | null): Caller {
  const counted: Counted = {
    organizationId: found.organization_id,
    plan: found.plan,
    actor: { kind: 'client', id: found.client_id, name: found.client_name },
  }
  return {
    ...counted,
    ...workspaceOf(found, { wanted, counted }),
    surface: 'identity',
    scopes: claims.scope.split(' '),
    expiresAt: iso(claims.exp),
    ipAllow: found.ip_allow,
    firstOrganization: found.is_first,
  }
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
