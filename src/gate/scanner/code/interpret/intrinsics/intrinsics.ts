// What models mean by `does`: the built-in operations on texts, builders, lists and maps that
// most languages have under different names.
import { listIntrinsics } from './list.ts'
import { mapIntrinsics } from './map.ts'
import type { Intrinsic } from './operands.ts'
import { replaceIntrinsics } from './replace.ts'
import { textIntrinsics } from './text.ts'

export const intrinsics: Record<string, Intrinsic> = {
  ...textIntrinsics,
  ...replaceIntrinsics,
  ...listIntrinsics,
  ...mapIntrinsics,
  /** The first argument itself, as a check that lets everything through. */
  pass: (_, site) => site.given[0]?.value ?? null,
  /** The receiver itself. */
  self: (_, site) => site.receiver,
}
