// Operators as a run uses them.
import type { Machine } from './machine.ts'
import type { OperatorContext } from './operators.ts'

export function operators(machine: Machine): OperatorContext {
  return {
    language: machine.language,
    text: machine.types.text,
    deepTaints: (value) => machine.deepTaints(value),
  }
}
