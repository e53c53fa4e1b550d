// An entry of a file by which another tool is told what is accepted.
import type { Finding, RuleSummary, ScanType } from '../finding.ts'
import { type PathMatcher, pathMatcher } from '../project/path-pattern.ts'
import { goesBy } from './alias.ts'

export interface Accepted {
  /** The file as reports call it, and the line of the entry. */
  source: string
  line: number
  /** Which findings the tool's file is about. */
  speaksFor: readonly ScanType[]
  tool: string
  /** A rule of that tool, or a vulnerability; null where the place alone decides. */
  id: string | null
  reason: string | null
  /** The last day on which it counts. */
  expires: string | null
  /** Null for everywhere. */
  paths: PathMatcher | null
  /** The very line, where the entry is about one. */
  place: { path: string; line: number; commit: string | null } | null
  /** Package URLs without or with a version; null for all. */
  packages: readonly string[] | null
}

/** Of one file. */
export const entriesMax = 10_000

export type AcceptedDraft = Pick<Accepted, 'source' | 'line' | 'speaksFor' | 'tool' | 'id'> &
  Partial<Omit<Accepted, 'paths'>> & { paths?: readonly string[] | null }

export function accepted({ paths = null, ...draft }: AcceptedDraft): Accepted {
  const nothing = { reason: null, expires: null, place: null, packages: null }
  return { ...nothing, ...draft, paths: paths === null ? null : pathMatcher(paths) }
}

/** `path` is the finding's, from the folder of the file. */
export function accepts(
  entry: Accepted,
  finding: Finding,
  { path, rule }: { path: string | null; rule: RuleSummary | null },
): boolean {
  const { speaksFor, paths, place, packages } = entry
  if (!speaksFor.includes(finding.scanType)) return false
  if (paths !== null && (path === null || !paths.matches(path))) return false
  if (packages !== null && !packages.some((purl) => isOf(finding, purl))) return false
  if (place !== null && !isAt(finding, path, place)) return false
  return isCalled(entry, finding, rule)
}

function isCalled({ id, tool, place }: Accepted, finding: Finding, rule: RuleSummary | null) {
  if (id === null) return true
  const { subject, ruleId } = finding
  const names = subject?.kind === 'package' ? subject.aliases : []
  if (ruleId === id || names.includes(id)) return true
  const named = rule ?? {}
  if (goesBy(named, tool, id)) return true
  // Its general rule reports whatever it knows no better name for, and the line is named.
  return place !== null && id === 'generic-api-key'
}

function isOf({ subject }: Finding, purl: string): boolean {
  if (subject?.kind !== 'package') return false
  return subject.purl === purl || subject.purl.startsWith(`${purl}@`)
}

function isAt(
  { location, origin }: Finding,
  path: string | null,
  place: NonNullable<Accepted['place']>,
): boolean {
  if (location === null || path !== place.path || location.line !== place.line) return false
  // What stands in the tree still is the secret of the commit that brought it in.
  return place.commit === null || origin === null || origin.commit.startsWith(place.commit)
}
