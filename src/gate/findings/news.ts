// What an event tells of new findings: as many as fit into it, whatever their texts are.

export interface NewFinding {
  id: string
  title: string
  severity: 'critical' | 'high'
  scan_type: string
  rule_id: string
  file_path: string | null
  line_number: number | null
}

export const newFindingsMax = 100

/**
 * Clips long texts, with `…` where something is missing, and keeps the first findings that take
 * 48 kB as JSON in UTF-8. An event carries 64 KiB, and has more to say than these.
 */
export function fitEvent(findings: readonly NewFinding[]): NewFinding[] {
  const fitting: NewFinding[] = []
  let bytes = 0
  for (const finding of findings.slice(0, newFindingsMax)) {
    const clipped = clip(finding)
    bytes += Buffer.byteLength(JSON.stringify(clipped)) + 1
    if (bytes > bytesMax) break
    fitting.push(clipped)
  }
  return fitting
}

const bytesMax = 48_000
const titleCharsMax = 300
const ruleIdCharsMax = 200
const pathCharsMax = 400

function clip(finding: NewFinding): NewFinding {
  const { title, rule_id, file_path } = finding
  return {
    ...finding,
    title: clipEnd(title, titleCharsMax),
    rule_id: clipEnd(rule_id, ruleIdCharsMax),
    file_path: file_path === null ? null : clipStart(file_path, pathCharsMax),
  }
}

// PostgreSQL refuses half a surrogate pair, which a cut may leave.
function clipEnd(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).toWellFormed()}…`
}

/** The end of a path says more than its beginning. */
function clipStart(path: string, charsMax: number): string {
  return path.length <= charsMax ? path : `…${path.slice(1 - charsMax).toWellFormed()}`
}
