// The entities that decisions are made over: attributes, tags and the hierarchy.
import type { Entity } from './json.ts'
import { InvalidValue, isUid, readRecord } from './json-value.ts'
import type { EntityRef, RecordValue } from './value.ts'
import { entityRef } from './value.ts'

export interface StoredEntity {
  readonly ref: EntityRef
  readonly attrs: RecordValue
  readonly tags: RecordValue | undefined
  /** Keys, not entities: a parent need not be stored. */
  readonly parents: readonly string[]
}

/** A store of entities. Made by `createEntities`, never changed afterwards. */
export interface Entities {
  readonly find: (key: string) => StoredEntity | undefined
  /** The keys of all that the entity is in, itself not among them (but for a circle). */
  readonly ancestors: (key: string) => ReadonlySet<string>
  readonly has: (key: string) => boolean
}

const none: ReadonlySet<string> = new Set()

class EntityStore implements Entities {
  readonly #own: ReadonlyMap<string, StoredEntity>
  readonly #base: Entities | undefined
  readonly #ancestors = new Map<string, ReadonlySet<string>>()

  constructor(own: ReadonlyMap<string, StoredEntity>, base: Entities | undefined) {
    this.#own = own
    this.#base = base
  }

  find(key: string): StoredEntity | undefined {
    return this.#own.get(key) ?? this.#base?.find(key)
  }

  has(key: string): boolean {
    return this.#own.has(key) || this.#base?.has(key) === true
  }

  ancestors(key: string): ReadonlySet<string> {
    const entity = this.find(key)
    if (entity === undefined || entity.parents.length === 0) return none
    const known = this.#ancestors.get(key)
    if (known !== undefined) return known
    const found = this.#inherited(key) ?? this.#collect(entity)
    this.#ancestors.set(key, found)
    return found
  }

  /** What the base found holds here too, unless this store says something of one of them. */
  #inherited(key: string): ReadonlySet<string> | undefined {
    if (this.#base === undefined || this.#own.has(key)) return undefined
    const found = this.#base.ancestors(key)
    for (const own of this.#own.keys()) if (found.has(own)) return undefined
    return found
  }

  #collect(entity: StoredEntity): ReadonlySet<string> {
    const found = new Set(entity.parents)
    // A set yields what is added while it is walked; a circle adds nothing twice.
    for (const key of found) {
      for (const parent of this.find(key)?.parents ?? []) found.add(parent)
    }
    return found
  }
}

/**
 * Entities to decide over. With a base, what is given here replaces the base's entity of the same
 * name as a whole, and costs only what it adds. Of two with one name the later counts.
 * @throws InvalidValue where an attribute, a tag or a name has no meaning in Cedar
 */
export function createEntities(entities: Iterable<Entity>, base?: Entities): Entities {
  const own = new Map<string, StoredEntity>()
  for (const entity of entities) {
    const stored = store(entity)
    own.set(stored.ref.key, stored)
  }
  return new EntityStore(own, base)
}

function store({ uid, attrs, parents, tags }: Entity): StoredEntity {
  if (!Array.isArray(parents)) throw new InvalidValue('parents', 'must be a list of entities')
  if (!isUid(uid)) throw new InvalidValue('uid', 'must be {"type": text, "id": text}')
  const ref = entityRef(uid)
  return {
    ref,
    attrs: readRecord(attrs, 'attrs'),
    tags: tags && readRecord(tags, 'tags'),
    parents: parents.map((parent) => {
      if (!isUid(parent)) throw new InvalidValue('parents', 'must be {"type": text, "id": text}')
      return entityRef(parent).key
    }),
  }
}
