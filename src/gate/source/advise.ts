// What is known against the packages that a scan found: looked up in the indexes of advisories when
// the scan is over, so that newer advisories count although no file has changed.
import { type AdvisoryMatches, matchAdvisories } from '../scanner/dependencies/advisories/match.ts'
import type { Package } from '../scanner/dependencies/package.ts'
import { loadAdvisories } from './advisories/load.ts'

export interface Advised extends AdvisoryMatches {
  /** Indexes that could not be used. */
  problems: readonly string[]
}

/** Files of Maven and Gradle that name what a project asks for, and not what that brings in. */
const directOnly = /(?:^|\/)(?:pom[^/]*\.xml|build\.gradle(?:\.kts)?)$/

/** What the reader should know of what these packages leave unsaid. */
export function notesOnPackages(packages: readonly Package[]): string[] {
  const manifests = new Set(packages.map(({ place }) => place.path))
  const [first, ...others] = [...manifests].filter((path) => directOnly.test(path)).sort()
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return [
    `${first}${more}: only direct dependencies were compared, since no file says what they bring ` +
      'in: keep a gradle.lockfile, or what mvn dependency:tree prints as dependency-tree.txt',
  ]
}

const nothing: Advised = {
  findings: [],
  rules: [],
  unresolved: 0,
  uncovered: [],
  selected: null,
  selectedIds: [],
  date: null,
  problems: [],
}

/** `directories` in the place of the user's own and the package's. */
export async function adviseOn(
  packages: readonly Package[],
  directories: readonly string[] | undefined,
): Promise<Advised> {
  if (packages.length === 0) return nothing
  const index = await loadAdvisories({ directories })
  return { ...matchAdvisories(packages, index), problems: index.problems() }
}
