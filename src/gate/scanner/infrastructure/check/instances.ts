// Which values stand at a path of a body, and where nothing stands that might.
import type { Entry, Mapping, Place, Scalar, Value } from '../resource.ts'
import { isWildcard } from './path.ts'
import type { Path, Step } from './rule-data.ts'

/** A value, or the lack of one, with where it is and by which way it was reached. */
export interface Instance {
  /** Null where nothing stands; `place` is then what it is missing from. */
  value: Value | null
  place: Place
  /** `ingress[0].cidr_blocks[1]`; items that have a name go by it: `containers[web].image`. */
  path: string
}

/**
 * More values than any real resource has. Aliases can make a short file mean any number of them,
 * so looks are counted, too.
 */
const instancesMax = 10_000
const looksMax = 100_000

/** What was reached by one step, and how many looks at values are left for the path. */
class Reached {
  found: Instance[] = []
  #left = looksMax

  /** Whether another value may be looked at. */
  mayLook(): boolean {
    return this.found.length < instancesMax && --this.#left > 0
  }

  next(): Instance[] {
    const { found } = this
    this.found = []
    return found
  }
}

export function instancesAt({ steps }: Path, from: Instance): Instance[] {
  const last = steps.findLastIndex(isWildcard)
  const near = descend(steps, last, from)
  if (near === null) return []
  let instances = [near.instance]
  const reached = new Reached()
  for (let index = near.steps; index < steps.length; index++) {
    for (const instance of instances) {
      if (!reached.mayLook()) break
      follow(steps[index] as Step, instance, index <= last, reached)
    }
    instances = reached.next()
  }
  return instances.map(withoutNull)
}

/**
 * Goes as far as there are plain keys of mappings, which is all that most paths are; null where
 * something is missing before a wildcard.
 */
function descend(
  steps: readonly Step[],
  lastWildcard: number,
  from: Instance,
): { instance: Instance; steps: number } | null {
  let instance = from
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Step
    const { value } = instance
    if (step.kind !== 'key' || value?.kind !== 'map') return { instance, steps: index }
    const entry = value.entries.get(step.key)
    if (entry === undefined) {
      if (value.open || index > lastWildcard) return { instance, steps: index }
      return null
    }
    instance = entryOf(entry, step.key, instance)
  }
  return { instance, steps: steps.length }
}

function withoutNull(instance: Instance): Instance {
  const { value } = instance
  return value?.kind === 'scalar' && value.value === null ? { ...instance, value: null } : instance
}

function follow(step: Step, from: Instance, beforeWildcard: boolean, reached: Reached): void {
  const { value } = withoutNull(from)
  if (value === null) {
    if (!beforeWildcard) reached.found.push(missing(from, step))
    return
  }
  if (value.kind === 'unknown') {
    reached.found.push(from)
    return
  }
  switch (step.kind) {
    case 'key':
      followKey(step.key, from, beforeWildcard, reached)
      return
    case 'index': {
      const item = value.kind === 'list' ? value.items[step.index] : value
      if (item !== undefined) reached.found.push(itemOf(item, step.index, from))
      else if (!beforeWildcard) reached.found.push(missing(from, step))
      return
    }
    case 'items':
      if (value.kind === 'list') pushItems(value.items, from, reached)
      else reached.found.push(from)
      return
    case 'values':
      pushValues(from, reached)
      return
    case 'json':
      reached.found.push({ ...from, value: value.kind === 'scalar' ? parsedJson(value) : value })
      return
    case 'base64':
      reached.found.push({ ...from, value: fromBase64(value) })
  }
}

function followKey(key: string, from: Instance, beforeWildcard: boolean, reached: Reached): void {
  const { value } = from
  if (value?.kind === 'list' && value.items.length > 0) {
    for (const [index, item] of value.items.entries()) {
      if (!reached.mayLook()) return
      const instance = itemOf(item, index, from)
      if (item.kind === 'unknown') reached.found.push(instance)
      else pushEntry(key, instance, beforeWildcard, reached)
    }
  } else pushEntry(key, from, beforeWildcard, reached)
}

function pushEntry(key: string, from: Instance, beforeWildcard: boolean, reached: Reached): void {
  const { value } = from
  const entry = value?.kind === 'map' ? value.entries.get(key) : undefined
  if (entry !== undefined) reached.found.push(entryOf(entry, key, from))
  else if (value?.kind === 'map' && value.open) reached.found.push(unknownAt(from, key))
  else if (!beforeWildcard) reached.found.push(missing(from, { kind: 'key', key }))
}

function pushItems(items: readonly Value[], from: Instance, reached: Reached): void {
  for (const [index, item] of items.entries()) {
    if (!reached.mayLook()) return
    reached.found.push(itemOf(item, index, from))
  }
}

/** Of a list, those of the mappings in it. */
function pushValues(from: Instance, reached: Reached): void {
  const { value } = from
  if (value?.kind !== 'list') {
    pushEntries(from, reached)
    return
  }
  for (const [index, item] of value.items.entries()) {
    if (!reached.mayLook()) return
    pushEntries(itemOf(item, index, from), reached)
  }
}

function pushEntries(from: Instance, reached: Reached): void {
  const { value } = from
  if (value?.kind === 'unknown') reached.found.push(from)
  if (value?.kind !== 'map') return
  for (const [key, entry] of value.entries) {
    if (!reached.mayLook()) return
    reached.found.push(entryOf(entry, key, from))
  }
  if (value.open) reached.found.push(unknownAt(from, '*'))
}

function entryOf({ value, place }: Entry, key: string, from: Instance): Instance {
  return { value, place, path: joined(from.path, key) }
}

function itemOf(value: Value, index: number, { path }: Instance): Instance {
  return { value, place: value.place, path: `${path}[${nameOf(value) ?? index}]` }
}

/** Positions change when an item is put before another, names do not. */
function nameOf(value: Value): string | null {
  const name = value.kind === 'map' ? value.entries.get('name')?.value : undefined
  return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : null
}

function missing({ place, path }: Instance, step: Step): Instance {
  const name = step.kind === 'key' ? step.key : step.kind === 'index' ? String(step.index) : ''
  return { value: null, place, path: joined(path, name) }
}

function unknownAt({ place, path }: Instance, key: string): Instance {
  return { value: { kind: 'unknown', place, references: [] }, place, path: joined(path, key) }
}

function joined(path: string, key: string): string {
  if (path === '' || key === '') return path + key
  return `${path}.${key}`
}

const parsed = new WeakMap<Scalar, Value>()

function parsedJson(scalar: Scalar): Value {
  let value = parsed.get(scalar)
  if (value === undefined) {
    value = readJson(scalar)
    parsed.set(scalar, value)
  }
  return value
}

/** Only texts: bytes of programs and archives say nothing to a check. */
function fromBase64(value: Value): Value {
  const { place } = value
  const unknown: Value = { kind: 'unknown', place, references: [] }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return unknown
  if (value.value.length > base64LengthMax || !/^[\w+/=\s-]+$/.test(value.value)) return unknown
  const text = Buffer.from(value.value, 'base64').toString('utf8')
  if (text.includes('\ufffd')) return unknown
  return { kind: 'scalar', value: text, place }
}

const base64LengthMax = 300_000
const jsonLengthMax = 200_000
const jsonDepthMax = 40

/** Every part of it stands where the whole text does. */
function readJson({ value, place }: Scalar): Value {
  const unknown: Value = { kind: 'unknown', place, references: [] }
  if (typeof value !== 'string' || value.length > jsonLengthMax) return unknown
  try {
    return fromJson(JSON.parse(value), place, 0)
  } catch {
    return unknown
  }
}

function fromJson(json: unknown, place: Place, depth: number): Value {
  if (depth > jsonDepthMax) return { kind: 'unknown', place, references: [] }
  if (Array.isArray(json)) {
    return { kind: 'list', items: json.map((item) => fromJson(item, place, depth + 1)), place }
  }
  if (typeof json !== 'object' || json === null) {
    return { kind: 'scalar', value: json as Scalar['value'], place }
  }
  const entries: Mapping['entries'] = new Map(
    Object.entries(json).map(([key, value]) => [
      key,
      { value: fromJson(value, place, depth + 1), place },
    ]),
  )
  return { kind: 'map', entries, place, open: false }
}
