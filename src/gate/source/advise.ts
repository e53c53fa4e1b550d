// What is known against the packages that a scan found: looked up in the indexes of advisories when
// the scan is over, so that newer advisories count although no file has changed.
import { type AdvisoryMatches, matchAdvisories } from '../scanner/dependencies/advisories/match.ts'
import type { Package } from '../scanner/dependencies/package.ts'
import { loadAdvisories } from './advisories/load.ts'

export interface Advised extends AdvisoryMatches {
  /** Indexes that could not be used. */
  problems: readonly string[]
}

const nothing: Advised = {
  findings: [],
  rules: [],
  unresolved: 0,
  uncovered: [],
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
