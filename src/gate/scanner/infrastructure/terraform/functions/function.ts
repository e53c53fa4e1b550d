// What a function of Terraform's language is to the evaluator.
import type { Place, Value } from '../../resource.ts'
import type { Work } from '../evaluate/work.ts'

/** Null where the result cannot be known: the caller makes it unknown because of `args`. */
export type TerraformFunction = (args: readonly Value[], place: Place, work: Work) => Value | null

export type Functions = Readonly<Record<string, TerraformFunction>>
