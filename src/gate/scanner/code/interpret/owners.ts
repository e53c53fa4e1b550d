// By which names models know a value: its types, itself, and the types of built-in values.
import type { Value } from './domain.ts'
import type { Machine } from './machine.ts'

export function ownersOf(machine: Machine, value: Value): readonly string[] {
  const { types, symbols, constants, functions } = value
  const isArray = types.some((type) => type.endsWith('[]'))
  if (types.length > 0 && symbols.length === 0 && !isArray) return types
  const owners = [...types, ...symbols]
  if (isArray) owners.push(machine.types.list)
  if (types.length > 0) return owners
  if (constants?.some((one) => typeof one === 'string') || value.prefix !== null) {
    owners.push(machine.types.text)
  } else if (constants?.some((one) => typeof one === 'number')) owners.push(machine.types.number)
  if (functions.length > 0) owners.push(machine.types.function)
  return owners
}

/** Java's `T[]` holds values of `T`. */
export function elementTypes(value: Value): readonly string[] {
  return value.types.flatMap((type) => (type.endsWith('[]') ? [type.slice(0, -2)] : []))
}
