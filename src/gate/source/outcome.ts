// What a scan comes to, whatever it looked at.

import type { AdvisoryMatches } from '../scanner/dependencies/advisories/match.ts'
import type { Package } from '../scanner/dependencies/package.ts'
import type { Finding, RuleSummary, ScanType } from '../scanner/finding.ts'
import { compareFindings } from '../scanner/finding.ts'
import type { Coverage } from '../scanner/report/report.ts'
import type { Suppressed } from '../scanner/scanner.ts'
import { adviseOn, notesOnPackages } from './advise.ts'
import { type Collector, type Shortfall, shortfallsMax } from './collect.ts'
import type { Kind } from './met.ts'
import { enginesOf } from './options.ts'
import type { Session } from './session.ts'

export interface ScanOutcome {
  /** Sorted by `compareFindings`. */
  findings: Finding[]
  suppressed: Suppressed[]
  /** Of the files themselves. */
  coverage: Coverage
  /** Of contents that only the history holds; null when it was not asked for. */
  history: Coverage | null
  /** The first 10,000 files that were left out in whole or in part. */
  skipped: { path: string; reason: string }[]
  /** What cut the scan short: empty exactly when `coverage.complete`. */
  shortfalls: Shortfall[]
  /** Code in which weaknesses may be missed, as a file that may lead to it was cut short. */
  unproved: readonly string[]
  rules: readonly RuleSummary[]
  /** Whose engines ran, whether or not they know rules by name beforehand. */
  engines: readonly ScanType[]
  /** What lock files and manifests say is used, whether or not anything is known against it. */
  packages: Package[]
  /** With what these were compared, and of how many nothing can be said. */
  advisories: Pick<AdvisoryMatches, 'date' | 'unresolved' | 'uncovered' | 'selected'>
  /** Rules of dependencies that are proved where their type is not (`provenTypes`). */
  selectedIds: readonly string[]
  /** What the project's own settings should mend. */
  notes: string[]
  /** The files that were looked at, by kind. */
  met: readonly Kind[]
  /** Of code that no engine knows: what it is; null where there is none. */
  otherCode: string | null
}

/** The files that were not looked at in full; null where they cannot be told. */
export function unseenIn({ shortfalls }: ScanOutcome): string[] | null {
  if (shortfalls.length >= shortfallsMax) return null
  // Of the whole scan, or of a folder: which files it held is not known.
  if (shortfalls.some(({ path }) => path === null || path.endsWith('/'))) return null
  return shortfalls.flatMap(({ path, files }) => files ?? [path ?? ''])
}

/**
 * The types of findings that the scan would have told, were they there: not those of dependencies
 * where nothing was known to compare them with, or only what came along (`selectedIds`).
 */
export function provenTypes(outcome: Pick<ScanOutcome, 'engines' | 'packages' | 'advisories'>) {
  const { engines, packages, advisories } = outcome
  const compared = packages.length === 0 || advisories.date !== null
  const whole = advisories.uncovered.length === 0 && advisories.selected === null
  const isProven = compared && whole
  return engines.filter((type) => type !== 'sca' || isProven)
}

export async function outcomeOf(
  { tree, options }: Session,
  collector: Collector,
  { history, startedAt }: { history: Coverage | null; startedAt: number },
): Promise<ScanOutcome> {
  const { findings, suppressed, skipped, packages, shortfalls } = collector.collected
  const advised = await adviseOn(packages, options.advisories)
  collector.addFindings(advised.findings)
  for (const problem of advised.problems) collector.fallShort(null, problem)
  return {
    findings: findings.sort(compareFindings),
    suppressed: suppressed.sort((a, b) => compareFindings(a.finding, b.finding)),
    coverage: collector.coverage(performance.now() - startedAt),
    history,
    skipped,
    shortfalls,
    unproved: collector.collected.unproved,
    rules: [...tree.rules, ...advised.rules].sort((a, b) => (a.id < b.id ? -1 : 1)),
    engines: enginesOf(options),
    packages,
    advisories: {
      date: advised.date,
      unresolved: advised.unresolved,
      uncovered: advised.uncovered,
      selected: advised.selected,
    },
    selectedIds: advised.selectedIds,
    notes: [...notesOnCode(collector, options), ...notesOnPackages(packages)],
    met: collector.met.kinds(),
    otherCode: collector.otherLanguages.note(),
  }
}

function notesOnCode({ otherLanguages }: Collector, { engines }: Session['options']): string[] {
  const note = engines?.code === false ? null : otherLanguages.note()
  return note === null ? [] : [note]
}
