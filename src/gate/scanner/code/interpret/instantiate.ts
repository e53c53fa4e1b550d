// Makes an object of a type of the file: fields, initialisers, then the constructor.

import { coerce } from './coerce.ts'
import type { Declared } from './declared-types.ts'
import type { Value } from './domain.ts'
import type { Given } from './given.ts'
import { openObject, withField } from './heap.ts'
import type { Machine } from './machine.ts'
import type { Site } from './site.ts'
import { joinTaints, noTaints } from './taint.ts'
import { fitting } from './targets.ts'

import { addTaints, update } from './write.ts'

const constructorNames = ['constructor', '__init__'] as const

export function instantiate(machine: Machine, declared: Declared, site: Site): Value {
  const value = makeObject(machine, declared)
  if (machine.localTypes.has(declared)) machine.localTypes.set(declared, value)
  construct(machine, declared, value, site.given)
  return value
}

/** An object with its fields as they begin, before any constructor. */
export function makeObject(machine: Machine, declared: Declared): Value {
  const { name } = declared.type
  const value = machine.allocate(name, openObject)
  const outer = declared.outer ?? machine.frame.self
  if (outer !== null) update(machine, value.objects, (held) => withField(held, '$outer', outer))
  for (const one of machine.declared.line(name).reverse()) {
    for (const field of one.type.fields) {
      const { value: written } = field
      if (field.isStatic || written === null) continue
      const begun = machine.inFrame(value, one.frame, () => machine.evaluate(written))
      const typed = coerce(machine, begun, field.type)
      update(machine, value.objects, (held) => withField(held, field.name, typed))
    }
    for (const method of one.type.methods) {
      if (method.name === '<initialiser>') {
        machine.invoke({ function: method, frame: one.frame, self: value }, [])
      }
    }
  }
  return value
}

export function construct(
  machine: Machine,
  declared: Declared,
  value: Value,
  given: readonly Given[],
): void {
  const constructors = constructorNames.flatMap((name) =>
    machine.declared.methods(declared.type.name, name),
  )
  const [one] = fitting(machine, constructors, given)
  if (one !== undefined) {
    machine.invoke({ function: one.method, frame: one.declared.frame, self: value }, given)
    return
  }
  const taints = given.reduce(
    (all, { value: each }) => joinTaints(all, machine.deepTaints(each)),
    noTaints,
  )
  addTaints(machine, value, null, taints)
}

/** `super(…)` within a constructor; null where the file does not declare what is above. */
export function superConstructor(machine: Machine, given: readonly Given[]): Value | null {
  const { self } = machine.frame
  const owner = machine.frame.function.owner
  const type = owner === null ? null : machine.declared.get(machine.resolve(owner))
  if (self === null || type === null) return null
  for (const above of type.type.extends) {
    const declared = machine.declared.get(type.frame.module.resolve(above))
    if (declared === null) continue
    construct(machine, declared, self, given)
    return self
  }
  return null
}
