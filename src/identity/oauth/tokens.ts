// Gives out tokens: for a client's secret (client_credentials), or for a refresh token.
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Problem } from '../../platform/errors.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId, randomBase62 } from '../../platform/ids.ts'
import { holds } from '../../platform/permissions.ts'
import type { KnownClient } from '../clients/store.ts'
import { errors } from '../errors.ts'
import { acceptedScopes } from '../keys/bounds.ts'
import { hashKey } from '../keys/service.ts'
import { type AccessTokens, accessTokenSeconds } from './access-token.ts'
import { type Parameters, required } from './parameters.ts'
import { boxSuccessor, isRefreshToken, newRefreshToken, openSuccessor } from './refresh-token.ts'
import type { Token } from './schema.ts'
import * as store from './store.ts'

export interface Asking {
  client: KnownClient
  parameters: Parameters
  address: string
  requestId: string
}

export interface TokenService {
  /** Throws what RFC 6749, section 5.2, names. */
  byClientCredentials(asking: Asking): Promise<Token>
  byRefreshToken(asking: Asking): Promise<Token>
}

const day = 86_400_000
/** A refresh token that nobody uses ends after this. */
const idleMs = 30 * day
/** And its family after this, however often it is used. */
const familyMs = 180 * day
/** How long the answer to a refresh can be asked for again. */
const graceSeconds = 30
const scopeLengthMax = 2_000

export interface TokenOptions {
  db: Database
  tokens: AccessTokens
  now: () => number
  /** Called after the commit of a revocation, so that this node forgets at once. */
  revoked: () => void
}

export function tokenService(options: TokenOptions): TokenService {
  const { db, now } = options
  return {
    async byClientCredentials(asking) {
      const { client, parameters } = asking
      mustHave(client, 'client_credentials')
      const scopes = requestedScopes(parameters, client.scopes)
      const id = prefixedId('grt')
      const end = Math.min(now() + familyMs, endOf(client))
      const refresh = client.grant_types.includes('refresh_token') ? newRefreshToken() : null
      const made = await sign(options, client, { id, scopes, end })
      const expiresAt = new Date(refresh === null ? made.endsAt : end)
      await db.inTenant(client.organization_id, async (tx) => {
        await store.insertGrant(tx, {
          organizationId: client.organization_id,
          id,
          clientId: client.id,
          scopes,
          expiresAt,
          refresh: refresh === null ? null : first(refresh, Math.min(now() + idleMs, end)),
        })
        await appendAudit(tx, originOf(asking), entry('token.issued', id, { scopes }))
      })
      const scope = scopes.join(' ')
      return { ...made.answer, scope, ...(refresh === null ? {} : { refresh_token: refresh }) }
    },
    async byRefreshToken(asking) {
      const { client, parameters } = asking
      mustHave(client, 'refresh_token')
      const token = required(parameters, 'refresh_token')
      if (!isRefreshToken(token)) throw errors.problem('invalid_grant')
      const { grant, successor } = await exchange(options, asking, token)
      // Narrower for this access token only: the next one may have all again.
      const narrowed = parameters.has('scope')
      const scopes = requestedScopes(parameters, grant.scopes)
      const end = Math.min(Date.parse(grant.expires_at), endOf(client))
      const { answer } = await sign(options, client, { id: grant.id, scopes, end })
      const scope = narrowed ? { scope: scopes.join(' ') } : {}
      return { ...answer, ...scope, refresh_token: successor }
    },
  }
}

function first(refresh: string, endsAt: number) {
  return { hash: hashKey(refresh), expiresAt: new Date(endsAt) }
}

interface Exchanged {
  grant: store.LiveGrant
  successor: string
}

async function exchange(options: TokenOptions, asking: Asking, token: string): Promise<Exchanged> {
  const { client, parameters } = asking
  const successor = newRefreshToken()
  const now = new Date(options.now())
  const organizationId = client.organization_id
  const hash = hashKey(token)
  const found = await options.db.inTenant(organizationId, async (tx) => {
    const grant = await store.exchange(tx, {
      organizationId,
      clientId: client.id,
      hash,
      successor: {
        hash: hashKey(successor),
        box: boxSuccessor(token, successor),
        expiresAt: new Date(now.getTime() + idleMs),
      },
      now,
    })
    if (grant === null) {
      const spent = await store.findSpent(tx, { organizationId, hash, now, graceSeconds })
      return spentTwice(tx, asking, { spent, token })
    }
    // A scope that is refused undoes the exchange: the token is as good as before.
    requestedScopes(parameters, grant.scopes)
    await appendAudit(tx, originOf(asking), entry('token.refreshed', grant.id))
    return { grant, successor }
  })
  if (found !== null) return found
  options.revoked()
  throw errors.problem('invalid_grant')
}

/** Null where the family had to be revoked: that is committed before anything is refused. */
async function spentTwice(
  tx: Tx,
  asking: Asking,
  { spent, token }: { spent: store.SpentToken | null; token: string },
): Promise<Exchanged | null> {
  if (spent === null || spent.client_id !== asking.client.id || !spent.is_used) {
    throw errors.problem('invalid_grant')
  }
  if (spent.alive && spent.in_grace && spent.successor_box !== null) {
    await appendAudit(tx, originOf(asking), entry('token.refreshed', spent.id, { again: true }))
    return { grant: spent, successor: openSuccessor(token, spent.successor_box) }
  }
  const { organization_id } = asking.client
  if (await store.revokeGrant(tx, organization_id, spent.id)) {
    const details = { reason: 'refresh_token_replayed' }
    await appendAudit(tx, originOf(asking), entry('grant.revoked', spent.id, details))
  }
  return null
}

/** Throws `unauthorized_client`. */
function mustHave(client: KnownClient, grantType: string): void {
  if (client.grant_types.includes(grantType)) return
  const details = { grant_types: client.grant_types }
  throw errors.problem('unauthorized_client', { details })
}

/** All that there is, or what is asked for of it. Throws `invalid_scope`. */
function requestedScopes(parameters: Parameters, held: readonly string[]): string[] {
  const text = parameters.get('scope')
  if (text === undefined) return [...held]
  if (text.length > scopeLengthMax) throw invalidField('scope', 'is too long')
  const wanted = [...new Set(text.split(' ').filter((scope) => scope !== ''))]
  const accepted = acceptedScopes('identity')
  const fits = (scope: string) => accepted.includes(scope) && holds(held, scope)
  if (wanted.length > 0 && wanted.every(fits)) return wanted
  throw invalidScope(held)
}

function invalidScope(held: readonly string[]): Problem {
  return errors.problem('invalid_scope', { details: { scopes_max: held } })
}

/** The access token ends with whatever it came of. */
async function sign(
  { tokens, now }: TokenOptions,
  client: KnownClient,
  grant: { id: string; scopes: readonly string[]; end: number },
) {
  const iat = Math.floor(now() / 1000)
  const exp = Math.min(iat + accessTokenSeconds, Math.floor(grant.end / 1000))
  const access_token = await tokens.sign({
    jti: randomBase62(22),
    gid: grant.id,
    org: client.organization_id,
    client_id: client.id,
    scope: grant.scopes.join(' '),
    iat,
    exp,
  })
  const answer = { access_token, token_type: 'Bearer' as const, expires_in: exp - iat }
  return { answer, endsAt: exp * 1000 }
}

function endOf({ expires_at }: KnownClient): number {
  return expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at)
}

function originOf({ client, address, requestId }: Asking): AuditOrigin {
  const actor = { kind: 'client' as const, id: client.id, name: client.name }
  return { caller: { organizationId: client.organization_id, actor }, address, requestId }
}

function entry(action: string, id: string, details: object = {}) {
  return { action, objectType: 'grant', objectId: id, details: { ...details } }
}
