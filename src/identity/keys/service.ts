// Makes, lists and revokes API keys. A key never carries more than the credential that made it.
import { hash, randomBytes } from 'node:crypto'
import { keyCreated, keyRevoked, keyRotated } from '../../events/key.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database, Tx } from '../../platform/db.ts'
import { evidenceContext } from '../../platform/evidence-secret.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import { keyPrefixes, newKey, prefixedId } from '../../platform/ids.ts'
import { appendEvent } from '../../platform/outbox.ts'
import { agentPermissions, everyScope, type Surface } from '../../platform/permissions.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { errors } from '../errors.ts'
import { requireMaker } from '../users/maker.ts'
import { addressesWithin, expiryWithin, mustReach, scopesWithin } from './bounds.ts'
import type { CreateKey as ConsoleKey, CreatedKey, Key } from './schema.ts'
import type { KeyFilter } from './store.ts'
import * as store from './store.ts'

export interface KeyService {
  list(caller: Caller, query: KeyFilter): Promise<{ keys: Key[]; total: number }>
  create(origin: Origin, wanted: CreateKey): Promise<CreatedKey>
  /** A new key with the rights of the old one, which goes on until the overlap ends. */
  rotate(origin: Origin, wanted: RotatedKey): Promise<CreatedKey>
  setActive(origin: Origin, id: string, active: boolean): Promise<Key>
  revoke(origin: Origin, id: string, surface?: Surface): Promise<Key>
}

/** `expires_in_days` says that the end was computed from it, so that a refusal names that field. */
export type CreateKey = ConsoleKey & { expires_in_days?: number }

export interface RotatedKey {
  id: string
  overlapHours: number
  /** Keys of other surfaces are then not there. */
  surface?: Surface
}

export interface KeyOptions {
  db: Database
  secrets: Secrets
  now: () => number
  /** Called after the commit of a revocation, so that this node forgets the key at once. */
  revoked: () => void
  /** Writes the uses that this node remembers, so that a list tells the last one. */
  flushUses: () => Promise<void>
}

export function keyService(options: KeyOptions): KeyService {
  const { db, now } = options
  return {
    async list(caller, query) {
      await options.flushUses()
      return db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), query))
    },
    async create(origin, wanted) {
      const checked = check(origin.caller, wanted, now())
      return db.inTenant(origin.caller.organizationId, async (tx) => {
        await requireMaker(tx, origin.caller)
        const { organizationId, workspaceId, actor } = origin.caller
        const personId = origin.caller.session?.userId ?? null
        const made = { organizationId, workspaceId, createdBy: actor.id, personId, ...checked }
        const key = await mint(tx, options.secrets, made)
        await appendAudit(tx, origin, entry('key.created', key, { scopes: key.scopes }))
        await appendEvent(tx, keyCreated, event(origin, key))
        return key
      })
    },
    async rotate(origin, wanted) {
      const key = await db.inTenant(origin.caller.organizationId, (tx) =>
        rotate(tx, options, { origin, wanted }),
      )
      options.revoked()
      return key
    },
    async setActive(origin, id, active) {
      const key = await db.inTenant(origin.caller.organizationId, async (tx) => {
        const found = await store.setActive(tx, reachOf(origin.caller), { id, active })
        if (found === null) throw errors.problem('key_not_found')
        mustReach(origin.caller, found)
        const action = active ? 'key.activated' : 'key.deactivated'
        await appendAudit(tx, origin, entry(action, found))
        return found
      })
      options.revoked()
      return key
    },
    async revoke(origin, id, surface) {
      const key = await db.inTenant(origin.caller.organizationId, async (tx) => {
        const found = await store.revoke(tx, reachOf(origin.caller), { id, surface })
        if (found === null) throw errors.problem('key_not_found')
        mustReach(origin.caller, found)
        await appendAudit(tx, origin, entry('key.revoked', found))
        await appendEvent(tx, keyRevoked, event(origin, found))
        return found
      })
      options.revoked()
      return key
    },
  }
}

async function rotate(
  tx: Tx,
  { secrets, now }: KeyOptions,
  { origin, wanted }: { origin: Origin; wanted: RotatedKey },
): Promise<CreatedKey> {
  const { caller } = origin
  await requireMaker(tx, caller)
  const old = await store.findForRotation(tx, reachOf(caller), wanted)
  if (old === null) throw errors.problem('key_not_found')
  mustReach(caller, old)
  if (old.revoked_at !== null || !old.active || isOver(old, now()) || old.rotated_to !== null) {
    throw errors.problem('key_not_active')
  }
  const key = await mint(tx, secrets, {
    organizationId: caller.organizationId,
    workspaceId: old.workspace_id,
    createdBy: caller.actor.id,
    personId: caller.session?.userId ?? null,
    surface: old.surface,
    type: old.type,
    name: old.name,
    description: old.description,
    scopes: old.scopes,
    ipAllow: old.ip_allow,
    expiresAt: renewedEnd(caller, old, now()),
    principalId: old.principal_id,
  })
  const endsAt = new Date(now() + wanted.overlapHours * 3_600_000).toISOString()
  await store.handOver(tx, caller.organizationId, { id: old.id, to: key.id, endsAt })
  await appendAudit(tx, origin, entry('key.rotated', old, { to: key.id, overlap_ends_at: endsAt }))
  const { organizationId, payload } = event(origin, old)
  await appendEvent(tx, keyRotated, {
    organizationId,
    payload: { ...payload, new_key_id: key.id },
  })
  return key
}

function isOver(key: Key, now: number): boolean {
  return key.expires_at !== null && Date.parse(key.expires_at) <= now
}

function entry(action: string, key: Key, more: object = {}) {
  const details = { surface: key.surface, name: key.name, ...more }
  return { action, objectType: 'key', objectId: key.id, details }
}

function event({ caller }: Origin, { id, surface, name }: Key) {
  const payload = { key_id: id, surface, name, actor: caller.actor }
  return { organizationId: caller.organizationId, payload }
}

export interface Minted {
  organizationId: string
  workspaceId: string
  createdBy: string
  personId?: string | null
  surface: Surface
  type: Key['type']
  name: string
  description: string | null
  scopes: readonly string[]
  ipAllow: readonly string[]
  expiresAt: string | null
  principalId?: string | null
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
  return hash('sha256', key, 'buffer')
}

function prefix(surface: Surface, type: Key['type']): string {
  if (surface === 'trust') return keyPrefixes[type === 'agent' ? 'trust_agent' : 'trust_public']
  return keyPrefixes[surface]
}

/** Throws 400 for what no one could ask for, 403 for what this caller may not. */
function check(maker: Caller, wanted: CreateKey, now: number) {
  const { surface } = wanted
  if (surface !== 'trust' && wanted.type !== undefined) {
    throw invalidField('type', 'is only for keys of the surface trust')
  }
  const type = surface === 'trust' ? (wanted.type ?? 'public') : ('standard' as const)
  return {
    surface,
    type,
    name: wanted.name,
    description: wanted.description ?? null,
    scopes: scopesFor(maker, type, wanted),
    ipAllow: addressesWithin(maker, wanted.ip_allow ?? []),
    expiresAt: expiryWithin(maker, wanted.expires_at, {
      now,
      ...(wanted.expires_in_days === undefined ? {} : { field: 'expires_in_days' }),
    }),
  }
}

function scopesFor(maker: Caller, type: Key['type'], wanted: CreateKey): string[] {
  const fits = (scope: string) => scope === everyScope || agentPermissions.includes(scope)
  if (type !== 'agent') return scopesWithin(maker, wanted.surface, wanted.scopes)
  const wrong = wanted.scopes?.find((scope) => !fits(scope))
  if (wrong !== undefined) {
    const accepted = [...agentPermissions, everyScope].join(', ')
    throw invalidField('scopes', `${wrong} is not one of those of agent keys: ${accepted}`)
  }
  return scopesWithin(maker, wanted.surface, wanted.scopes ?? agentPermissions)
}

/** As long as the old one was made for, and no longer than its maker. */
function renewedEnd(maker: Caller, old: Key, now: number): string | null {
  const ends = [maker.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(maker.expiresAt)]
  if (old.expires_at !== null) {
    ends.push(now + Date.parse(old.expires_at) - Date.parse(old.created_at))
  }
  const end = Math.min(...ends)
  return Number.isFinite(end) ? new Date(end).toISOString() : null
}
