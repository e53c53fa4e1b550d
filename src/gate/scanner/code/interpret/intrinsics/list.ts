// Operations on lists: exact while positions and lengths are known.

import type { Contents, Value } from '../domain.ts'
import { elementOf } from '../elements.ts'
import { anyOf, elementsMax, emptyList, openObject, spilled, withRest } from '../heap.ts'
import type { Machine } from '../machine.ts'
import { entryOf } from '../read.ts'
import type { Site } from '../site.ts'
import { joinTaints } from '../taint.ts'
import { constant, join, only, unknown } from '../value.ts'
import { ensureObject, update } from '../write.ts'
import { argument, contentsOf, type Intrinsic, receiverObject } from './operands.ts'

const openList: Contents = { ...openObject, kind: 'list' }

/** Of which nothing is known but what is done to it from here on. */
function change(machine: Machine, site: Site, alter: (contents: Contents) => Contents): void {
  const { receiver, receiverNode } = site
  if (receiver === null) return
  update(machine, ensureObject(machine, receiver, receiverNode, openList), alter)
}

const last = ({ given }: Site): Value => given.at(-1)?.value ?? unknown

function inserted(contents: Contents, at: number | null, value: Value): Contents {
  const { elements } = contents
  const fits = elements !== null && elements.length < elementsMax
  if (!fits || at === null || at < 0 || at > elements.length) {
    return withRest(spilled(contents), value)
  }
  return { ...contents, elements: elements.toSpliced(at, 0, value) }
}

function position(value: Value): number | null {
  const at = only(value)
  return typeof at === 'number' && Number.isInteger(at) ? at : null
}

function removed(contents: Contents, at: number | null): Contents {
  const { elements } = contents
  if (elements === null) return contents
  if (at === null || at < 0 || at >= elements.length) return spilled(contents)
  return { ...contents, elements: elements.toSpliced(at, 1) }
}

const endOf = (contents: Contents): number | null => contents.elements?.length ?? null

/** The element itself, without what is known of the list as a whole when that is nothing. */
function elementAt(machine: Machine, site: Site, key: Value): Value | null {
  const { receiver } = site
  if (receiver === null || receiver.objects.length === 0) return null
  let found: Value | null = null
  for (const object of receiver.objects) {
    const value = entryOf(machine.store.contents(object), only(key))
    found = found === null ? value : join(found, value)
  }
  if (found === null || receiver.taints.length === 0) return found
  return { ...found, taints: joinTaints(found.taints, receiver.taints) }
}

function made(machine: Machine, site: Site, contents: Contents): Value {
  const { callee, isNew } = site.node
  const type = isNew && callee.op === 'symbol' ? machine.resolve(callee.name) : machine.types.list
  return machine.allocate(type, contents)
}

/** All elements of what an argument holds. */
function copied(machine: Machine, value: Value): Contents {
  const [object] = value.objects
  if (object === undefined || value.objects.length > 1) {
    const rest = elementOf(machine, value)
    return { ...emptyList, elements: null, rest, open: true, taints: value.taints }
  }
  const contents = machine.store.contents(object)
  if (contents.kind === 'list') return { ...contents, fields: new Map() }
  return { ...emptyList, elements: null, rest: anyOf(contents), open: contents.open }
}

function joined(contents: Contents, added: Contents): Contents {
  if (contents.elements !== null && added.elements !== null) {
    const elements = [...contents.elements, ...added.elements]
    if (elements.length <= elementsMax) return { ...contents, elements }
  }
  const { rest } = spilled(added)
  const whole = rest === null ? spilled(contents) : withRest(spilled(contents), rest)
  return {
    ...whole,
    open: contents.open || added.open,
    taints: joinTaints(contents.taints, added.taints),
  }
}

export const listIntrinsics: Record<string, Intrinsic> = {
  'list.new': (machine, site) => {
    const [first] = site.given
    const isCopy = first !== undefined && typeof only(first.value) !== 'number'
    return made(machine, site, isCopy ? copied(machine, first.value) : emptyList)
  },
  'list.of': (machine, site) => {
    const [first] = site.given
    const isArray = site.given.length === 1 && (first?.value.objects.length ?? 0) > 0
    if (isArray && first !== undefined) return made(machine, site, copied(machine, first.value))
    return made(machine, site, { ...emptyList, elements: site.given.map(({ value }) => value) })
  },
  'list.copy': (machine, site) =>
    site.receiver === null
      ? null
      : machine.allocate(machine.types.list, copied(machine, site.receiver)),
  'list.add': (machine, site) => {
    change(machine, site, (held) => inserted(held, endOf(held), last(site)))
    return constant(true)
  },
  'list.insert': (machine, site) => {
    change(machine, site, (held) => inserted(held, position(argument(site, 0)), last(site)))
    return unknown
  },
  'list.add-first': (machine, site) => {
    change(machine, site, (held) => inserted(held, 0, last(site)))
    return unknown
  },
  'list.add-all': (machine, site) => {
    const added = copied(machine, last(site))
    change(machine, site, (held) => joined(held, added))
    return unknown
  },
  'list.set': (machine, site) => {
    const at = position(argument(site, 0))
    change(machine, site, (held) => {
      const { elements } = held
      if (elements === null || at === null || at < 0 || at >= elements.length) {
        return withRest(spilled(held), last(site))
      }
      return { ...held, elements: elements.with(at, last(site)) }
    })
    return unknown
  },
  'list.get': (machine, site) => elementAt(machine, site, argument(site, 0)),
  'list.first': (machine, site) => elementAt(machine, site, constant(0)),
  'list.last': (machine, site) => elementAt(machine, site, constant(-1)),
  'list.any': (machine, site) =>
    site.receiver === null ? null : elementOf(machine, site.receiver),
  'list.remove': (machine, site) => {
    const at = position(argument(site, 0))
    const taken = at === null ? unknown : elementAt(machine, site, argument(site, 0))
    change(machine, site, (held) => removed(held, at))
    return taken ?? unknown
  },
  'list.remove-first': (machine, site) => {
    const taken = elementAt(machine, site, constant(0))
    change(machine, site, (held) => removed(held, 0))
    return taken
  },
  'list.remove-last': (machine, site) => {
    const taken = elementAt(machine, site, constant(-1))
    change(machine, site, (held) =>
      removed(held, held.elements === null ? null : held.elements.length - 1),
    )
    return taken
  },
  'list.clear': (machine, site) => {
    change(machine, site, (held) => ({ ...held, elements: [], rest: null, taints: [] }))
    return unknown
  },
  'list.size': (machine, site) => {
    const elements = contentsOf(machine, site)?.elements
    return elements === undefined || elements === null ? unknown : constant(elements.length)
  },
  'list.is-empty': (machine, site) => {
    const elements = contentsOf(machine, site)?.elements
    return elements === undefined || elements === null ? unknown : constant(elements.length === 0)
  },
  /** Answers no question of flow, but lets a test of it be understood. */
  'list.contains': () => unknown,
  'list.join': (machine, site) => {
    const { receiver } = site
    const object = receiverObject(site)
    if (receiver === null || object === null) return null
    const taints = machine.deepTaints(receiver)
    return { ...unknown, taints, types: [machine.types.text] }
  },
}
