// The report as JUnit XML, which every CI server shows: a suite per engine, a case per finding.
import { type Finding, type ScanType, scanTypes } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import { engineNames } from './engine-name.ts'
import { escapeMarkup } from './escape.ts'
import { type Gap, gapLine, warnings } from './gaps.ts'
import type { Report } from './report.ts'

/** What was set aside is a skipped case; an engine without findings has one case that passes. */
export async function* writeJunit(report: Report): AsyncGenerator<string> {
  const suites = new Map<ScanType, Suite>()
  const suiteOf = (scanType: ScanType): Suite => {
    const suite = suites.get(scanType) ?? { failed: [], skipped: [] }
    suites.set(scanType, suite)
    return suite
  }
  for (const { scanType } of report.rules) suiteOf(scanType)
  for await (const finding of report.findings) {
    suiteOf(finding.scanType).failed.push(failedCase(finding))
  }
  for await (const one of report.suppressed) {
    suiteOf(one.finding.scanType).skipped.push(skippedCase(one))
  }
  const gaps = warnings(report.gaps ?? []).map(gapCase)
  const all = [...suites.values()]
  const failures = all.reduce((sum, { failed }) => sum + failed.length, 0)
  const tests = all.reduce((sum, suite) => sum + testsOf(suite), gaps.length)
  const seconds = (report.coverage.durationMs / 1000).toFixed(3)
  yield '<?xml version="1.0" encoding="UTF-8"?>\n'
  yield `<testsuites name="panthera" tests="${tests}" failures="${failures}" errors="0" `
  yield `time="${seconds}">\n`
  for (const scanType of scanTypes) {
    const suite = suites.get(scanType)
    if (suite !== undefined) yield* suiteText(engineNames[scanType], suite, report.createdAt)
  }
  if (gaps.length > 0) {
    yield* suiteText('coverage', { failed: [], skipped: gaps }, report.createdAt)
  }
  yield '</testsuites>\n'
}

interface Suite {
  failed: string[]
  skipped: string[]
}

const isEmpty = ({ failed, skipped }: Suite) => failed.length + skipped.length === 0
const testsOf = (suite: Suite) => (isEmpty(suite) ? 1 : suite.failed.length + suite.skipped.length)

function* suiteText(name: string, suite: Suite, createdAt: string): Generator<string> {
  const { failed, skipped } = suite
  yield `  <testsuite name="${name}" tests="${testsOf(suite)}" failures="${failed.length}" `
  yield `errors="0" skipped="${skipped.length}" timestamp="${createdAt.replace(/Z$/, '')}">\n`
  yield* failed
  yield* skipped
  if (isEmpty(suite)) {
    yield `    <testcase classname="panthera.${name}" name="no findings"/>\n`
  }
  yield '  </testsuite>\n'
}

function failedCase(finding: Finding): string {
  const { severity, title, description, remediation, excerpt, references } = finding
  const code = excerpt === null ? [] : ['', ...excerpt.lines]
  const body = [description, remediation, placeOf(finding), ...code, '', ...references]
  return [
    `${opening(finding)}\n`,
    `      <failure type="${severity}" message="${escapeMarkup(`${severity}: ${title}`)}">`,
    `${escapeMarkup(body.join('\n').trim())}</failure>\n`,
    '    </testcase>\n',
  ].join('')
}

function skippedCase({ finding, source, reason }: Suppressed): string {
  const why = reason === null ? source : `${source}: ${reason}`
  return [
    `${opening(finding)}\n`,
    `      <skipped message="${escapeMarkup(why)}"/>\n`,
    '    </testcase>\n',
  ].join('')
}

/** What was not looked at, where CI servers show what did not run. */
function gapCase(gap: Gap): string {
  const name = escapeMarkup(gapLine(gap))
  return [
    `    <testcase classname="panthera.coverage" name="${name}">\n`,
    `      <skipped message="not looked at: ${name}"/>\n`,
    '    </testcase>\n',
  ].join('')
}

function opening(finding: Finding): string {
  const { ruleId, scanType, location, subject } = finding
  const what = subject?.kind === 'package' ? ` in ${subject.name} ${subject.version}` : ''
  const name = `${ruleId}${what} at ${placeOf(finding)}`
  const file =
    location === null ? '' : ` file="${escapeMarkup(location.path)}" line="${location.line}"`
  const suite = `panthera.${engineNames[scanType]}`
  return `    <testcase classname="${suite}" name="${escapeMarkup(name)}"${file}>`
}

function placeOf({ location, origin }: Finding): string {
  const place = location === null ? 'the history' : `${location.path}:${location.line}`
  return origin === null ? place : `${place} in ${origin.commit.slice(0, 12)}`
}
