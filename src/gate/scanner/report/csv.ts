// The report as a table for spreadsheets: RFC 4180, and safe to open in one.
import type { Finding } from '../finding.ts'
import type { Report } from './report.ts'

/** One header row, one row per finding, then one per finding that was set aside. */
export async function* writeCsv(report: Report): AsyncGenerator<string> {
  yield row([...columns.map(([name]) => name), 'set_aside_by', 'set_aside_reason'])
  const cells = (finding: Finding) => columns.map(([, cellOf]) => cellOf(finding))
  for await (const finding of report.findings) yield row([...cells(finding), null, null])
  for await (const { finding, source, reason } of report.suppressed) {
    yield row([...cells(finding), source, reason])
  }
}

type Cell = string | number | null | undefined

const columns: [name: string, cellOf: (finding: Finding) => Cell][] = [
  ['severity', ({ severity }) => severity],
  ['scan_type', ({ scanType }) => scanType],
  ['rule_id', ({ ruleId }) => ruleId],
  ['title', ({ title }) => title],
  ['path', ({ location }) => location?.path],
  ['line', ({ location }) => location?.line],
  ['column', ({ location }) => location?.column],
  ['cwe_id', ({ cweId }) => cweId],
  ['description', ({ description }) => description],
  ['remediation', ({ remediation }) => remediation],
  ['references', ({ references }) => references.join(' ')],
  ['commit', ({ origin }) => origin?.commit],
  ['fingerprint', ({ fingerprints }) => fingerprints[0]?.value],
  ['package', ({ subject }) => (subject?.kind === 'package' ? subject.purl : null)],
  ['ids', ({ subject }) => (subject?.kind === 'package' ? subject.aliases.join(' ') : null)],
  ['fixed_in', ({ subject }) => (subject?.kind === 'package' ? subject.fixedVersions[0] : null)],
  ['resource', ({ subject }) => (subject?.kind === 'resource' ? subject.address : null)],
  ['original_severity', ({ rated }) => rated?.from],
]

function row(cells: readonly Cell[]): string {
  return `${cells.map(quote).join(',')}\r\n`
}

/**
 * A spreadsheet takes a text that begins like this for a formula and runs it; the apostrophe
 * makes it a text again (OWASP, CSV Injection). The full-width forms count in East Asian locales.
 */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

function quote(cell: Cell): string {
  const text = String(cell ?? '')
  const safe = formulaStart.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
