// The report as Markdown for job summaries and comments: what there is at a glance, worst first.
import { type Finding, severities } from '../finding.ts'
import { codeSpan, escapeMarkdown } from './escape.ts'
import { gapLine, warnings } from './gaps.ts'
import { counted } from './layout.ts'
import { mostSevere } from './most-severe.ts'
import type { Report } from './report.ts'

/** At most 200 findings, so that it stays below the 1 MiB of a job summary on GitHub. */
export async function* writeMarkdown(report: Report): AsyncGenerator<string> {
  const { coverage, project } = report
  const { findings, counts, total } = await mostSevere(report.findings, findingsMax)
  const found = severities.filter((severity) => counts[severity] > 0)
  const said = found.map((severity) => `${counts[severity]} ${severity}`).join(', ')
  yield `## Panthera: ${total === 0 ? 'no findings' : said}\n\n`
  const skipped = Object.values(coverage.skipped).reduce((sum, count) => sum + count, 0)
  yield `${codeSpan(project.name)}: ${counted(coverage.files, 'file')} scanned, `
  yield `${skipped} skipped, ${counted(coverage.suppressed, 'finding')} set aside.\n`
  yield* notLookedAt(report)
  if (total === 0) return
  yield '\n| severity | rule | where | what |\n|---|---|---|---|\n'
  for (const severity of severities) {
    for (const finding of findings) if (finding.severity === severity) yield rowOf(finding)
  }
  if (total > findings.length) yield `\n… and ${total - findings.length} more.\n`
}

const findingsMax = 200
const gapsMax = 20

function* notLookedAt({ coverage, gaps = [] }: Report): Generator<string> {
  const told = warnings(gaps)
  if (coverage.complete && told.length === 0) return
  yield coverage.complete
    ? '\n**Not all was compared:**\n'
    : '\n**The scan is incomplete: what was not looked at may hold more.**\n'
  if (told.length > 0) yield '\n'
  for (const gap of told.slice(0, gapsMax)) yield `- ${escapeMarkdown(gapLine(gap))}\n`
  if (told.length > gapsMax) yield `- and ${told.length - gapsMax} more\n`
}

function rowOf(finding: Finding): string {
  const { severity, ruleId, location, title, remediation, subject, origin } = finding
  const place = location === null ? '' : codeSpan(`${location.path}:${location.line}`)
  const commit = origin === null ? '' : ` in ${codeSpan(origin.commit.slice(0, 12))}`
  const resource = subject?.kind === 'resource' ? ` ${codeSpan(subject.address)}` : ''
  const what = `${escapeMarkdown(title)}<br>${escapeMarkdown(shortened(remediation))}`
  const cells = [severity, codeSpan(ruleId), `${place}${resource}${commit}`, what]
  return `| ${cells.join(' | ')} |\n`
}

const textCharsMax = 300

function shortened(text: string): string {
  return text.length <= textCharsMax ? text : `${text.slice(0, textCharsMax - 1)}…`
}
