// Turns matches into findings: located, excerpted, redacted, named and, where a comment says so,
// set apart.
import { contextAround, excerptAround } from '../excerpt.ts'
import type { Finding } from '../finding.ts'
import { type FingerprintKey, SecretFingerprints } from '../fingerprint.ts'
import { Lines } from '../lines.ts'
import { mask, Redactor } from '../redact.ts'
import { createJudge, type Suppressed } from '../suppress.ts'
import type { Detection } from './detect.ts'
import { guessingBits } from './randomness.ts'
import type { SecretMatch } from './search.ts'

export interface FileFindings {
  findings: Finding[]
  suppressed: Suppressed[]
}

/** `matches` may be fewer than those that `redactor` hides. */
export function toFindings(
  path: string,
  bytes: Uint8Array,
  { redactor, matches, key }: { redactor: Redactor; matches: SecretMatch[]; key: FingerprintKey },
): FileFindings {
  const lines = new Lines(bytes)
  const judge = createJudge(path, lines, redactor)
  const fingerprints = new SecretFingerprints(key)
  const result: FileFindings = { findings: [], suppressed: [] }
  for (const match of matches) {
    const { rule } = match
    const [first, last] = [lines.lineAt(match.start), lines.lineAt(match.end)]
    const verdict = judge({ rule: { ...rule, scanType: 'secrets' }, first, last })
    const notes = [rule.description, match.note, verdict.kind === 'kept' ? verdict.note : null]
    const context = contextAround(lines, redactor, match)
    const finding: Finding = {
      ruleId: rule.id,
      scanType: 'secrets',
      severity: match.severity,
      title: rule.title,
      description: notes.filter((note) => note !== null).join(' '),
      remediation: rule.remediation,
      cweId: rule.cweId,
      location: locate(path, lines, match),
      excerpt: redactor.complete ? excerptAround(lines, redactor, match) : null,
      steps: [],
      references: [...rule.references],
      fingerprints: fingerprints.name(
        { ruleId: rule.id, path, context },
        { value: match.value, mask: mask(match.value), guessingBits: guessingBits(match.value) },
      ),
      origin: null,
    }
    if (verdict.kind === 'kept') result.findings.push(finding)
    else {
      const { kind: _, ...by } = verdict
      result.suppressed.push({ finding, ...by })
    }
  }
  return result
}

/** Hides what a detection found, wherever else in the file it stands. */
export function redactorFor(bytes: Uint8Array, detection: Detection): Redactor {
  const { matches, hidden, complete } = detection
  const values = matches.slice(0, valuesMax).map(({ value }) => value)
  return new Redactor(bytes, hidden, values, complete)
}

/** More values than this are not looked for outside their own places. */
const valuesMax = 200

function locate(path: string, lines: Lines, { start, end }: SecretMatch): Finding['location'] {
  const column = lines.columnAt(start)
  return {
    path,
    line: lines.lineAt(start),
    column,
    endLine: lines.lineAt(end),
    endColumn: lines.columnAt(end),
  }
}
