// The document by which a scan that ran elsewhere reaches a server: the findings with fingerprints
// that the server completes with its key, and what was looked at. No source beyond the excerpts.
import type { Finding, ScanType } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import type { Looked } from './gaps.ts'
import type { Report } from './report.ts'

export interface SentScan {
  engines: readonly ScanType[]
  history: boolean
  /** A part of the repository, or files that differ from the commit. */
  partial: boolean
  /** Where `partial` means but this folder, whose files are those of the commit. */
  within?: string
  /** Date of the newest advisory that dependencies were matched with; null without any. */
  advisories: string | null
}

type SentReport = Pick<Report, 'tool' | 'findings' | 'packages' | 'coverage'> & {
  /** All that would have been told, were it there. */
  rules: readonly { id: string }[]
  suppressed: Iterable<Suppressed> | AsyncIterable<Suppressed>
  /** What `coverage` does not tell in numbers. */
  looked?: Omit<Looked, 'coverage'>
}

/** `prefix` leads from the repository's top to the scanned folder: `''`, or `services/shop/`. */
export async function* writeSent(
  { tool, rules, findings, suppressed, packages, coverage, looked }: SentReport,
  { scan, prefix }: { scan: SentScan; prefix: string },
): AsyncGenerator<string> {
  yield `{"schemaVersion": 1,\n"tool": ${JSON.stringify(tool)},\n`
  yield `"scan": ${JSON.stringify(scan)},\n`
  const { shortfalls = [], uncovered = [], unresolved = 0, selected = null } = looked ?? {}
  const advisories = { date: scan.advisories, uncovered, unresolved, selected }
  const cuts = shortfalls.map(({ path, reason }) => {
    return { path: path === null ? null : prefix + path, reason }
  })
  yield `"coverage": ${JSON.stringify({ ...coverage, shortfalls: cuts, advisories })},\n`
  yield `"rules": ${JSON.stringify(rules.map(({ id }) => ({ id })))},\n"findings": [`
  let separator = '\n'
  for await (const finding of findings) {
    yield separator + JSON.stringify(below(prefix, finding))
    separator = ',\n'
  }
  yield '\n],\n"suppressed": ['
  separator = '\n'
  for await (const one of suppressed) {
    yield separator + JSON.stringify({ ...one, finding: below(prefix, one.finding) })
    separator = ',\n'
  }
  yield '\n],\n"packages": ['
  separator = '\n'
  for (const one of packages) {
    const place = { ...one.place, path: prefix + one.place.path }
    yield separator + JSON.stringify({ ...one, place })
    separator = ',\n'
  }
  yield '\n]}\n'
}

function below(prefix: string, finding: Finding): Finding {
  if (prefix === '') return finding
  const { location, steps } = finding
  return {
    ...finding,
    location: location === null ? null : { ...location, path: prefix + location.path },
    steps: steps.map((step) => ({ ...step, path: prefix + step.path })),
  }
}
