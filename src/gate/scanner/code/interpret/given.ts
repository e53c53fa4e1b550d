// What a call is given, and what its answer tells of that.
import type { Expression } from '../ir/ir.ts'
import type { Value } from './domain.ts'

/** Stands for the name of what holds all further named arguments. */
export const allNamed = '**'

/** One argument of a call, evaluated. */
export interface Given {
  value: Value
  name: string | null
  /** What was written; null for what no text stands for. */
  node: Expression | null
}

/** Rules for which an argument is harmless when a call has answered so. */
export interface Answer {
  index: number
  whenTrue: bigint
  whenFalse: bigint
}
