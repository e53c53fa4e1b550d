// Assigning to locals, fields and elements.

import type { Expression, Place } from '../ir/ir.ts'
import { checkAssigned } from './check.ts'
import { coerce } from './coerce.ts'
import type { Contents, HeapObject, Value } from './domain.ts'
import { elementsMax, joinContents, openObject, spilled, withField, withRest } from './heap.ts'
import type { Machine } from './machine.ts'
import { staticsOf } from './read.ts'
import { joinTaints, type Taints } from './taint.ts'
import { only } from './value.ts'

/** `written` is the expression that gave the value; null where none stands for it. */
export function writePlace(
  machine: Machine,
  place: Place,
  value: Value,
  written: Expression | null,
): void {
  if (place.op === 'local') {
    const cell = machine.frame.find(place.name) ?? machine.frame.declare(place.name)
    machine.store.setValue(cell, value)
    machine.frame.assigned.add(place.name)
    return
  }
  const object = machine.evaluate(place.object)
  if (place.op === 'field') {
    checkAssigned(machine, object, place, { value, node: written, name: null })
    const found = object.types
      .map((type) => machine.declared.field(type, place.name))
      .find((one) => one !== null)
    const type = found?.field.type ? found.declared.frame.module.resolve(found.field.type) : null
    const kept = coerce(machine, value, type)
    for (const symbol of object.symbols) {
      if (machine.declared.has(symbol)) {
        update(machine, [staticsOf(machine, symbol)], (contents) =>
          withField(contents, place.name, kept),
        )
      }
    }
    const made = ensureObject(machine, object, place.object)
    update(machine, made, (contents) => withField(contents, place.name, kept))
    return
  }
  const key = only(machine.evaluate(place.key))
  const made = ensureObject(machine, object, place.object)
  update(machine, made, (contents) => withEntry(contents, key, value))
}

/** `key` is undefined where it is not known. */
export function withEntry(
  contents: Contents,
  key: ReturnType<typeof only>,
  value: Value,
): Contents {
  if (typeof key === 'number' && contents.elements !== null) {
    if (Number.isInteger(key) && key >= 0 && key < contents.elements.length) {
      return { ...contents, elements: contents.elements.with(key, value) }
    }
    if (key === contents.elements.length && key < elementsMax) {
      return { ...contents, elements: [...contents.elements, value] }
    }
  }
  if (key === undefined || key === null) return withRest(spilled(contents), value)
  if (contents.kind === 'list') return withRest(spilled(contents), value)
  return withField(contents, String(key), value)
}

/**
 * Changes what the objects hold: for good where there is one, perhaps where it may be any of
 * several.
 */
export function update(
  machine: Machine,
  objects: readonly HeapObject[],
  change: (contents: Contents) => Contents,
): void {
  const { store } = machine
  for (const object of objects) {
    const before = store.contents(object)
    const after = change(before)
    store.setContents(object, objects.length === 1 ? after : joinContents(before, after))
  }
}

/** Gives a value that came from elsewhere an object that remembers what is done to it from here. */
export function ensureObject(
  machine: Machine,
  value: Value,
  node: Expression | null,
  contents: Contents = openObject,
): readonly HeapObject[] {
  if (value.objects.length > 0 || node === null) return value.objects
  if (node.op !== 'local' && node.op !== 'field' && node.op !== 'index') return []
  if (value.symbols.length > 0 && node.op !== 'local') return []
  const [type = ''] = value.types
  const { objects } = machine.allocate(type, contents)
  writeAgain(machine, node, { ...value, objects })
  return objects
}

function writeAgain(machine: Machine, place: Place, value: Value): void {
  if (place.op === 'local') {
    const cell = machine.frame.find(place.name)
    if (cell !== null) machine.store.setValue(cell, value)
    return
  }
  const object = machine.evaluate(place.object)
  if (place.op === 'field') {
    update(machine, object.objects, (contents) => withField(contents, place.name, value))
  } else {
    const key = only(machine.evaluate(place.key))
    update(machine, object.objects, (contents) => withEntry(contents, key, value))
  }
}

/** What flows into an object as a whole: no one knows which part of it holds it. */
export function addTaints(
  machine: Machine,
  value: Value,
  node: Expression | null,
  taints: Taints,
): void {
  if (taints.length === 0) return
  const objects = ensureObject(machine, value, node)
  update(machine, objects, (contents) => ({
    ...contents,
    taints: joinTaints(contents.taints, taints),
  }))
}
