// What Panthera's principals, actions, resources and attributes are called in Cedar. Everyone who
// builds an entity or compiles a policy asks here, so that both sides always mean the same one.
import type { CedarJson, Entity, EntityUid } from './json.ts'

export const principalTypes = ['USER', 'SERVICE_ACCOUNT', 'API_KEY', 'AI_AGENT'] as const
export type PrincipalType = (typeof principalTypes)[number]

const entityTypeOfPrincipal: Readonly<Record<PrincipalType, string>> = {
  USER: 'User',
  SERVICE_ACCOUNT: 'ServiceAccount',
  API_KEY: 'ApiKey',
  AI_AGENT: 'AIAgent',
}

/** Attributes of a principal that the platform sets; stored ones of the same name give way. */
export const reservedPrincipalAttributes = [
  'id',
  'type',
  'groups',
  'owner',
  'name',
  'email',
  'status',
] as const

/** The same of a resource: `type` and `id` as the user wrote them, before any encoding. */
export const reservedResourceAttributes = ['id', 'type'] as const

/** `USER` → `User`, the type of its entity. */
export function principalEntityType(type: PrincipalType): string {
  return entityTypeOfPrincipal[type]
}

/** `User` → `USER`; null for an entity that is no stored principal. */
export function principalTypeOf(entityType: string): PrincipalType | null {
  return principalTypes.find((type) => entityTypeOfPrincipal[type] === entityType) ?? null
}

/** Reads a principal's type as clients write it: `USER`, `user`, `ai_agent`, `AIAgent`. */
export function readPrincipalType(text: string): PrincipalType | null {
  const letters = text.replaceAll(/[_-]/g, '').toUpperCase()
  return principalTypes.find((type) => type.replaceAll('_', '') === letters) ?? null
}

export function principalUid(type: PrincipalType, id: string): EntityUid {
  return { type: principalEntityType(type), id }
}

export function groupUid(name: string): EntityUid {
  return { type: 'Group', id: name }
}

export function actionUid(name: string): EntityUid {
  return { type: 'Action', id: name }
}

/** Of a resource's own type and id; the type is any text but the empty one. */
export function resourceUid(type: string, id: string): EntityUid {
  return { type: entityType(type), id }
}

/** Splits `type:id` at the first colon; null where one of the two is missing. */
export function readResource(text: string): { type: string; id: string } | null {
  const colon = text.indexOf(':')
  if (colon < 1 || colon === text.length - 1) return null
  return { type: text.slice(0, colon), id: text.slice(colon + 1) }
}

/**
 * The entity type of a resource: the text itself where it is a name in Cedar (`document`,
 * `Billing::Invoice`), else with each offending character as `_x<hex>_` (`my-db` → `my_x2d_db`).
 * Two texts never meet in one type, and no text gives a type of the platform's own: otherwise a
 * request could bring attributes for "the resource" `User:…` that its principal then has too.
 */
export function entityType(text: string): string {
  if (text === '') return '_xempty_'
  if (ownTypes.has(text)) return encodeAt(text, (index) => index === 0)
  const segments = text.split('::')
  return segments.includes('') ? encodeSegment(text) : segments.map(encodeSegment).join('::')
}

const ownTypes: ReadonlySet<string> = new Set([
  ...Object.values(entityTypeOfPrincipal),
  'Group',
  'Action',
])

/** Words that cannot be a name in Cedar. */
const keywords = new Set('true false if then else in is like has __cedar'.split(' '))

function encodeSegment(segment: string): string {
  if (keywords.has(segment)) return encodeAt(segment, (index) => index === 0)
  return encodeAt(segment, (index) => {
    const rest = segment.slice(index, index + 3)
    // What looks like the beginning of an encoded character is encoded itself.
    if (/^_x[0-9a-f]/.test(rest)) return true
    return !(index === 0 ? /^[_a-zA-Z]/ : /^[_a-zA-Z0-9]/).test(rest)
  })
}

function encodeAt(text: string, encoded: (index: number) => boolean): string {
  let out = ''
  for (let index = 0; index < text.length; index++) {
    out += encoded(index) ? `_x${text.charCodeAt(index).toString(16)}_` : text[index]
  }
  return out
}

/** A value that cannot be an attribute: `path` is where it stands, `message` names it too. */
export class UnfitAttribute extends Error {
  readonly path: string

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`)
    this.name = 'UnfitAttribute'
    this.path = path
  }
}

/** How deep attributes may nest. */
export const attributeDepthMax = 8

/**
 * A JSON value as an attribute in Cedar: arrays become sets, objects records, null is left out
 * (undefined at the top). `path` is what an error calls the value.
 *
 * @throws {UnfitAttribute} for fractions, numbers beyond ±(2^53−1), text that is not Unicode, too
 *   deep a value, and the keys by which Cedar's JSON names entities and extensions: whoever may
 *   set attributes must not forge those.
 */
export function toCedar(value: unknown, path: string): CedarJson | undefined {
  return convert(value, path, 0)
}

/** The same of an object whose members are attributes. */
export function toCedarRecord(
  value: Readonly<Record<string, unknown>>,
  path: string,
): Record<string, CedarJson> {
  return convertRecord(value, path, 0)
}

function convert(value: unknown, path: string, depth: number): CedarJson | undefined {
  if (value === null || value === undefined) return undefined
  if (depth > attributeDepthMax) {
    throw new UnfitAttribute(path, `nested deeper than ${attributeDepthMax} levels`)
  }
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return checkText(value, path)
  if (typeof value === 'number') return checkInteger(value, path)
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => {
      const converted = convert(each, `${path}[${index}]`, depth + 1)
      return converted === undefined ? [] : [converted]
    })
  }
  if (typeof value === 'object') return convertRecord({ ...value }, path, depth)
  throw new UnfitAttribute(path, `${typeof value} is no JSON value`)
}

function convertRecord(
  value: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): Record<string, CedarJson> {
  const members = Object.entries(value).flatMap(([key, each]): [string, CedarJson][] => {
    const place = `${path}.${key}`
    checkText(key, place)
    if (forgeries.has(key))
      throw new UnfitAttribute(place, 'the name is reserved; accepted: others')
    const converted = convert(each, place, depth + 1)
    return converted === undefined ? [] : [[key, converted]]
  })
  // Not by assignment: a member may be called `__proto__`.
  return Object.fromEntries(members)
}

/**
 * Entities as rules need them: each attribute that is a list once more as a tag, by its dotted
 * path, beside the kinds of its elements. Cedar cannot ask whether an attribute is a set, and a
 * test that does not fit fails the whole policy; but every tag is a set, so that a rule means a
 * list as well as a single value by the same words. Call it last, when an entity's attributes are
 * all together.
 */
export function withLists(entities: Iterable<Entity>): Entity[] {
  return Array.from(entities, (entity) => {
    const tags = listTags(entity.attrs)
    return Object.keys(tags).length === 0
      ? entity
      : { ...entity, tags: { ...entity.tags, ...tags } }
  })
}

function listTags(attributes: Readonly<Record<string, CedarJson>>): Record<string, CedarJson> {
  return Object.fromEntries(listsIn(attributes, ''))
}

function listsIn(record: object, prefix: string): [string, CedarJson][] {
  return Object.entries(record).flatMap(([name, value]): [string, CedarJson][] => {
    // Paths are split at dots: a name that holds one must not pass for two.
    if (name.includes('.') || typeof value !== 'object' || value === null) return []
    if (Array.isArray(value)) return [[prefix + name, value], kindsIn(prefix + name, value)]
    return '__entity' in value || '__extn' in value ? [] : listsIn(value, `${prefix}${name}.`)
  })
}

/** Which kinds of elements a list has: what a deny cannot compare, it must not pass over. */
function kindsIn(path: string, list: readonly CedarJson[]): [string, CedarJson] {
  return [kindsTag(path), [...new Set(list.map((each) => typeof each))]]
}

/** Of the list at the path; no attribute has that path, for a list is no record. */
export function kindsTag(path: string): string {
  return `${path}.kinds`
}

const forgeries = new Set(['__entity', '__extn', '__expr'])

function checkText(text: string, path: string): string {
  if (text.isWellFormed()) return text
  throw new UnfitAttribute(path, 'the text is not Unicode: it holds half a surrogate pair')
}

function checkInteger(value: number, path: string): number {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const shown = Number.isInteger(value) ? 'too large a number' : 'not an integer'
  throw new UnfitAttribute(path, `${value} is ${shown}; accepted: integers within ±(2^53−1)`)
}
