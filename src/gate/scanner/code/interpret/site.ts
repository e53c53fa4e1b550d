// A call as it is being evaluated.

import type { Call, Expression } from '../ir/ir.ts'
import type { Value } from './domain.ts'
import type { Given } from './given.ts'

export interface Site {
  node: Call
  /** What a method is called on; null for a function. */
  receiver: Value | null
  receiverNode: Expression | null
  given: readonly Given[]
  /** Last part of the name of what is called, for people; empty where it has none. */
  name: string
}
