// Tells a client, or whoever manages keys, whether a token within their reach holds (RFC 7662).
import type { Database } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import { hashKey } from '../keys/service.ts'
import type { Lookups } from '../lookups.ts'
import type { AccessTokens, Claims } from './access-token.ts'
import type { KnownToken } from './known-token.ts'
import { isRefreshToken } from './refresh-token.ts'
import type { Introspection } from './schema.ts'
import * as store from './store.ts'

export interface IntrospectOptions {
  db: Database
  tokens: AccessTokens
  known: Lookups<Claims, KnownToken>
}

const inactive: Introspection = { active: false }

/** Of another organization's or workspace's token it says what it says of none. */
export async function introspect(
  options: IntrospectOptions,
  token: string,
  reach: Reach,
): Promise<Introspection> {
  return isRefreshToken(token)
    ? ofRefreshToken(options, token, reach)
    : ofAccessToken(options, token, reach)
}

async function ofAccessToken(
  { tokens, known }: IntrospectOptions,
  token: string,
  reach: Reach,
): Promise<Introspection> {
  const verdict = await tokens.verify(token)
  if (verdict.kind !== 'valid' || verdict.claims.org !== reach.organizationId) return inactive
  const { claims } = verdict
  const found = await known.find(claims)
  if (found === null || found.is_revoked || found.standing !== 'active') return inactive
  if (!within(reach, found)) return inactive
  const { scope, client_id, exp, iat, jti, task, act, resources, actions } = claims
  const about = { sub: client_id, aud: tokens.issuer, iss: tokens.issuer, jti }
  const bound = task === undefined ? {} : { task, act: act && { ...act }, resources, actions }
  return { active: true, scope, client_id, token_type: 'Bearer', exp, iat, ...about, ...bound }
}

async function ofRefreshToken(
  { db, tokens }: IntrospectOptions,
  token: string,
  reach: Reach,
): Promise<Introspection> {
  const found = await db.inTenant(reach.organizationId, (tx) =>
    store.findRefreshToken(tx, hashKey(token)),
  )
  if (found?.is_live !== true || !within(reach, found)) return inactive
  return {
    active: true,
    scope: found.scopes.join(' '),
    client_id: found.client_id,
    token_type: 'refresh_token',
    exp: seconds(found.expires_at),
    iat: seconds(found.created_at),
    sub: found.client_id,
    iss: tokens.issuer,
  }
}

function within(reach: Reach, token: { workspace_id: string }): boolean {
  return reach.workspaceId === null || reach.workspaceId === token.workspace_id
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}
