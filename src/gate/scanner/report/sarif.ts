// The report as SARIF 2.1.0 (OASIS), in the subset that code hosts read, GitHub above all.
import type { Finding, Location, RuleSummary, Severity } from '../finding.ts'
import type { Report } from './report.ts'

/**
 * One run. The same findings give the same bytes: no times, no random identifiers. Paths are
 * percent-encoded and relative to `%SRCROOT%`, which the reader resolves.
 */
export async function* writeSarif(report: Report): AsyncGenerator<string> {
  const { tool, rules, findings, coverage } = report
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]))
  const driver = {
    name: tool.name,
    version: tool.version,
    semanticVersion: tool.version,
    rules: rules.map(describeRule),
  }
  yield `{\n"$schema": ${JSON.stringify(schema)},\n"version": "2.1.0",\n"runs": [{\n`
  yield `"tool": ${JSON.stringify({ driver })},\n`
  yield `"invocations": ${JSON.stringify([{ executionSuccessful: coverage.complete }])},\n`
  yield `"columnKind": "utf16CodeUnits",\n`
  yield `"results": [`
  let separator = '\n'
  for await (const finding of findings) {
    yield separator + JSON.stringify(describeFinding(finding, indexOf.get(finding.ruleId)))
    separator = ',\n'
  }
  yield '\n]\n}]\n}\n'
}

const schema = 'https://json.schemastore.org/sarif-2.1.0.json'

const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const

/** GitHub's scale, on which 9.0 and more is critical, 7.0 high and 4.0 medium. */
const scores: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' }

function describeRule(rule: RuleSummary) {
  const [helpUri] = rule.references
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.description },
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

function helpOf({ description, remediation, references }: RuleSummary): string {
  return [description, remediation, ...references].join('\n\n')
}

/** `external/cwe/cwe-079`: GitHub pads to three digits. */
function cweTag(cweId: string): string {
  return `external/cwe/cwe-${cweId.replace('CWE-', '').padStart(3, '0')}`
}

function describeFinding(finding: Finding, ruleIndex: number | undefined) {
  const { ruleId, severity, title, description, location, fingerprints, steps } = finding
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: `${title}. ${description}` },
    ...(location === null ? {} : { locations: [describeLocation(location)] }),
    ...(fingerprints.length === 0 ? {} : { partialFingerprints: nameAll(finding) }),
    ...(steps.length === 0 ? {} : { codeFlows: [describeFlow(finding)] }),
    properties: { severity, 'security-severity': scores[severity] },
  }
}

/** GitHub knows alerts again by `primaryLocationLineHash` alone; ours serves it as well. */
function nameAll({ fingerprints }: Finding): Record<string, string> {
  const named = fingerprints.map(({ algorithm, value }) => [`panthera/${algorithm}`, value])
  return { primaryLocationLineHash: fingerprints[0]?.value, ...Object.fromEntries(named) }
}

function describeLocation({ path, line, column, endLine, endColumn }: Location) {
  const region = { startLine: line, startColumn: column, endLine, endColumn }
  return { physicalLocation: { artifactLocation: artifact(path), region } }
}

function describeFlow({ steps }: Finding) {
  const locations = steps.map(({ path, line, column, label }) => ({
    location: {
      physicalLocation: {
        artifactLocation: artifact(path),
        region: { startLine: line, startColumn: column },
      },
      message: { text: label },
    },
  }))
  return { threadFlows: [{ locations }] }
}

function artifact(path: string) {
  return { uri: path.split('/').map(encodeSegment).join('/'), uriBaseId: '%SRCROOT%' }
}

/** RFC 3986: a colon in the first segment would be taken for a scheme. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
}
