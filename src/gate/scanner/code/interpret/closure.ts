// Functions as values.
import type { IrFunction } from '../ir/ir.ts'
import type { Value } from './domain.ts'
import type { Machine } from './machine.ts'
import { unknown } from './value.ts'

export function makeClosure(machine: Machine, made: IrFunction): Value {
  const { frame } = machine
  const closure = { function: made, frame, self: frame.self }
  // Those of other files are run when these are analysed.
  const isOwn = machine.modules.isHome(frame)
  if (isOwn && !machine.entered.has(made)) machine.waiting.set(made, closure)
  return { ...unknown, functions: [closure] }
}
