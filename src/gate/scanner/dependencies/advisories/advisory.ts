// What a database says of one package and one vulnerability: facts alone, no prose.
import type { Severity } from '../../finding.ts'
import type { Ecosystem } from '../package.ts'
import type { CvssScore } from './cvss/severity.ts'
import type { VersionRange } from './version-range.ts'

export interface Advisory {
  ecosystem: Ecosystem
  /** As `lookupName` spells it. */
  package: string
  /** The database's own. */
  id: string
  /** Other names of the very same vulnerability. */
  aliases: readonly string[]
  /** Withdrawn by the database: nothing is affected, whatever older data said. */
  withdrawn: boolean
  affected: readonly VersionRange[]
  rating: Rating
  /** Numbers of weakness classes, ascending. */
  cwes: readonly number[]
  /** Import paths within the package that are vulnerable; empty where all is, or nobody says. */
  parts: readonly string[]
  /** `2024-01-31`; null where it is not said. */
  published: string | null
  modified: string | null
  /** The database's name, as its reader knows it: `GitHub`, `PyPA`. */
  source: string
}

export interface Rating {
  /** null where the database says nothing that a severity follows from. */
  severity: Severity | null
  /** What the severity was computed from; null where it is the database's own word. */
  cvss: CvssScore | null
}

/** One vulnerability of one package: what all databases say of it, the preferred one first. */
export interface Vulnerability {
  /** All of its names, the best known first. */
  ids: readonly string[]
  statements: readonly Statement[]
  rating: Rating
  cwes: readonly number[]
  parts: readonly string[]
  published: string | null
  modified: string | null
}

/** Which versions are affected, as one database says. */
export interface Statement {
  source: string
  id: string
  affected: readonly VersionRange[]
}
