// One record of the text report: what, where, why, the code, and what to do.
import type { Finding, PackageSubject, Step } from '../finding.ts'
import { flowFrame } from './flow-frame.ts'
import { frame } from './frame.ts'
import { counted, displayWidth, isolate, paint, type TextOptions, wrap } from './layout.ts'
import { aboutVulnerability, mostFixing } from './most-fixing.ts'
import type { FindingGroup } from './text-group.ts'

export function findingRecord(group: FindingGroup, options: TextOptions): string[] {
  const { finding, before, further } = group
  const { remediation, origin, ruleId, subject } = finding
  const resource = subject?.kind === 'resource' ? subject.address : null
  return [
    ...heading(finding, ruleId, options),
    ...wrap(saidOf(finding, before), { ...options, indent: '  ' }),
    ...(resource === null ? [] : labelled('resource', resource, options)),
    ...ratedIn([finding], options),
    ...codeOf(finding, options),
    ...(before?.remediation === remediation ? [] : labelled('fix', remediation, options)),
    ...(origin === null ? [] : labelled('commit', describeOrigin(origin), options)),
    ...(further.length === 0 ? [] : labelled('also', placesOf(finding, further), options)),
  ]
}

/** Of what the record before has said, not again. */
function saidOf({ title, description }: Finding, before: Finding | null): string {
  if (before === null || before.title !== title) return `${sentence(title)} ${description}`
  const sentences = description.split(/(?<=\.) /)
  const known = new Set(before.description.split(/(?<=\.) /))
  return [sentence(title), ...sentences.filter((one) => !known.has(one))].join(' ')
}

/** `findings` are of one package in one lock file, the worst first. */
export function packageRecord(
  findings: readonly [Finding, ...Finding[]],
  options: TextOptions,
): string[] {
  const [worst] = findings
  const subject = worst.subject as PackageSubject
  return [
    ...heading(worst, packageTitle(subject), options),
    ...findings.slice(0, vulnerabilitiesMax).flatMap((one) => vulnerability(one, options)),
    ...(findings.length > vulnerabilitiesMax
      ? [`    and ${counted(findings.length - vulnerabilitiesMax, 'other')}`]
      : []),
    ...ratedIn(findings, options),
    ...(subject.path.length < 2 ? [] : labelled('path', subject.path.join(' › '), options)),
    ...labelled('fix', fixOf(findings), options),
  ]
}

const packageTitle = ({ name, version, development }: PackageSubject) =>
  `${name} ${version}${development ? ' (development only)' : ''}`

const vulnerabilitiesMax = 20

function vulnerability(finding: Finding, options: TextOptions): string[] {
  const { severity, subject } = finding
  const { aliases, fixedVersions } = subject as PackageSubject
  const [id = '', ...others] = aliases
  const [fixed] = fixedVersions
  const also = others.length === 0 ? '' : ` (${others.slice(0, 1).join(', ')})`
  const mended = fixed === undefined ? 'no fixed version' : `fixed in ${fixed}`
  const level = `    ${severity.padEnd(levelWidth)}  `
  const said = [aboutVulnerability(finding), mended].filter((part) => part !== '')
  const named = `${id}${also}: ${said.join('; ')}`
  return hanging(level, named, { ...options, style: severity })
}

/** What mends the most; of what nothing mends it is said how many there are. */
function fixOf(findings: readonly [Finding, ...Finding[]]): string {
  const best = mostFixing(findings)
  const open = findings.filter(({ subject }) => {
    return subject?.kind === 'package' && subject.fixedVersions.length === 0
  })
  if (open.length === 0 || open.length === findings.length) return best.remediation
  const left = `${open.length} of ${findings.length} are mended by no version.`
  return `${sentence(best.remediation)} ${left}`
}

/** The way of a flow where its code is known, else the lines around and the steps as a list. */
function codeOf(finding: Finding, options: TextOptions): string[] {
  const { excerpt, location, severity, steps } = finding
  const look = { ...options, style: severity }
  const flow = flowFrame(finding, look)
  if (flow !== null) return ['', ...flow, '']
  return [
    ...(excerpt === null ? [] : ['', ...frame(excerpt, location, look), '']),
    ...(isOnOneLine(finding) ? [] : stepLines(steps, options)),
  ]
}

/** Then the frame shows all of the flow. */
function isOnOneLine({ steps, location, excerpt }: Finding): boolean {
  if (excerpt === null || location === null) return false
  return steps.every(({ path, line }) => path === location.path && line === location.line)
}

function stepLines(steps: readonly Step[], options: TextOptions): string[] {
  return steps.flatMap(({ path, line, column, label }, index) =>
    hanging(`  ${index + 1}. `, `${path}:${line}:${column} ${label}`, options),
  )
}

/** The place stands at the right edge, or on a line of its own where it would not fit. */
function heading(
  { severity, location }: Finding,
  name: string,
  { color, width }: TextOptions,
): string[] {
  const level = paint(severity.toUpperCase().padEnd(levelWidth), severity, color)
  const left = `${level}  ${paint(isolate(name), 'bold', color)}`
  if (location === null) return [left]
  const place = isolate(`${location.path}:${location.line}:${location.column}`)
  const used = levelWidth + 2 + displayWidth(isolate(name))
  const gap = width - used - displayWidth(place)
  return gap >= 2 ? [left + ' '.repeat(gap) + place] : [left, `  ${place}`]
}

const levelWidth = 8

function placesOf(shown: Finding, further: readonly Finding[]): string {
  const places = further.slice(0, placesMax).map(({ location, subject, severity, origin }) => {
    const at = location === null ? '' : `${location.line}:${location.column}`
    const resource = subject?.kind === 'resource' ? `${subject.address} ` : ''
    const commit = origin === null ? '' : ` in ${origin.commit.slice(0, 12)}`
    return `${resource}${at}${commit}${severity === shown.severity ? '' : ` ${severity}`}`
  })
  const left = further.length - places.length
  const more = left === 0 ? '' : `, and ${left} more`
  return `${counted(further.length, 'more place')} in this file: ${places.join(', ')}${more}`
}

const placesMax = 40

/** That the project thinks otherwise of it than the rule does. */
function ratedIn(findings: readonly Finding[], options: TextOptions): string[] {
  const [rated] = findings.flatMap((finding) => finding.rated ?? [])
  return rated === undefined
    ? []
    : labelled('severity', `${rated.from}, changed by ${rated.by}`, options)
}

function labelled(label: string, text: string, options: TextOptions): string[] {
  return hanging(`  ${label.padEnd(labelWidth)}`, text, options)
}

/** The label before the first line, in the margin of the others. */
function hanging(
  label: string,
  text: string,
  { color, width, style = 'dim' }: TextOptions & { style?: Parameters<typeof paint>[1] },
): string[] {
  const indent = ' '.repeat(label.length)
  const [first = '', ...rest] = wrap(text, { width, indent })
  return [paint(label, style, color) + first.slice(indent.length), ...rest]
}

const labelWidth = 10

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

function describeOrigin({ commit, author, date }: NonNullable<Finding['origin']>): string {
  return [commit.slice(0, 12), date, author].filter((part) => part !== null).join('  ')
}
