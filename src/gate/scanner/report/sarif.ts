// The report as SARIF 2.1.0 (OASIS), in the subset that code hosts read, GitHub above all.
import type { Finding, RuleSummary } from '../finding.ts'
import type { Suppressed } from '../suppressed.ts'
import type { Gap } from './gaps.ts'
import { type Kept, keepMostSevere, type Room } from './most-severe.ts'
import type { Report } from './report.ts'
import { artifact, describeResult } from './sarif-result.ts'
import { levels, scores } from './severity.ts'

/**
 * One run. The same findings give the same bytes: no times, no random identifiers. Paths are
 * percent-encoded and relative to `%SRCROOT%`, which the reader resolves.
 *
 * GitHub takes 25,000 results and 10 MB after compression: of more, the most severe are kept, and
 * a notification of the run says how many were not. It opens alerts for suppressed results too,
 * so that a report for it is better made with none.
 */
export async function* writeSarif(report: Report, room: Room = githubRoom): AsyncGenerator<string> {
  const rules = report.rules.slice(0, rulesMax)
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]))
  const { name, version } = report.tool
  const driver = { name, version, semanticVersion: version, rules: rules.map(describeRule) }
  yield `{\n"$schema": ${JSON.stringify(schema)},\n"version": "2.1.0",\n"runs": [{\n`
  yield `"tool": ${JSON.stringify({ driver })},\n`
  yield `"columnKind": "utf16CodeUnits",\n`
  yield `"results": [`
  const write = (finding: Finding, suppressed: Suppressed | null) =>
    JSON.stringify(describeResult(finding, indexOf.get(finding.ruleId), suppressed))
  const { findings, suppressed } = await keepMostSevere(report, write, room)
  let separator = '\n'
  for (const texts of [findings.texts, suppressed.texts]) {
    for (const text of texts) {
      yield separator + text
      separator = ',\n'
    }
  }
  yield '\n],\n'
  const invocations = [invocation(report, findings, suppressed)]
  yield `"invocations": ${JSON.stringify(invocations)}\n}]\n}\n`
}

const schema = 'https://json.schemastore.org/sarif-2.1.0.json'

/** Texts of this many characters have been seen to shrink to a third of GitHub's 10 MB. */
const githubRoom: Room = { itemsMax: 25_000, charsMax: 64_000_000 }
const rulesMax = 25_000

function invocation({ coverage, gaps = [] }: Report, findings: Kept, suppressed: Kept) {
  const notifications = [
    ...cut(findings, 'results', 'the most severe are listed'),
    ...cut(suppressed, 'suppressed results', 'they are fewer than there are'),
    ...(coverage.complete ? [] : [notification('incomplete', incomplete)]),
    ...gaps.slice(0, gapsMax).map(describeGap),
  ]
  return {
    executionSuccessful: coverage.complete,
    ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
  }
}

const incomplete =
  'A limit or a failure cut the scan short: what was not looked at may hold more results.'

function cut({ left, texts }: Kept, what: string, which: string) {
  if (left === 0) return []
  const text = `${left} of ${left + texts.length} ${what} have no room in this report: ${which}.`
  return [notification('results-left-out', text)]
}

const gapsMax = 1_000

function describeGap({ kind, path, text }: Gap) {
  const place = path === null ? {} : { locations: [{ physicalLocation: placeOf(path) }] }
  const told = notification(kind, text)
  return { ...told, level: kind === 'left-out' ? 'note' : 'warning', ...place }
}

const placeOf = (path: string) => ({ artifactLocation: artifact(path) })

function notification(id: string, text: string) {
  return { descriptor: { id }, level: 'warning', message: { text } }
}

function describeRule(rule: RuleSummary) {
  const [helpUri] = rule.references
  return {
    id: rule.id,
    shortDescription: { text: shortened(rule.title) },
    fullDescription: { text: shortened(rule.description) },
    help: { text: helpOf(rule), markdown: helpOf(rule) },
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[rule.severity] },
    properties: {
      tags: ['security', rule.scanType, ...(rule.cweId === null ? [] : [cweTag(rule.cweId)])],
      precision: 'high',
      'security-severity': scores[rule.severity],
    },
  }
}

/** GitHub refuses longer ones. */
const descriptionCharsMax = 1024

function shortened(text: string): string {
  if (text.length <= descriptionCharsMax) return text
  return `${text.slice(0, descriptionCharsMax - 1).toWellFormed()}…`
}

function helpOf({ description, remediation, references }: RuleSummary): string {
  return [description, remediation, ...references].join('\n\n')
}

/** `external/cwe/cwe-079`: GitHub pads to three digits. */
function cweTag(cweId: string): string {
  return `external/cwe/cwe-${cweId.replace('CWE-', '').padStart(3, '0')}`
}
