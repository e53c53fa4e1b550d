// Revokes a token. Whoever holds one may give it up, so possession is enough; what is no token of
// ours is answered as one that was (RFC 7009, section 2.2).
import { appendAudit } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Actor } from '../../platform/http/caller.ts'
import { hashKey } from '../keys/service.ts'
import type { AccessTokens } from './access-token.ts'
import { actorOf } from './authenticate.ts'
import { isRefreshToken } from './refresh-token.ts'
import * as store from './store.ts'

export interface RevokeOptions {
  db: Database
  tokens: AccessTokens
  revoked: () => void
}

interface From {
  address: string
  requestId: string
}

/** A refresh token goes with its whole family, an access token alone. */
export async function revokeToken(
  options: RevokeOptions,
  token: string,
  from: From,
): Promise<void> {
  const changed = isRefreshToken(token)
    ? await revokeRefreshToken(options, token, from)
    : await revokeAccessToken(options, token, from)
  if (changed) options.revoked()
}

async function revokeRefreshToken(
  { db }: RevokeOptions,
  token: string,
  from: From,
): Promise<boolean> {
  const found = await db.inSystem((tx) => store.findRefreshToken(tx, hashKey(token)))
  if (found === null) return false
  const { organization_id: organizationId, client_id: id, client_name: name } = found
  return db.inTenant(organizationId, async (tx) => {
    const changed = await store.revokeGrant(tx, organizationId, found.grant_id)
    const object = { action: 'grant.revoked', objectType: 'grant', objectId: found.grant_id }
    const actor = { kind: 'client', id, name } as const
    if (changed) await audit(tx, from, { organizationId, actor, object })
    return changed
  })
}

async function revokeAccessToken(
  { db, tokens }: RevokeOptions,
  token: string,
  from: From,
): Promise<boolean> {
  const verdict = await tokens.verify(token)
  if (verdict.kind !== 'valid') return false
  const { claims } = verdict
  const known = await db.inSystem((tx) => store.findAccessToken(tx, claims))
  if (known === null) return false
  const { organization_id: organizationId } = known
  return db.inTenant(organizationId, async (tx) => {
    const expiresAt = new Date(claims.exp * 1000)
    const changed = await store.revokeAccessToken(tx, {
      organizationId,
      jti: claims.jti,
      expiresAt,
    })
    const object = { action: 'token.revoked', objectType: 'token', objectId: claims.jti }
    if (changed) await audit(tx, from, { organizationId, actor: actorOf(known), object })
    return changed
  })
}

async function audit(
  tx: Tx,
  from: From,
  what: {
    organizationId: string
    actor: Actor
    object: { action: string; objectType: string; objectId: string }
  },
): Promise<void> {
  const { organizationId, actor } = what
  const caller = { organizationId, actor }
  await appendAudit(tx, { caller, ...from }, what.object)
}
