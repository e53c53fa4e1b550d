// Tokens of AI agents: short-lived, bound to a task, with the owners in the `act` chain. None
// carries more than the agent's key, its owners, or whoever asks for it.
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Act, Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { prefixedId, randomBase62 } from '../../platform/ids.ts'
import { holds, permissions } from '../../platform/permissions.ts'
import { errors } from '../errors.ts'
import { acceptedScopes, mustReach } from '../keys/bounds.ts'
import type { AccessTokens, Claims } from '../oauth/access-token.ts'
import { requireMaker } from '../users/maker.ts'
import { type HeldKey, keysOf } from './credentials.ts'
import { type FoundPrincipal, readPrincipal } from './entities.ts'
import { ownersScopes } from './owners-scopes.ts'
import { insertTaskToken, taskGrant } from './task-store.ts'
import type { CreateToken, TaskToken } from './token-schema.ts'

export interface TaskTokens {
  /** Throws 403 for who is neither the agent itself nor may write principals. */
  create(origin: Origin, id: string, wanted: CreateToken): Promise<TaskToken>
}

/** Whoever has these makes other credentials, which no task would bind. */
const withheld: readonly string[] = ['manage:keys', 'admin:console', 'write:principals']
const boundsLengthMax = 3_000

export function taskTokens(options: {
  db: Database
  tokens: AccessTokens
  now: () => number
}): TaskTokens {
  const { db, tokens, now } = options
  return {
    async create(origin, id, wanted) {
      const { caller } = origin
      requireAsker(caller, id)
      checkBounds(wanted)
      const claims = await db.inTenant(caller.organizationId, (tx) =>
        grant(tx, { origin, id, wanted, now: now() }),
      )
      const { gid, scope, exp, iat, act } = claims
      return {
        id: gid,
        access_token: await tokens.sign(claims),
        token_type: 'Bearer',
        expires_in: exp - iat,
        scope,
        principal: id,
        task: wanted.task,
        ...(act === undefined ? {} : { act: { ...act } }),
      }
    },
  }
}

/** A token for one task is no way to a token for another. */
function requireAsker(caller: Caller, id: string): void {
  if (caller.task !== undefined) {
    const message = 'A token that is bound to a task makes no others'
    throw common.problem('forbidden', { message })
  }
  if (caller.principalId === id || holds(caller.scopes, 'write:principals')) return
  throw common.problem('forbidden', { details: { scope: 'write:principals' } })
}

/** They travel in each request. */
function checkBounds({ task, resources = [], actions = [] }: CreateToken): void {
  const { length } = JSON.stringify([task, resources, actions])
  if (length <= boundsLengthMax) return
  const message = `with actions and task makes ${length} characters, over ${boundsLengthMax}`
  throw invalidField('resources', message)
}

async function grant(
  tx: Tx,
  asked: { origin: Origin; id: string; wanted: CreateToken; now: number },
): Promise<Claims> {
  const { origin, id, wanted, now } = asked
  const { caller } = origin
  const { organizationId } = caller
  await requireMaker(tx, caller)
  const principal = await agent(tx, organizationId, id)
  const key = await keyFor(tx, caller, id)
  const scopes = await scopesFor(tx, { caller, principal, key, wanted: wanted.scopes })
  if (caller.principalId !== id && scopes.length > 0) {
    mustReach(caller, { surface: 'identity', scopes, ip_allow: key.ip_allow })
  }
  const iat = Math.floor(now / 1000)
  const ends = [key.expires_at, caller.expiresAt].flatMap((end) =>
    end === null ? [] : [Math.floor(Date.parse(end) / 1000)],
  )
  const exp = Math.min(iat + wanted.expires_in, ...ends)
  const gid = prefixedId(taskGrant)
  await insertTaskToken(tx, {
    organizationId,
    id: gid,
    principalId: id,
    keyId: key.id,
    task: wanted.task,
    createdBy: caller.actor.id,
    expiresAt: new Date(exp * 1000).toISOString(),
  })
  const { task, resources, actions } = wanted
  const details = { principal: id, task, scopes, resources, actions }
  await appendAudit(tx, origin, {
    action: 'token.issued',
    objectType: 'grant',
    objectId: gid,
    details,
  })
  const act = chainOf(principal)
  return {
    jti: randomBase62(22),
    gid,
    org: organizationId,
    client_id: id,
    scope: scopes.join(' '),
    iat,
    exp,
    task,
    ...(act === undefined ? {} : { act }),
    ...(resources === undefined ? {} : { resources }),
    ...(actions === undefined ? {} : { actions }),
  }
}

/** Throws 404 or 409. */
async function agent(tx: Tx, organizationId: string, id: string): Promise<FoundPrincipal> {
  const principal = await readPrincipal(tx, organizationId, id)
  if (principal === null) throw errors.problem('principal_not_found')
  if (principal.type !== 'AI_AGENT') throw errors.problem('principal_not_agent')
  const stopped = [principal, ...principal.owners].find(({ status }) => status !== 'active')
  if (stopped === undefined) return principal
  const details = { principal: stopped.id, status: stopped.status }
  throw errors.problem('principal_not_active', { details })
}

/** The one that asks, or the agent's newest. Throws 409. */
async function keyFor(tx: Tx, caller: Caller, id: string): Promise<HeldKey> {
  const keys = (await keysOf(tx, caller.organizationId, id)).filter(({ active }) => active)
  const own = caller.principalId === id
  const key = own ? keys.find((each) => each.id === caller.actor.id) : keys[0]
  if (key === undefined) throw errors.problem('principal_has_no_key')
  return key
}

/** Throws 400 for what is no scope, 403 for what is more than may be. */
async function scopesFor(
  tx: Tx,
  asked: {
    caller: Caller
    principal: FoundPrincipal
    key: HeldKey
    wanted: readonly string[] | undefined
  },
): Promise<string[]> {
  const { caller, principal, key, wanted } = asked
  const owners = principal.owners.map(({ id }) => id)
  const carried = [
    key.scopes,
    caller.scopes,
    ...(await ownersScopes(tx, caller.organizationId, owners)),
  ]
  const most = permissions.identity.filter(
    (scope) => !withheld.includes(scope) && carried.every((scopes) => holds(scopes, scope)),
  )
  const accepted = acceptedScopes('identity')
  const unknown = wanted?.find((scope) => !accepted.includes(scope))
  if (unknown !== undefined) {
    throw invalidField('scopes', `${unknown} is not one of ${accepted.join(', ')}`)
  }
  if (wanted?.some((scope) => !(most as string[]).includes(scope))) {
    throw errors.problem('scope_exceeds_maker', { details: { scopes_max: most } })
  }
  return [...new Set(wanted ?? most)]
}

function chainOf({ owners }: FoundPrincipal): Act | undefined {
  return owners.reduceRight<Act | undefined>(
    (act, { id }) => (act === undefined ? { sub: id } : { sub: id, act }),
    undefined,
  )
}
