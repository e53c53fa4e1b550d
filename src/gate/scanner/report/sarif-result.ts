// One finding as a result of SARIF: where it is, how it comes about, and who accepted it.
import type { Finding, Location, Step } from '../finding.ts'
import { isInSource, type Suppressed } from '../suppressed.ts'
import { levels, scores } from './severity.ts'

/** `suppressed` says who set the finding aside; null where nobody did. */
export function describeResult(
  finding: Finding,
  ruleIndex: number | undefined,
  suppressed: Suppressed | null,
) {
  const { ruleId, severity, location, fingerprints, steps, subject, rated } = finding
  const about = subject?.kind === 'package' ? { purl: subject.purl, ids: subject.aliases } : {}
  return {
    ruleId,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: levels[severity],
    message: { text: messageOf(finding) },
    ...(location === null ? {} : { locations: [describeLocation(location, subject)] }),
    ...(fingerprints.length === 0 ? {} : { partialFingerprints: nameAll(finding) }),
    ...(steps.length === 0 ? {} : { codeFlows: [describeFlow(steps)] }),
    ...(suppressed === null ? {} : { suppressions: [describeSuppression(suppressed)] }),
    properties: {
      severity,
      ...(rated !== undefined && { 'original-severity': rated.from, 'severity-by': rated.by }),
      'security-severity': scores[severity],
      ...about,
    },
  }
}

/** A rule's page tells what to do in general; about a package only its finding can. */
function messageOf({ title, description, remediation, subject }: Finding): string {
  const said = [/[.!?]$/.test(title) ? title : `${title}.`, description]
  return (subject?.kind === 'package' ? [...said, remediation] : said).join(' ')
}

function describeSuppression(suppressed: Suppressed) {
  const { source, reason } = suppressed
  return {
    kind: isInSource(suppressed) ? 'inSource' : 'external',
    status: 'accepted',
    justification: reason === null ? source : `${source}: ${reason}`,
  }
}

/** GitHub knows alerts again by `primaryLocationLineHash` alone; ours serves it as well. */
function nameAll({ fingerprints }: Finding): Record<string, string> {
  const named = fingerprints.map(({ algorithm, value }) => [`panthera/${algorithm}`, value])
  return { primaryLocationLineHash: fingerprints[0]?.value, ...Object.fromEntries(named) }
}

function describeLocation(location: Location, subject: Finding['subject']) {
  const { path, line, column, endLine, endColumn } = location
  const region = { startLine: line, startColumn: column, endLine, endColumn }
  return {
    physicalLocation: { artifactLocation: artifact(path), region },
    ...(subject?.kind === 'resource' && {
      logicalLocations: [{ fullyQualifiedName: subject.address, kind: 'resource' }],
    }),
  }
}

function describeFlow(steps: readonly Step[]) {
  const locations = within(steps).map(({ path, line, column, label, code }) => ({
    location: {
      physicalLocation: {
        artifactLocation: artifact(path),
        region: { startLine: line, startColumn: column },
        ...(code !== undefined && {
          contextRegion: { startLine: line, snippet: { text: code } },
        }),
      },
      message: { text: label },
    },
  }))
  return { threadFlows: [{ locations }] }
}

/** GitHub shows no more; where a flow begins and ends matters most. */
const stepsMax = 1_000

function within(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= stepsMax) return steps
  return [...steps.slice(0, stepsMax / 2), ...steps.slice(-stepsMax / 2)]
}

export function artifact(path: string) {
  return { uri: path.split('/').map(encodeSegment).join('/'), uriBaseId: '%SRCROOT%' }
}

/** RFC 3986: a colon in the first segment would be taken for a scheme. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  })
}
