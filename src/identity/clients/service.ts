// Makes, rotates and deletes OAuth clients. A client never carries more than its maker.
import { clientCreated, clientDeleted, clientRotated } from '../../events/client.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Database } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { newKey, prefixedId } from '../../platform/ids.ts'
import { appendEvent } from '../../platform/outbox.ts'
import { errors } from '../errors.ts'
import { addressesWithin, expiryWithin, mustReach, scopesWithin } from '../keys/bounds.ts'
import { hashKey } from '../keys/service.ts'
import { requireMaker } from '../users/maker.ts'
import type { Client, CreateClient, CreatedClient, RotatedClient } from './schema.ts'
import * as store from './store.ts'

export interface ClientService {
  list(caller: Caller, page: Page): Promise<{ clients: Client[]; total: number }>
  create(origin: Origin, wanted: CreateClient): Promise<CreatedClient>
  /** A new secret; the one before it goes on for the overlap. */
  rotate(origin: Origin, id: string, overlapHours: number): Promise<RotatedClient>
  /** With all its tokens. */
  remove(origin: Origin, id: string): Promise<{ deleted_at: string }>
}

interface Page {
  limit: number
  offset: number
}

export function clientService(options: {
  db: Database
  now: () => number
  /** Called after the commit of a change, so that this node forgets the client at once. */
  revoked: () => void
}): ClientService {
  const { db, now } = options
  return {
    list: (caller, page) =>
      db.inTenant(caller.organizationId, (tx) => store.list(tx, reachOf(caller), page)),
    async create(origin, wanted) {
      const secret = newKey(secretPrefix)
      const checked = check(origin.caller, wanted, now())
      const { organizationId, workspaceId, actor } = origin.caller
      return db.inTenant(organizationId, async (tx) => {
        await requireMaker(tx, origin.caller)
        const client = await store.insert(tx, {
          organizationId,
          id: prefixedId('client'),
          workspaceId,
          createdBy: actor.id,
          personId: origin.caller.session?.userId ?? null,
          secretHash: hashKey(secret),
          ...checked,
        })
        await appendAudit(tx, origin, entry('client.created', client, { scopes: client.scopes }))
        await appendEvent(tx, clientCreated, event(origin, client))
        return { ...client, client_secret: secret }
      })
    },
    async rotate(origin, id, overlapHours) {
      const { organizationId } = origin.caller
      const secret = newKey(secretPrefix)
      const until = new Date(now() + overlapHours * 3_600_000).toISOString()
      await db.inTenant(organizationId, async (tx) => {
        await requireMaker(tx, origin.caller)
        const client = await store.find(tx, reachOf(origin.caller), id)
        if (client === null) throw errors.problem('client_not_found')
        mustReach(origin.caller, { surface: 'identity', ...client })
        mustOutlive(origin.caller, client)
        const change = { organizationId, id, secretHash: hashKey(secret), previousUntil: until }
        await store.replaceSecret(tx, change)
        await appendAudit(tx, origin, entry('client.rotated', client, { overlap_ends_at: until }))
        await appendEvent(tx, clientRotated, event(origin, client))
      })
      options.revoked()
      return { client_id: id, client_secret: secret, previous_secret_expires_at: until }
    },
    async remove(origin, id) {
      const gone = await db.inTenant(origin.caller.organizationId, async (tx) => {
        const found = await store.remove(tx, reachOf(origin.caller), id)
        if (found === null) throw errors.problem('client_not_found')
        mustReach(origin.caller, { surface: 'identity', ...found })
        await appendAudit(tx, origin, entry('client.deleted', { client_id: id, ...found }))
        await appendEvent(tx, clientDeleted, event(origin, { client_id: id, ...found }))
        return found
      })
      options.revoked()
      return gone
    },
  }
}

const secretPrefix = 'cs_'

function check(maker: Caller, wanted: CreateClient, now: number) {
  const days = wanted.expires_in_days
  const end = days === undefined ? undefined : new Date(now + days * 86_400_000).toISOString()
  return {
    name: wanted.name,
    grantTypes: [...new Set(wanted.grant_types)],
    scopes: scopesWithin(maker, 'identity', wanted.scopes),
    redirectUris: [...new Set(wanted.redirect_uris)],
    ipAllow: addressesWithin(maker, wanted.ip_allow ?? []),
    expiresAt: expiryWithin(maker, end, { now, field: 'expires_in_days' }),
  }
}

/** A new secret lives as long as its client, so whoever asks for one must live as long. */
function mustOutlive(caller: Caller, client: Client): void {
  if (caller.expiresAt === null) return
  const end = client.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(client.expires_at)
  if (end > Date.parse(caller.expiresAt)) {
    throw errors.problem('scope_exceeds_maker', { details: { expires_at_max: caller.expiresAt } })
  }
}

function entry(action: string, client: { client_id: string; name: string }, more: object = {}) {
  const details = { name: client.name, ...more }
  return { action, objectType: 'client', objectId: client.client_id, details }
}

function event({ caller }: Origin, { client_id, name }: { client_id: string; name: string }) {
  const { organizationId, actor } = caller
  return { organizationId, payload: { client_id, name, actor } }
}
