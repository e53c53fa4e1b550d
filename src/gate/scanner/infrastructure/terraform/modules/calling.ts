// How a module is called: what it is given, and by whom.
import type { Scope } from '../evaluate/scope.ts'
import type { Expression } from '../syntax/tree.ts'
import type { ModuleDefinition } from './definition.ts'

/** An expression of the module that calls, to be evaluated there. */
export interface Argument {
  expression: Expression
  scope: Scope
}

export interface Calling {
  /** `module.net.`, or nothing for the root. */
  prefix: string
  args: ReadonlyMap<string, Argument>
  /** By folder. */
  definitions: ReadonlyMap<string, ModuleDefinition>
  /** Folders of the modules that this one is in, the root first. */
  above: readonly string[]
}
