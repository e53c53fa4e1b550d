// Makes, lists and revokes API keys. A key never carries more than the credential that made it.
import { createHash, randomBytes } from 'node:crypto'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { keyPrefixes, newKey, prefixedId } from '../../platform/ids.ts'
import { everyScope, holds, permissions, type Surface } from '../../platform/permissions.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { errors } from '../errors.ts'
import { isRange, rangeWithin } from './ranges.ts'
import type { CreatedKey, CreateKey, Key, KeyQuery } from './schema.ts'
import * as store from './store.ts'

export interface KeyService {
  list(caller: Caller, query: KeyQuery): Promise<{ keys: Key[]; total: number }>
  create(origin: Origin, wanted: CreateKey): Promise<CreatedKey>
  revoke(origin: Origin, id: string): Promise<Key>
}

export interface KeyOptions {
  db: Database
  secrets: Secrets
  now: () => number
  /** Called after the commit of a revocation, so that this node forgets the key at once. */
  revoked: () => void
}

export function keyService(options: KeyOptions): KeyService {
  const { db } = options
  return {
    list: (caller, query) =>
      db.inTenant(caller.organizationId, (tx) => store.list(tx, caller.organizationId, query)),
    async create(origin, wanted) {
      const checked = check(origin.caller, wanted, options.now())
      return db.inTenant(origin.caller.organizationId, async (tx) => {
        const key = await mint(tx, options.secrets, {
          organizationId: origin.caller.organizationId,
          workspaceId: origin.caller.workspaceId,
          createdBy: origin.caller.actor.id,
          ...checked,
        })
        await appendAudit(tx, origin, {
          action: 'key.created',
          objectType: 'key',
          objectId: key.id,
          details: { surface: key.surface, name: key.name, scopes: key.scopes },
        })
        return key
      })
    },
    async revoke(origin, id) {
      const { organizationId } = origin.caller
      const key = await db.inTenant(organizationId, async (tx) => {
        const found = await store.revoke(tx, organizationId, id)
        if (found === null) throw errors.problem('key_not_found')
        await appendAudit(tx, origin, {
          action: 'key.revoked',
          objectType: 'key',
          objectId: id,
          details: { surface: found.surface, name: found.name },
        })
        return found
      })
      options.revoked()
      return key
    },
  }
}

export interface Minted {
  organizationId: string
  workspaceId: string
  createdBy: string
  surface: Surface
  type: Key['type']
  name: string
  description: string | null
  scopes: readonly string[]
  ipAllow: readonly string[]
  expiresAt: string | null
}

/** Makes a key without asking who may; the only places that see one in clear are its callers. */
export async function mint(tx: Tx, secrets: Secrets, wanted: Minted): Promise<CreatedKey> {
  const api_key = newKey(prefix(wanted.surface, wanted.type))
  const id = prefixedId('key')
  const evidence_secret =
    wanted.surface === 'certus' ? `es_${randomBytes(32).toString('base64url')}` : null
  const row = await store.insert(tx, {
    ...wanted,
    id,
    hash: hashKey(api_key),
    hint: api_key.slice(0, prefix(wanted.surface, wanted.type).length + 4),
    sealedEvidenceSecret:
      evidence_secret === null
        ? null
        : secrets.seal(Buffer.from(evidence_secret), evidenceContext(wanted.organizationId, id)),
  })
  return { ...row, api_key, evidence_secret }
}

export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Ties a sealed evidence secret to its key. */
export function evidenceContext(organizationId: string, keyId: string): string {
  return `organization/${organizationId}/key/${keyId}/evidence`
}

function prefix(surface: Surface, type: Key['type']): string {
  if (surface === 'trust') return keyPrefixes[type === 'agent' ? 'trust_agent' : 'trust_public']
  return keyPrefixes[surface]
}

/** Throws 400 for what no one could ask for, 403 for what this caller may not. */
function check(maker: Caller, wanted: CreateKey, now: number) {
  if (wanted.surface !== 'trust' && wanted.type !== undefined) {
    throw invalidField('type', 'is only for keys of the surface trust')
  }
  const grantable = grantableScopes(maker, wanted.surface)
  const scopes = wanted.scopes ?? grantable.filter((scope) => scope !== everyScope)
  checkScopes(wanted.surface, scopes)
  if (scopes.length === 0 || !scopes.every((scope) => grantable.includes(scope))) {
    throw errors.problem('scope_exceeds_maker', { details: { scopes_max: grantable } })
  }
  return {
    surface: wanted.surface,
    type: wanted.surface === 'trust' ? (wanted.type ?? 'public') : ('standard' as const),
    name: wanted.name,
    description: wanted.description ?? null,
    scopes: [...new Set(scopes)],
    ipAllow: addresses(maker, wanted.ip_allow ?? []),
    expiresAt: expiry(maker, wanted.expires_at, now),
  }
}

function checkScopes(surface: Surface, scopes: readonly string[]): void {
  const accepted: readonly string[] = [...permissions[surface], everyScope]
  for (const scope of scopes) {
    if (!accepted.includes(scope)) {
      throw invalidField('scopes', `${scope} is not one of ${accepted.join(', ')}`)
    }
  }
}

/**
 * `admin:console` is the right to make any key of the other surfaces. On Identity, where keys
 * decide over keys, and without that right, only what the maker itself carries.
 */
function grantableScopes(maker: Caller, surface: Surface): string[] {
  const all = [...permissions[surface], everyScope]
  const isAdmin = maker.surface === 'identity' && holds(maker.scopes, 'admin:console')
  if (isAdmin && surface !== 'identity') return all
  return maker.surface === surface ? all.filter((scope) => holds(maker.scopes, scope)) : []
}

/** Empty asks for no ranges of its own, so it gets the maker's. */
function addresses(maker: Caller, wanted: readonly string[]): readonly string[] {
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

function expiry(maker: Caller, wanted: string | undefined, now: number): string | null {
  if (wanted === undefined) return maker.expiresAt
  const at = new Date(wanted)
  if (at.getTime() <= now) throw invalidField('expires_at', 'must be in the future')
  if (maker.expiresAt !== null && at.getTime() > Date.parse(maker.expiresAt)) {
    throw errors.problem('scope_exceeds_maker', { details: { expires_at_max: maker.expiresAt } })
  }
  return at.toISOString()
}
