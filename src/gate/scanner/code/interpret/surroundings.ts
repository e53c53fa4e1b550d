// What of the program lies beside the file at hand, as the interpreter asks for it.
import type { SourceText } from '../../source-text.ts'
import type { IrFile } from '../ir/ir.ts'

/** All answer null, or nothing, for what they do not have. */
export interface Surroundings {
  /** The file that declares a type of this full name. */
  type(name: string): Neighbour | null
  /** Files with types that extend this one. */
  subtypes(name: string): Neighbour[]
  /** The file of a module as `from` names it, and which of its members the name goes on to. */
  module(name: string, from: SourceText): (Neighbour & { members: string[] }) | null
  /** The text of a file that is read by its name: `settings.properties`. */
  resource(name: string): string | null
}

export interface Neighbour {
  file: IrFile
  source: SourceText
}

export const nothingElse: Surroundings = {
  type: () => null,
  subtypes: () => [],
  module: () => null,
  resource: () => null,
}
