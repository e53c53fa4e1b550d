// A package that a project uses, as its lock file or manifest says: what advisories are matched
// with and what a bill of materials lists.

export const ecosystems = [
  'npm',
  'PyPI',
  'Go',
  'crates.io',
  'Maven',
  'RubyGems',
  'Packagist',
  'NuGet',
] as const
/** As OSV spells them. */
export type Ecosystem = (typeof ecosystems)[number]

export interface Package {
  ecosystem: Ecosystem
  /** As the ecosystem writes it, normalised: `@scope/name`, `group:artifact`, PEP 503 names. */
  name: string
  /** Exact; null where the manifest only states a range that no lock file resolves. */
  version: string | null
  /** The range as it is stated, where there is no version. */
  range: string | null
  /** Where the file names it. */
  place: PackagePlace
  /** Named by the project itself, not only by another package; null where the file cannot tell. */
  direct: boolean | null
  /** Only for development or tests: not part of what is shipped. */
  development: boolean
  /**
   * Names and versions from a direct dependency down to this package, the shortest way; the last
   * is the package. Alone where it is direct or the way is not known.
   */
  path: readonly string[]
  /** Keys (`name@version`) of what it depends on, for a bill of materials; in the same file. */
  dependsOn: readonly string[]
  /** SPDX expression or the file's own words, where the lock file states one. */
  licence: string | null
  /** Integrity as the lock file states it: `sha512-…` (base64) or `sha256:…` (hex). */
  integrity: string | null
  /** Not from the ecosystem's registry: a URL, a git address or a path. Not matched by name. */
  origin: string | null
}

export interface PackagePlace {
  /** The lock file or manifest. */
  path: string
  /** From 1; the line on which the package is named. */
  line: number
  column: number
  endColumn: number
}

/** How `dependsOn` and `path` name a package. */
export function packageKey({ name, version }: Pick<Package, 'name' | 'version'>): string {
  return version === null ? name : `${name}@${version}`
}
