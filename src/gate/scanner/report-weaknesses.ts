// Turns what the engines say of places into findings: located, excerpted, redacted, named and,
// where a comment says so, set apart.
import { credentialsIn, isAboutCredential, withoutLiterals } from './credential-literals.ts'
import { contextAround, excerptAround, lineAround } from './excerpt.ts'
import type { Finding, Location, Step, Subject } from './finding.ts'
import { type Naming, unnumbered, WeaknessFingerprints } from './fingerprint.ts'
import { ellipsis, type Redactor } from './redact.ts'
import type { SourceText } from './source-text.ts'
import { createJudge, type Suppressed } from './suppress.ts'
import type { FlowStep, Identity, Weakness } from './weakness.ts'

export interface Reported {
  findings: Finding[]
  suppressed: Suppressed[]
}

/** `redactorOf` hides the secrets of a file: what stands beside a weakness may be one. */
export function reportWeaknesses(
  weaknesses: readonly Weakness[],
  redactorOf: (source: SourceText) => Redactor,
): Reported {
  return report(weaknesses, redactorOf, () => new WeaknessFingerprints())
}

/** As `reportWeaknesses`, for `mergeShared`: how many equal ones a file has is not known yet. */
export function reportShared(
  weaknesses: readonly Weakness[],
  redactorOf: (source: SourceText) => Redactor,
): Reported {
  return report(weaknesses, redactorOf, () => unnumbered)
}

function report(
  weaknesses: readonly Weakness[],
  redactorOf: (source: SourceText) => Redactor,
  naming: () => Naming,
): Reported {
  const reported: Reported = { findings: [], suppressed: [] }
  const redactors = hidingCredentials(weaknesses, redactorOf)
  for (const [source, inFile] of bySource(weaknesses)) {
    const judge = createJudge(source.path, source.lines, redactors(source))
    const fingerprints = naming()
    for (const weakness of inFile.sort((a, b) => a.start - b.start)) {
      const finding = describe(weakness, redactors, fingerprints)
      const { line: first = 1, endLine: last = 1 } = finding.location ?? {}
      const names = weakness.subject?.kind === 'package' ? weakness.subject.aliases : []
      const verdict = judge({ rule: weakness.rule, names, first, last })
      if (verdict.kind === 'suppressed') {
        const { kind: _, ...by } = verdict
        reported.suppressed.push({ finding, ...by })
        continue
      }
      const { note } = verdict
      if (note !== null) finding.description = `${finding.description} ${note}`
      reported.findings.push(finding)
    }
  }
  return reported
}

type Redactors = (source: SourceText) => Redactor

/**
 * Hides beside what `redactorOf` hides the credentials that the weaknesses are about. Each source
 * is looked at once: the way to a weakness may lead through files that have none themselves.
 */
export function hidingCredentials(
  weaknesses: readonly Weakness[],
  redactorOf: Redactors,
): Redactors {
  const credentials = credentialsIn(weaknesses)
  const known = new Map<SourceText, Redactor>()
  const create = (source: SourceText) => {
    const more = credentials.get(source)
    const redactor = redactorOf(source)
    return more === undefined ? redactor : redactor.extended(more.hidden, more.values)
  }
  return (source) => {
    const redactor = known.get(source) ?? create(source)
    known.set(source, redactor)
    return redactor
  }
}

function bySource(weaknesses: readonly Weakness[]): Map<SourceText, Weakness[]> {
  const groups = new Map<SourceText, Weakness[]>()
  for (const weakness of weaknesses) {
    const group = groups.get(weakness.source)
    if (group === undefined) groups.set(weakness.source, [weakness])
    else group.push(weakness)
  }
  return groups
}

function describe(weakness: Weakness, redactors: Redactors, fingerprints: Naming): Finding {
  const { rule, source, steps, subject } = weakness
  const redactor = redactors(source)
  const span = { start: source.byteAt(weakness.start), end: source.byteAt(weakness.end) }
  const context = contextAround(source.lines, redactor, span)
  // What an engine says of a place may repeat its text.
  const note = weakness.note === null || !redactor.complete ? null : redactor.masked(weakness.note)
  const identities = hideIn(weakness, redactor)
  return {
    ruleId: rule.id,
    scanType: rule.scanType,
    severity: weakness.severity,
    title: rule.title,
    description: note === null ? rule.description : `${rule.description} ${note}`,
    remediation: rule.remediation,
    cweId: rule.cweId,
    location: locate(source, span),
    excerpt: redactor.complete ? excerptAround(source.lines, redactor, span) : null,
    steps: steps.map((step) => describeStep(step, redactors(step.source))),
    references: [...rule.references],
    fingerprints: fingerprints.name({ ruleId: rule.id, path: source.path, context }, identities),
    origin: null,
    ...(subject === undefined ? {} : { subject: describeSubject(subject, redactor) }),
  }
}

/** A digest of a statement would let its reader try passwords until one fits. */
function hideIn(weakness: Weakness, redactor: Redactor): Identity[] {
  const isOpen = isAboutCredential(weakness) || !redactor.complete
  const bare = isOpen ? withoutLiterals : (part: string) => part
  return weakness.identities.map(({ algorithm, parts }) => {
    return { algorithm, parts: parts.map((part) => redactor.masked(bare(part))) }
  })
}

function describeSubject(subject: Subject, redactor: Redactor): Subject {
  if (subject.kind === 'package') return subject
  return { ...subject, address: bounded(redactor.masked(subject.address), addressCharsMax) }
}

function describeStep({ source, start, label }: FlowStep, redactor: Redactor): Step {
  const at = source.byteAt(start)
  const shown = bounded(redactor.masked(label), labelCharsMax)
  const step = { path: source.path, ...source.positionAt(start), label: shown }
  if (!redactor.complete) return step
  return { ...step, code: lineAround(source.lines, redactor, { start: at, end: at }) }
}

const labelCharsMax = 300
const addressCharsMax = 1_000

function bounded(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : text.slice(0, charsMax - 1).toWellFormed() + ellipsis
}

function locate({ path, lines }: SourceText, span: { start: number; end: number }): Location {
  return {
    path,
    line: lines.lineAt(span.start),
    column: lines.columnAt(span.start),
    endLine: lines.lineAt(span.end),
    endColumn: lines.columnAt(span.end),
  }
}
