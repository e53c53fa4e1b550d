// No key, client or token carries more than the credential that made it: not in scopes, not in
// addresses, not in time.
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { everyScope, holds, permissions, type Surface } from '../../platform/permissions.ts'
import { errors } from '../errors.ts'
import { isRange, rangeWithin } from './ranges.ts'

/**
 * All that the maker may grant where none are asked for. Throws 400 with the list for a scope that
 * does not exist, 403 for one that this maker may not grant.
 */
export function scopesWithin(
  maker: Caller,
  surface: Surface,
  wanted: readonly string[] | undefined,
): string[] {
  const grantable = grantableScopes(maker, surface)
  const scopes = wanted ?? grantable.filter((scope) => scope !== everyScope)
  const accepted = acceptedScopes(surface)
  for (const scope of scopes) {
    if (!accepted.includes(scope)) {
      throw invalidField('scopes', `${scope} is not one of ${accepted.join(', ')}`)
    }
  }
  if (scopes.length === 0 || !scopes.every((scope) => grantable.includes(scope))) {
    throw errors.problem('scope_exceeds_maker', { details: { scopes_max: grantable } })
  }
  return [...new Set(scopes)]
}

export function acceptedScopes(surface: Surface): string[] {
  return [...permissions[surface], everyScope]
}

/**
 * `admin:console` is the right to make any key of the other surfaces. On Identity, where keys
 * decide over keys, and without that right, only what the maker itself carries.
 */
function grantableScopes(maker: Caller, surface: Surface): string[] {
  const all = acceptedScopes(surface)
  const isAdmin = maker.surface === 'identity' && holds(maker.scopes, 'admin:console')
  if (isAdmin && surface !== 'identity') return all
  return maker.surface === surface ? all.filter((scope) => holds(maker.scopes, scope)) : []
}

/** Empty asks for no ranges of its own, so it gets the maker's. */
export function addressesWithin(maker: Caller, wanted: readonly string[]): readonly string[] {
  const { ipAllow = [] } = maker
  for (const range of wanted) {
    if (!isRange(range)) {
      throw invalidField('ip_allow', `${range} is not an address or CIDR range`)
    }
    if (!rangeWithin(ipAllow, range)) {
      throw errors.problem('scope_exceeds_maker', { details: { ip_allow_max: ipAllow } })
    }
  }
  return wanted.length === 0 ? ipAllow : wanted
}

/** RFC 3339 in, the same in UTC out; the maker's end where none is asked for. */
export function expiryWithin(
  maker: Caller,
  wanted: string | undefined,
  { now, field = 'expires_at' }: { now: number; field?: string },
): string | null {
  if (wanted === undefined) return maker.expiresAt
  const at = new Date(wanted)
  if (at.getTime() <= now) throw invalidField(field, 'must be in the future')
  if (maker.expiresAt !== null && at.getTime() > Date.parse(maker.expiresAt)) {
    throw errors.problem('scope_exceeds_maker', { details: { expires_at_max: maker.expiresAt } })
  }
  return at.toISOString()
}

/**
 * For a new secret of what exists, and for its end: whoever gets the secret gets all that the
 * credential carries, and nobody stops what is stronger. So this caller must be able to make one
 * like it. Throws 403.
 */
export function mustReach(
  caller: Caller,
  credential: { surface: Surface; scopes: readonly string[]; ip_allow: readonly string[] },
): void {
  // The key of an agent may carry none.
  if (credential.scopes.length > 0) scopesWithin(caller, credential.surface, credential.scopes)
  const { ipAllow = [] } = caller
  const anywhere = credential.ip_allow.length === 0 && ipAllow.length > 0
  if (anywhere || !credential.ip_allow.every((range) => rangeWithin(ipAllow, range))) {
    throw errors.problem('scope_exceeds_maker', { details: { ip_allow_max: ipAllow } })
  }
}
