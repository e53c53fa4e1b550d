// Operations on maps: exact while keys are known.
import { checkNamed } from '../check.ts'
import { type Contents, plainName, type Value } from '../domain.ts'
import { anyOf, emptyList, emptyMap, openObject, withField, withRest } from '../heap.ts'
import type { Machine } from '../machine.ts'
import { entryOf } from '../read.ts'
import type { Site } from '../site.ts'
import { overlaid, spreadInto } from '../spread.ts'
import { joinTaints, noTaints, withHop } from '../taint.ts'
import { constant, join, nothing, only, unknown } from '../value.ts'
import { ensureObject, update } from '../write.ts'
import { argument, contentsOf, type Intrinsic } from './operands.ts'
import { propertiesIn } from './properties.ts'

const openMap: Contents = { ...openObject, kind: 'map' }

function change(machine: Machine, site: Site, alter: (contents: Contents) => Contents): void {
  const { receiver, receiverNode } = site
  if (receiver === null) return
  update(machine, ensureObject(machine, receiver, receiverNode, openMap), alter)
}

function put(contents: Contents, key: Value, value: Value): Contents {
  const name = only(key)
  return name === undefined ? withRest(contents, value) : withField(contents, String(name), value)
}

function entry(machine: Machine, site: Site): Value | null {
  const { receiver } = site
  if (receiver === null || receiver.objects.length === 0) return null
  let found: Value | null = null
  for (const object of receiver.objects) {
    const key = only(argument(site, 0))
    const contents = machine.store.contents(object)
    const value = entryOf(contents, typeof key === 'number' ? String(key) : key)
    found = found === null ? value : join(found, value)
  }
  if (found === null || receiver.taints.length === 0) return found
  return { ...found, taints: joinTaints(found.taints, receiver.taints) }
}

/** The key is there, on whatever way the map was filled. */
function isCertain(machine: Machine, site: Site): boolean {
  const key = only(argument(site, 0))
  const held = contentsOf(machine, site)?.fields.get(String(key))
  return held !== undefined && held.constants !== null
}

const resourceKey = '#resource'

/** All values, as a list of unknown length. */
function listOf(machine: Machine, site: Site, rest: (contents: Contents) => Value): Value | null {
  const contents = contentsOf(machine, site)
  if (contents === null) return null
  const taints = joinTaints(contents.taints, site.receiver?.taints ?? noTaints)
  const list = { ...emptyList, elements: null, rest: rest(contents), taints }
  return machine.allocate(machine.types.list, list)
}

function mapOf(machine: Machine, site: Site, contents: Contents): Value {
  const { callee, isNew } = site.node
  const type = isNew && callee.op === 'symbol' ? machine.resolve(callee.name) : machine.types.map
  return machine.allocate(type, contents)
}

function copied(machine: Machine, value: Value): Contents {
  const [object] = value.objects
  if (object === undefined) return { ...openMap, taints: value.taints }
  return machine.store.contents(object)
}

/** `Object.assign(target, source, …)`; a flag before the target, as jQuery's, is passed over. */
function assign(machine: Machine, site: Site): Value | null {
  const isFlagged = typeof only(argument(site, 0)) === 'boolean'
  const [target, ...sources] = site.given
    .filter(({ name }) => name === null)
    .slice(isFlagged ? 1 : 0)
  if (target === undefined || sources.length === 0) return null
  const objects = ensureObject(machine, target.value, target.node)
  if (objects.length === 0) return null
  for (const { value } of sources) {
    const taints = withHop(value.taints, machine.spot(site.node), `through ${site.name}()`)
    update(machine, objects, (held) => {
      // Of defaults none is certain any more.
      const base = value.objects.length === 0 ? overlaid(held, unknown) : held
      return spreadInto(machine, base, { value, taints })
    })
    if (target.node?.op === 'local' && taints.length > 0) {
      checkNamed(machine, plainName(target.node.name), { ...unknown, taints }, target.node)
    }
  }
  return { ...target.value, objects }
}

function putAll(contents: Contents, added: Contents): Contents {
  let all = contents
  for (const [name, value] of added.fields) all = withField(all, name, value)
  if (added.rest !== null) all = withRest(all, added.rest)
  return {
    ...all,
    open: all.open || added.open,
    taints: joinTaints(all.taints, added.taints),
  }
}

export const mapIntrinsics: Record<string, Intrinsic> = {
  'map.new': (machine, site) => {
    const [first] = site.given
    const isCopy = first !== undefined && first.value.constants === null
    return mapOf(
      machine,
      site,
      isCopy ? { ...copied(machine, first.value), kind: 'map' } : emptyMap,
    )
  },
  /** Keys and values, one after the other. */
  'map.of': (machine, site) => {
    let contents = emptyMap
    for (let at = 0; at + 1 < site.given.length; at += 2) {
      contents = put(contents, argument(site, at), argument(site, at + 1))
    }
    return machine.allocate(machine.types.map, contents)
  },
  'map.put': (machine, site) => {
    change(machine, site, (held) => put(held, argument(site, 0), argument(site, 1)))
    return unknown
  },
  'map.assign': assign,
  'map.put-all': (machine, site) => {
    const added = copied(machine, argument(site, 0))
    change(machine, site, (held) => putAll(held, added))
    return unknown
  },
  /** From a file of the program, where that is at hand; otherwise it may hold anything. */
  'map.fill': (machine, site) => {
    const [stream] = argument(site, 0).objects
    const name = stream && machine.store.contents(stream).fields.get(resourceKey)
    const written = name === undefined ? undefined : only(name)
    const text = typeof written === 'string' ? machine.resource(written) : null
    const pairs = text === null ? null : propertiesIn(text)
    change(machine, site, (held) => {
      let filled: Contents = { ...held, open: pairs === null || held.open }
      for (const [key, value] of pairs ?? []) filled = withField(filled, key, constant(value))
      return filled
    })
    return unknown
  },
  /** A file that comes with the program, by its name. */
  'resource.open': (machine, site) =>
    machine.allocate('java.io.InputStream', withField(openObject, resourceKey, argument(site, 0))),
  'map.get': entry,
  'map.get-or': (machine, site) => {
    const found = entry(machine, site)
    if (found === null) return null
    if (found === nothing) return argument(site, 1)
    return isCertain(machine, site) ? found : join(found, argument(site, 1))
  },
  'map.remove': (machine, site) => {
    const taken = entry(machine, site)
    const name = only(argument(site, 0))
    if (name !== undefined) {
      change(machine, site, (held) => {
        const fields = new Map(held.fields)
        fields.delete(String(name))
        return { ...held, fields }
      })
    }
    return taken
  },
  'map.clear': (machine, site) => {
    change(machine, site, (held) => ({ ...held, fields: new Map(), rest: null, taints: [] }))
    return unknown
  },
  'map.values': (machine, site) => listOf(machine, site, anyOf),
  'map.keys': (machine, site) =>
    listOf(machine, site, (contents) => ({ ...unknown, taints: contents.taints })),
  /** Entries whose value is any of the map's. */
  'map.entries': (machine, site) => listOf(machine, site, anyOf),
  'map.contains': () => unknown,
}
