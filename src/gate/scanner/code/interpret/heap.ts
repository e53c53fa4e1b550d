// What objects hold: their fields, entries and elements.
import type { Contents, Value } from './domain.ts'
import { joinTaints, noTaints, sameTaints } from './taint.ts'
import { join, same, unknown } from './value.ts'

const noFields: ReadonlyMap<string, Value> = new Map()
export const fieldsMax = 128
export const elementsMax = 64

export const openObject: Contents = {
  kind: 'object',
  fields: noFields,
  elements: null,
  rest: null,
  open: true,
  taints: noTaints,
}

export const closedObject: Contents = { ...openObject, open: false }
export const emptyMap: Contents = { ...closedObject, kind: 'map' }
export const emptyList: Contents = { ...closedObject, kind: 'list', elements: [] }

export function withField(contents: Contents, name: string, value: Value): Contents {
  if (contents.fields.size >= fieldsMax && !contents.fields.has(name) && !name.startsWith('#')) {
    return withRest(contents, value)
  }
  const fields = new Map(contents.fields)
  fields.set(name, value)
  return { ...contents, fields }
}

export function withRest(contents: Contents, value: Value): Contents {
  return { ...contents, rest: contents.rest === null ? value : join(contents.rest, value) }
}

/** Of a list: all places become one. */
export function spilled(contents: Contents): Contents {
  if (contents.elements === null) return contents
  let rest = contents.rest
  for (const element of contents.elements) rest = rest === null ? element : join(rest, element)
  return { ...contents, elements: null, rest }
}

/** Any element of a list, or any entry of a map. */
export function anyOf(contents: Contents): Value {
  let found: Value | null = contents.rest
  const add = (value: Value): void => {
    found = found === null ? value : join(found, value)
  }
  for (const element of contents.elements ?? []) add(element)
  for (const [name, value] of contents.fields) if (!name.startsWith('#')) add(value)
  const value = found ?? unknown
  const taints = joinTaints(value.taints, contents.taints)
  const constants = contents.open ? null : value.constants
  return { ...value, taints, constants }
}

export function joinContents(a: Contents, b: Contents): Contents {
  if (a === b) return a
  const aligned = a.elements?.length === b.elements?.length
  const [left, right] = aligned ? [a, b] : [spilled(a), spilled(b)]
  return {
    kind: a.kind,
    fields: joinFields(a, b),
    elements: joinElements(left.elements, right.elements),
    rest: joinRest(left.rest, right.rest),
    open: a.open || b.open,
    taints: joinTaints(a.taints, b.taints),
  }
}

function joinElements(
  a: readonly Value[] | null,
  b: readonly Value[] | null,
): readonly Value[] | null {
  if (a === b) return a
  if (a === null || b === null) return null
  return a.map((element, index) => {
    const other = b[index]
    return other === undefined ? element : join(element, other)
  })
}

function joinRest(a: Value | null, b: Value | null): Value | null {
  if (a === null || b === null) return a ?? b
  return join(a, b)
}

function joinFields(a: Contents, b: Contents): ReadonlyMap<string, Value> {
  if (a.fields === b.fields) return a.fields
  const fields = new Map(a.fields)
  for (const [name, value] of b.fields) {
    const known = fields.get(name)
    fields.set(name, known === undefined ? maybe(value) : join(known, value))
  }
  for (const [name, value] of a.fields) if (!b.fields.has(name)) fields.set(name, maybe(value))
  return fields
}

/** What stands there on one way only. */
function maybe(value: Value): Value {
  return value.constants === null ? value : { ...value, constants: null, prefix: null }
}

export function sameContents(a: Contents, b: Contents): boolean {
  if (a === b) return true
  return (
    a.fields.size === b.fields.size &&
    a.elements?.length === b.elements?.length &&
    sameTaints(a.taints, b.taints) &&
    sameMaybe(a.rest, b.rest) &&
    [...a.fields].every(([name, value]) => sameMaybe(value, b.fields.get(name) ?? null)) &&
    (a.elements ?? []).every((value, index) => sameMaybe(value, b.elements?.[index] ?? null))
  )
}

function sameMaybe(a: Value | null, b: Value | null): boolean {
  return a === b || (a !== null && b !== null && same(a, b))
}
