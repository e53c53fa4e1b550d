// Reading fields, properties and elements.

import type { Expression, Field, IrField } from '../ir/ir.ts'
import type { PropertyModel } from '../model/data.ts'
import { checkProperty } from './check.ts'
import { coerce } from './coerce.ts'
import type { Contents, Frame, HeapObject, Value } from './domain.ts'
import { anyOf, openObject } from './heap.ts'

import type { Machine } from './machine.ts'
import { symbolValue } from './modules.ts'
import { elementTypes, ownersOf } from './owners.ts'
import { joinTaints } from './taint.ts'
import { constant, join, nothing, oneOf, only, typed, unknown } from './value.ts'

/** `node` is where the field is read: a property may be a source. */
export function readField(machine: Machine, object: Value, node: Field): Value {
  const { name } = node
  const modelled = propertyModels(machine, object, name)
  if (modelled.length > 0) return modelledProperty(machine, object, node, modelled)
  let found: Value | null = null
  const add = (value: Value): void => {
    found = found === null ? value : join(found, value)
  }
  for (const symbol of object.symbols) add(memberOfSymbol(machine, symbol, name))
  for (const one of object.objects) add(fieldOf(machine, one, name))
  if (object.objects.length === 0) {
    for (const type of object.types) {
      const declared = declaredMember(machine, type, name, object)
      if (declared !== null) add(declared)
    }
  }
  const value = found ?? unknown
  if (object.taints.length === 0) return value
  return { ...value, taints: joinTaints(value.taints, object.taints) }
}

function propertyModels(machine: Machine, object: Value, name: string): PropertyModel[] {
  const { catalogue, declared } = machine
  return ownersOf(machine, object).flatMap((owner) =>
    catalogue.properties(owner, name, declared.supertypes),
  )
}

function modelledProperty(
  machine: Machine,
  object: Value,
  node: Field,
  models: readonly PropertyModel[],
): Value {
  let value: Value = { ...unknown, taints: machine.deepTaints(object) }
  const fields = object.objects.map((one) => machine.store.contents(one).fields.get(node.name))
  for (const field of fields) if (field !== undefined) value = join(value, field)
  for (const model of models) {
    checkProperty(machine, model, object, node)
    if (model.value !== null) value = { ...oneOf(model.value), taints: value.taints }
    if (model.source !== null) {
      const taints = machine.sourceAt(model.source, node)
      value = { ...value, taints: joinTaints(value.taints, taints) }
    }
    if (model.cleans.length > 0) {
      value = { ...value, taints: machine.cleaned(value.taints, model.cleans) }
    }
    if (model.returns !== null) value = coerce(machine, value, model.returns)
  }
  // What a module or a type holds is also known by its own full name.
  const symbols = object.symbols.map((symbol) => `${symbol}.${node.name}`)
  return symbols.length === 0 ? value : { ...value, symbols }
}

function memberOfSymbol(machine: Machine, symbol: string, name: string): Value {
  const { declared } = machine
  if (declared.has(symbol)) {
    const field = declared.field(symbol, name)
    if (field !== null) return staticField(machine, symbol, name)
    const nested = `${symbol}.${name}`
    if (declared.has(nested)) return { ...unknown, symbols: [nested] }
    const methods = declared.methods(symbol, name)
    if (methods.length > 0) {
      const functions = methods.map((one) => ({
        function: one.method,
        frame: one.declared.frame,
        self: null,
      }))
      return { ...unknown, functions, symbols: [nested] }
    }
    const kept = staticsOf(machine, symbol)
    const held = machine.store.contents(kept).fields.get(name)
    if (held !== undefined) return held
  }
  return symbolValue(machine, `${symbol}.${name}`)
}

export function staticsOf(machine: Machine, type: string): HeapObject {
  const { statics } = machine.declared
  const known = statics.get(type)
  if (known !== undefined) return known
  const [made] = machine.allocate(type, openObject).objects
  if (made !== undefined) statics.set(type, made)
  return made as HeapObject
}

function staticField(machine: Machine, type: string, name: string): Value {
  const found = machine.declared.field(type, name)
  const kept = staticsOf(machine, found?.declared.type.name ?? type)
  const held = machine.store.contents(kept).fields.get(name)
  if (held !== undefined) return held
  return found === null ? unknown : initialValue(machine, found.field, found.declared.frame, null)
}

/** The value that a field begins with, where nothing changes it; else what its type tells. */
export function initialValue(
  machine: Machine,
  field: IrField,
  frame: Frame,
  self: Value | null,
): Value {
  const ofType = field.type === null ? unknown : typed(frame.module.resolve(field.type))
  if (!field.isConstant || field.value === null) return ofType
  const known = machine.declared.constants.get(field)
  if (known !== undefined) return known ?? ofType
  machine.declared.constants.set(field, null)
  const { value: written } = field
  const value = machine.inFrame(self, frame, () => machine.evaluate(written))
  const coerced = machine.inFrame(self, frame, () => coerce(machine, value, field.type))
  machine.declared.constants.set(field, coerced)
  return coerced
}

/** Of an object that the run has made. */
function fieldOf(machine: Machine, object: HeapObject, name: string): Value {
  const contents = machine.store.contents(object)
  const held = contents.fields.get(name)
  if (held !== undefined) {
    return contents.rest === null ? held : join(held, contents.rest)
  }
  const declared = declaredMember(machine, object.type, name, {
    ...unknown,
    types: [object.type],
    objects: [object],
  })
  if (declared !== null) return declared
  if (contents.rest !== null) return contents.rest
  if (contents.taints.length > 0) return { ...unknown, taints: contents.taints }
  return contents.open || contents.kind === 'list' ? unknown : nothing
}

function declaredMember(machine: Machine, type: string, name: string, self: Value): Value | null {
  const { declared } = machine
  const field = declared.field(type, name)
  if (field !== null) {
    if (field.field.isStatic) return staticField(machine, type, name)
    return initialValue(machine, field.field, field.declared.frame, self)
  }
  const methods = declared.methods(type, name)
  if (methods.length === 0) return null
  const functions = methods.map((one) => ({
    function: one.method,
    frame: one.declared.frame,
    self,
  }))
  return { ...unknown, functions }
}

export function readIndex(machine: Machine, object: Value, key: Value, node: Expression): Value {
  const at = only(key)
  if (typeof at === 'string' && object.objects.length === 0 && object.taints.length === 0) {
    const field = { op: 'field', object: node, name: at, at: node.at, end: node.end } as const
    if (propertyModels(machine, object, at).length > 0 || object.symbols.length > 0) {
      return readField(machine, object, field)
    }
  }
  const text = only(object)
  if (typeof text === 'string' && typeof at === 'number') return constant(text[at] ?? null)
  let found: Value | null = null
  for (const one of object.objects) {
    const value = entryOf(machine.store.contents(one), at)
    found = found === null ? value : join(found, value)
  }
  const [type] = elementTypes(object)
  const value = found ?? (type === undefined ? unknown : typed(type))
  return { ...value, taints: joinTaints(value.taints, object.taints) }
}

/** `at` is undefined where the key is not known. */
export function entryOf(contents: Contents, at: ReturnType<typeof only>): Value {
  if (at === undefined) return anyOf(contents)
  const held = contents.elements === null ? undefined : elementAt(contents.elements, at)
  const entry = held ?? contents.fields.get(String(at))
  const rest = contents.rest
  if (entry !== undefined) {
    const value = rest === null ? entry : join(entry, rest)
    return contents.taints.length === 0
      ? value
      : { ...value, taints: joinTaints(value.taints, contents.taints) }
  }
  if (rest !== null) return { ...rest, taints: joinTaints(rest.taints, contents.taints) }
  if (contents.open || contents.elements !== null) return { ...unknown, taints: contents.taints }
  return contents.taints.length > 0 ? { ...unknown, taints: contents.taints } : nothing
}

function elementAt(elements: readonly Value[], at: ReturnType<typeof only>): Value | undefined {
  if (typeof at !== 'number') return undefined
  return elements.at(at)
}
