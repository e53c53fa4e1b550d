// What a declared type or a cast adds to what is known of a value.
import type { Value } from './domain.ts'
import type { Machine } from './machine.ts'
import { plainTaints } from './taint.ts'

/** A value that was seen being made keeps its own, more exact types. */
export function coerce(machine: Machine, value: Value, written: string | null): Value {
  if (written === null || written === '') return value
  const type = machine.resolve(written)
  if (machine.catalogue.isPlain(type)) {
    return { ...value, taints: plainTaints(value.taints), prefix: null, types: [type] }
  }
  if (isTooGeneral(type)) return value
  const { list, map } = machine.types
  const isLiteral = value.types.every((one) => one === list || one === map)
  if (value.types.length > 0 && !(isLiteral && machine.catalogue.isKnown(type))) return value
  return value.types.length === 0 && value.objects.length > 0 ? value : { ...value, types: [type] }
}

/** A cast says more than what a declaration of a library said. */
export function cast(machine: Machine, value: Value, written: string): Value {
  if (written === '' || value.objects.length > 0) return coerce(machine, value, written)
  const type = machine.resolve(written)
  if (machine.catalogue.isPlain(type)) return coerce(machine, value, written)
  return isTooGeneral(type) ? value : { ...value, types: [type] }
}

function isTooGeneral(type: string): boolean {
  return type === 'java.lang.Object' || type === 'object' || type === 'any' || /^[A-Z]$/.test(type)
}
