// Whom a request means: subjects of our own types are stored principals, named by their id, by the
// id that the organization gave them, or by their address. What is found is remembered until one of
// the organization's principals changes.
import { LRUCache } from 'lru-cache'
import type { Database } from '../../platform/db.ts'
import { common } from '../../platform/errors.ts'
import type { Generations } from '../authorization/generation.ts'
import type { EntityUid } from '../policy/json.ts'
import { principalUid, readPrincipalType, resourceUid } from '../policy/names.ts'
import { findNamed, type NamedPrincipal, type PrincipalName } from './store.ts'

export interface Subjects {
  /** Reads what is not known of these yet, in one go. Throws 503. */
  learn(organizationId: string, subjects: readonly SubjectName[]): Promise<void>
  /**
   * The id of a stored principal, or an entity that is none: of a type that is not ours, or, for
   * callers whose word counts, a person whom only they know. For others it is an id of nobody.
   * Undefined where `learn` must come first.
   */
  resolve(
    organizationId: string,
    subject: SubjectName,
    isTrusted: boolean,
  ): string | EntityUid | undefined
}

export interface SubjectName {
  type: string
  id: string
}

interface Entry {
  /** Null: none; undefined: several, and so none that is meant. */
  id: string | null | undefined
  generation: number
}

const entriesMax = 100_000

export function createSubjects(options: { db: Database; generations: Generations }): Subjects {
  const { db, generations } = options
  const known = new LRUCache<string, Entry>({ max: entriesMax })

  function find(organizationId: string, name: PrincipalName): Entry | undefined {
    const now = generations.known(organizationId)
    const entry = known.get(keyOf(organizationId, name))
    return now !== null && entry !== undefined && entry.generation >= now.entities
      ? entry
      : undefined
  }

  return {
    async learn(organizationId, subjects) {
      const named = subjects.flatMap((subject) => nameOf(subject) ?? [])
      // One who is asked for twice must not look like two.
      const names = new Map(named.map((name) => [`${name.type} ${name.name}`, name])).values()
      const { entities: generation } =
        generations.known(organizationId) ?? (await generations.ask(organizationId))
      const wanted = [...names].filter((name) => find(organizationId, name) === undefined)
      if (wanted.length === 0) return
      const rows = await db
        .inTenant(organizationId, (tx) => findNamed(tx, organizationId, wanted))
        .catch((cause: unknown) => {
          throw common.problem('unavailable', { cause })
        })
      const found = Map.groupBy(rows, ({ type, name }) => `${type} ${name}`)
      for (const name of wanted) {
        const id = theOne(found.get(`${name.type} ${name.name}`) ?? [])
        known.set(keyOf(organizationId, name), { id, generation })
      }
    },
    resolve(organizationId, subject, isTrusted) {
      const name = nameOf(subject)
      if (name === null) return resourceUid(subject.type, subject.id)
      const entry = find(organizationId, name)
      if (entry === undefined) return undefined
      if (typeof entry.id === 'string') return entry.id
      const isForeign = entry.id === null && isTrusted && !idForm.test(name.name)
      return isForeign ? principalUid(name.type, name.name) : nobody(name.name)
    },
  }
}

const idForm = /^principal_/

/** For the log, and never the id of anyone: those have no space. */
function nobody(name: string): string {
  return `unknown ${name}`
}

function nameOf({ type, id }: SubjectName): PrincipalName | null {
  const ours = readPrincipalType(type)
  return ours === null ? null : { type: ours, name: id }
}

/**
 * Its own id before the one that others gave it, before the address of an account, before one that
 * somebody wrote of it; one that ended comes last.
 */
function theOne(rows: readonly NamedPrincipal[]): string | null | undefined {
  for (const by of ['id', 'external_id', 'connector', 'account', 'email']) {
    const found = rows.filter((row) => row.by === by)
    const live = found.filter(({ status }) => status !== 'terminated')
    const [one, other] = live.length > 0 ? live : found
    if (one !== undefined) return other === undefined ? one.id : undefined
  }
  return null
}

function keyOf(organizationId: string, { type, name }: PrincipalName): string {
  return `${organizationId} ${type} ${name}`
}
