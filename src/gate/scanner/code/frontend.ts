// What a language has to bring: its files' endings, its grammar and the way from text to the
// intermediate representation. All that knows a language by name is behind this seam or is data.
import type { LoadGrammar } from '../grammar.ts'
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import type { IrFile, Language } from './ir/ir.ts'

export interface Frontend {
  language: Language
  /** With the dot and in small letters: `.java`. */
  extensions: readonly string[]
  /** Loads the grammar the first time; null where nothing is missing. */
  prepare(load: LoadGrammar): Promise<void> | null
  /**
   * Never throws for what the text holds. What does not parse or nests too deep is lowered to
   * `unknown` nodes; `incomplete` says so where more than an expression is lost.
   */
  lower(source: SourceText, budget: Budget): Lowered
}

export interface Lowered {
  file: IrFile
  incomplete: string | null
}
