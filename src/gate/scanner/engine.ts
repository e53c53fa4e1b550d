// The contract of an engine. An engine looks at single files, or at units of files that only
// together mean something: the folder of a Terraform module with the modules it calls, a lock
// file with its manifest.

import type { Outline } from './code/program/outline.ts'
import type { Program } from './code/program/program.ts'
import type { Package } from './dependencies/package.ts'
import type { RuleSummary } from './finding.ts'
import type { SourceText } from './source-text.ts'
import type { Budget, Weakness } from './weakness.ts'

export interface FileEngine {
  rules: readonly RuleSummary[]
  /** Changes with all that decides what it finds in the same bytes. */
  digest: string
  /** By the path alone, and cheaply: asked for every file. */
  wants(path: string): boolean
  /** Loads what such files need (a grammar) the first time; null when nothing is missing. */
  prepare(path: string): Promise<void> | null
  /**
   * Never throws for what a file holds. With `around`, weaknesses may be in other files, and the
   * same one may be found from several.
   */
  scan(source: SourceText, budget: Budget, around?: Around): EngineResult
  /** What it must know of a file before that, or others, can be seen among others. */
  outline?(source: SourceText): Outline | null
  /** Of `rules` those that may find something in such a file; all unless it says so. */
  rulesFor?(path: string): readonly RuleSummary[]
  /** Why nothing is reported on a line, in sentences: what stopped a flow there. */
  trace?(source: SourceText, line: number, budget: Budget): readonly string[]
}

export interface EngineResult {
  weaknesses: Weakness[]
  /** Which limit or fault cut the analysis short; null when none did. */
  incomplete: string | null
  /** Set when nothing was looked for, because a program wrote the file. */
  reduced?: 'generated' | 'minified'
}

/** The files that one is seen among. */
export interface Around {
  /** At least these files. */
  program: Program
  /** Those that it may lead to, and itself. */
  reach: ReadonlySet<string>
  /** Those of them that a limit keeps closed. */
  cut: ReadonlySet<string>
  /** Null where the file cannot be read. */
  open(path: string): SourceText | null
}

export interface UnitEngine {
  kind: UnitKind
  rules: readonly RuleSummary[]
  digest: string
  wants(path: string): boolean
  prepare(): Promise<void> | null
  /** What the file belongs to; null when its content shows that it is none of this engine's. */
  membership(source: SourceText): Membership | null
  /** Never throws for what files hold. All weaknesses are in files of the unit. */
  scan(unit: Unit, budget: Budget): UnitEngineResult
}

export const unitKinds = ['dependencies', 'terraform'] as const
export type UnitKind = (typeof unitKinds)[number]

export interface Membership {
  kind: UnitKind
  /**
   * Folders, relative to the root, with whose files this one must be seen; `''` is the root.
   * A folder that ends in `/*` stands for all directly below, one in `/**` for all at any depth.
   */
  links: readonly string[]
}

export interface Unit {
  kind: UnitKind
  files: readonly SourceText[]
}

export interface UnitEngineResult extends EngineResult {
  /** What the lock files and manifests say is used; empty for other kinds. */
  packages: Package[]
}
