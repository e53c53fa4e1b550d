// What a file of code says of its place in the program, read without parsing it: what it declares
// and what it may need of others. Too much is harmless, since only what the analysis asks for is
// opened; too little hides a flow.
import type { Language } from '../ir/ir.ts'

export interface Outline {
  /** `data` is a file that code reads by its name. */
  language: Language | 'data'
  /** Full names of types; empty where the path alone names the module. */
  declares: readonly string[]
  /** Full names of types that its types extend, as far as one file tells. */
  extends: readonly string[]
  /** Full names of types and modules, and names of data, that it may ask for. */
  wants: readonly string[]
  /** Names without a package, with blanks between them: of types in one of `packages`. */
  words?: string
  packages?: readonly string[]
}

export const dataOutline: Outline = { language: 'data', declares: [], extends: [], wants: [] }

/** Texts that programs load by name and that decide what they do. */
export const isData = (path: string): boolean => path.endsWith('.properties')
