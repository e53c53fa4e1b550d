// Principals and resources as this node last read them, until one of the organization's changes.
// What is asked for in one moment is read in one transaction.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import { maskedEntities } from '../decisions/mask.ts'
import { createEntities, type Entities } from '../policy/entities.ts'
import type { Entity, EntityUid } from '../policy/json.ts'
import { withLists } from '../policy/names.ts'
import { type FoundPrincipal, principalEntity, readPrincipals } from '../principals/entities.ts'
import { type FoundResource, readStoredResource, resourceEntity } from '../resources/entities.ts'
import type { Generations } from './generation.ts'

interface Kept {
  entities: Entity[]
  /** Of their JSON, by which the log of decisions names them. */
  snapshot: { hash: string; entities: string }
}

export interface KnownPrincipal extends Kept {
  uid: EntityUid
  principal: FoundPrincipal
  store: Entities
}

export interface KnownResource extends Kept {
  uid: EntityUid
  /** Where false it is in more than was read. */
  complete: boolean
}

export interface KnownEntities {
  /**
   * Undefined where it must be read first: then `load` what is wanted, and ask again. Null: there
   * is none.
   */
  principal(organizationId: string, id: string): KnownPrincipal | null | undefined
  resource(organizationId: string, name: ResourceName): KnownResource | null | undefined
  /** Throws 503 where the database must be asked and does not answer. */
  load(organizationId: string, wanted: Wanted): Promise<void>
}

export interface ResourceName {
  type: string
  id: string
}

export interface Wanted {
  principals: readonly string[]
  resources: readonly ResourceName[]
}

interface Entry<Kind> {
  found: Kind | null
  /** Of the organization's entities, known before they were read. */
  generation: number
}

const entriesMax = 100_000

export function createKnownEntities(options: {
  db: Database
  generations: Generations
}): KnownEntities {
  const { db, generations } = options
  const principals = new LRUCache<string, Entry<KnownPrincipal>>({ max: entriesMax })
  const resources = new LRUCache<string, Entry<KnownResource>>({ max: entriesMax })
  /** Organizations that keep none, which need not be asked about each. */
  const without = new LRUCache<string, number>({ max: entriesMax })
  const pending = new Map<string, Pending>()

  async function read(organizationId: string, pending: Pending): Promise<void> {
    const { entities: generation } =
      generations.known(organizationId) ?? (await generations.ask(organizationId))
    const found = await readFrom(db, organizationId, pending)
    if (!found.anyResource) without.set(organizationId, generation)
    for (const id of pending.ids) {
      const one = found.principals.get(id)
      const key = keyOf(organizationId, id)
      principals.set(key, { found: one === undefined ? null : knownPrincipal(one), generation })
    }
    for (const name of pending.names.keys()) {
      const one = found.resources.get(name)
      const key = keyOf(organizationId, name)
      resources.set(key, { found: one === undefined ? null : knownResource(one), generation })
    }
  }

  function entry<Kind>(
    cache: LRUCache<string, Entry<Kind>>,
    organizationId: string,
    name: string,
  ): Kind | null | undefined {
    const known = generations.known(organizationId)
    const kept = cache.get(keyOf(organizationId, name))
    if (known === null || kept === undefined) return undefined
    return kept.generation >= known.entities ? kept.found : undefined
  }

  return {
    principal: (organizationId, id) => entry(principals, organizationId, id),
    resource(organizationId, name) {
      const known = generations.known(organizationId)
      if (known !== null && (without.get(organizationId) ?? -1) >= known.entities) return null
      return entry(resources, organizationId, nameOf(name))
    },
    async load(organizationId, wanted) {
      const under = pending.get(organizationId) ?? gather(organizationId)
      for (const id of wanted.principals) under.ids.add(id)
      for (const name of wanted.resources) under.names.set(nameOf(name), name)
      await under.done
    },
  }

  function gather(organizationId: string): Pending {
    const ids = new Set<string>()
    const names = new Map<string, ResourceName>()
    const done = new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        pending.delete(organizationId)
        read(organizationId, fresh).then(resolve, reject)
      })
    })
    const fresh: Pending = { ids, names, done }
    pending.set(organizationId, fresh)
    return fresh
  }
}

interface Found {
  principals: Map<string, FoundPrincipal>
  /** By their names as one text. */
  resources: Map<string, FoundResource>
  anyResource: boolean
}

/** Throws 503. */
async function readFrom(
  db: Database,
  organizationId: string,
  { ids, names }: Pending,
): Promise<Found> {
  try {
    return await db.inTenant(organizationId, async (tx) => {
      const principals = await readPrincipals(tx, organizationId, [...ids])
      const resources = new Map<string, FoundResource>()
      if (names.size === 0) return { principals, resources, anyResource: true }
      const { any, stored } = await storedAmong(tx, organizationId, [...names.values()])
      for (const name of stored) {
        const one = await readStoredResource(tx, organizationId, name)
        if (one !== null) resources.set(nameOf(name), one)
      }
      return { principals, resources, anyResource: any }
    })
  } catch (cause) {
    throw common.problem('unavailable', { cause })
  }
}

interface Pending {
  ids: Set<string>
  names: Map<string, ResourceName>
  done: Promise<void>
}

/** Most resources of requests are stored nowhere: those are told in one query. */
async function storedAmong(
  tx: Tx,
  organizationId: string,
  names: readonly ResourceName[],
): Promise<{ any: boolean; stored: ResourceName[] }> {
  const { any } = await tx.one<{ any: boolean }>(sql`select exists (select from resources
    where organization_id = ${organizationId}) as any`)
  if (!any) return { any, stored: [] }
  const stored = await tx.rows<ResourceName>(sql`select type, id
    from resources where organization_id = ${organizationId} and (type, id) in (
      select * from unnest(${names.map(({ type }) => type)}::text[],
        ${names.map(({ id }) => id)}::text[]))`)
  return { any, stored }
}

export function knownPrincipal(principal: FoundPrincipal): KnownPrincipal {
  const entities = principalEntity(principal)
  const [own] = entities
  if (own === undefined) throw new Error('a principal is an entity')
  return { ...kept(entities), uid: own.uid, principal, store: createEntities(withLists(entities)) }
}

function knownResource(resource: FoundResource): KnownResource {
  const entities = resourceEntity(resource)
  const [own] = entities
  if (own === undefined) throw new Error('a resource is an entity')
  return { ...kept(entities), uid: own.uid, complete: resource.complete }
}

function kept(entities: Entity[]): Kept {
  return { entities, snapshot: snapshotOf(entities) }
}

/** What the log keeps of entities once, however many decisions saw them. */
export function snapshotOf(entities: readonly Entity[]): { hash: string; entities: string } {
  const text = maskedEntities(entities, JSON.stringify(entities))
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return { hash, entities: text }
}

function nameOf({ type, id }: ResourceName): string {
  return `${type}\n${id}`
}

function keyOf(organizationId: string, name: string): string {
  return `${organizationId} ${name}`
}
