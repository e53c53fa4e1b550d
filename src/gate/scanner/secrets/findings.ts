// Turns matches into findings: located, excerpted, redacted, named and, where a comment says so,
// set apart.
import { contextAround, excerptAround } from '../excerpt.ts'
import type { Finding } from '../finding.ts'
import { SecretFingerprints } from '../fingerprint.ts'
import { Lines } from '../lines.ts'
import { mask, Redactor } from '../redact.ts'
import { type Directive, judge, marker, readDirective, type Suppressed } from '../suppress.ts'
import type { Detection } from './detect.ts'
import { guessingBits } from './randomness.ts'
import type { SecretMatch } from './search.ts'

export interface FileFindings {
  findings: Finding[]
  suppressed: Suppressed[]
}

/** `matches` may be fewer than the detection's, but all of its secrets are redacted. */
export function toFindings(
  path: string,
  bytes: Uint8Array,
  {
    detection,
    matches,
    key,
  }: { detection: Detection; matches: SecretMatch[]; key: Uint8Array | null },
): FileFindings {
  const lines = new Lines(bytes)
  const values = detection.matches.slice(0, valuesMax).map(({ value }) => value)
  const redactor = new Redactor(bytes, detection.hidden, values)
  const directiveOn = directivesOf(lines, redactor)
  const fingerprints = new SecretFingerprints(key)
  const result: FileFindings = { findings: [], suppressed: [] }
  for (const match of matches) {
    const { rule } = match
    const line = lines.lineAt(match.start)
    const verdict = judge(rule.id, line, directiveOn)
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
      excerpt: excerptAround(lines, redactor, match),
      steps: [],
      references: [...rule.references],
      fingerprints: fingerprints.name(
        { ruleId: rule.id, path, context },
        { value: match.value, mask: mask(match.value), guessingBits: guessingBits(match.value) },
      ),
      origin: null,
    }
    if (verdict.kind === 'kept') result.findings.push(finding)
    else result.suppressed.push({ finding, reason: verdict.reason })
  }
  return result
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

/** Reads a line's directive when it is asked for; most files have none at all. */
function directivesOf(lines: Lines, redactor: Redactor): (line: number) => Directive | null {
  const { bytes } = lines
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(marker)) {
    return () => null
  }
  return (line) => {
    if (line < 1 || line > lines.count) return null
    const start = lines.start(line)
    const end = Math.min(lines.end(line), start + directiveBytesMax)
    return readDirective(redactor.text({ start, end }, null).text)
  }
}

const directiveBytesMax = 4096
