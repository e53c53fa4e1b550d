// The contract of a reader: one form of lock file or manifest.
import type { Ecosystem } from '../package.ts'
import type { PackageGraph } from '../package-graph.ts'
import type { ProjectFile, UnitFiles } from '../unit-files.ts'

export interface Reader {
  ecosystem: Ecosystem
  /** By the file's name and its whole path. */
  reads(name: string, path: string): boolean
  /** Whether it is such a file after all, of which there are many that look like it. */
  recognises?(bytes: Uint8Array, path: string): boolean
  /**
   * Folders with whose files this one must be seen, as `Membership` has them; null where its
   * content shows that it says nothing of packages. May throw.
   */
  links?(source: ProjectFile): readonly string[] | null
  /**
   * Adds what the file names. May throw: what was added until then stands, and an `Unreadable`
   * says in its message what is missing.
   */
  read?(source: ProjectFile, packages: PackageGraph, unit: UnitFiles): void
}
