// Which findings of a file are set aside by comments in it: our own, and those of other tools.

import type { RuleSummary } from './finding.ts'
import { blockAround, type LineReader } from './inherited/block.ts'
import { acceptedBy, type ForeignComment, readForeign, standsAbove } from './inherited/comments.ts'
import { markers } from './inherited/marker.ts'
import type { Lines } from './lines.ts'
import type { Redactor } from './redact.ts'
import {
  type Directive,
  ownMarker,
  readDirective,
  reasonMissing,
  ruleMissing,
  ruleOther,
} from './suppress-comment.ts'
import type { Verdict } from './suppressed.ts'

export type { Suppressed } from './suppressed.ts'

/** What a comment may be about. */
export interface Judged {
  rule: Pick<RuleSummary, 'id' | 'scanType' | 'aliases'>
  /** What else the finding is known by: ids of the vulnerability. */
  names?: readonly string[]
  /** Lines from 1, both included. */
  first: number
  last: number
}

export type Judge = (judged: Judged) => Verdict

/** Reads the comments of a file once; most files have none and cost one search each. */
export function createJudge(path: string, lines: Lines, redactor: Redactor): Judge {
  const marked = markedLines(lines)
  if (marked.length === 0) return () => ({ kind: 'kept', note: null })
  const reader = readerOf(lines, redactor)
  const own: OwnComment[] = []
  const foreign: ForeignComment[] = []
  for (const line of marked) {
    const text = reader.text(line)
    const directive = readDirective(text)
    if (directive !== null) own.push({ ...directive, line })
    foreign.push(...readForeign(text, line))
  }
  return (judged) => {
    const verdict = judgeOwn(judged, own, { path, lines: reader })
    if (verdict.kind === 'suppressed' || foreign.length === 0) return verdict
    const by = acceptedBy(judged, foreign, { path, lines: reader })
    return by === null ? verdict : inherited(by)
  }
}

function inherited({ marker, line, reason, expires }: ForeignComment): Verdict {
  const until = expires === null ? {} : { expires }
  return { kind: 'suppressed', by: 'inherited', source: marker.name, reason, line, ...until }
}

interface OwnComment extends Directive {
  line: number
}

interface File {
  path: string
  lines: LineReader
}

function judgeOwn(judged: Judged, own: readonly OwnComment[], file: File): Verdict {
  if (own.length === 0) return { kind: 'kept', note: null }
  const { rule, names = [] } = judged
  const near = nearTo(judged, own, file)
  const naming = near.find(
    ({ ruleIds }) => ruleIds.has(rule.id) || names.some((name) => ruleIds.has(name)),
  )
  if (naming?.reason) {
    const { reason, line } = naming
    return { kind: 'suppressed', by: 'comment', source: ownMarker, reason, line }
  }
  if (naming !== undefined) return { kind: 'kept', note: reasonMissing }
  if (near.some(({ ruleIds }) => ruleIds.size === 0)) return { kind: 'kept', note: ruleMissing }
  const [other] = near
  return { kind: 'kept', note: other === undefined ? null : ruleOther([...other.ruleIds], rule.id) }
}

/** On the finding's line, alone above it, or for infrastructure anywhere in its resource. */
function nearTo(
  { rule, first }: Judged,
  own: readonly OwnComment[],
  { path, lines }: File,
): OwnComment[] {
  const near = own.filter((comment) => comment.line === first || standsAbove(comment, first, lines))
  if (near.length > 0 || rule.scanType !== 'iac') return near
  const block = blockAround(path, first, lines)
  return own.filter(({ line, alone }) => alone && line >= block.first && line <= block.last)
}

const needles = [...new Set([ownMarker, ...markers.map(({ needle }) => needle)])]

/** Lines that hold a mark, ascending; bounded, because a file may hold nothing else. */
function markedLines(lines: Lines): number[] {
  const { buffer, byteOffset, length } = lines.bytes
  const bytes = Buffer.from(buffer, byteOffset, length)
  const marked = new Set<number>()
  for (const needle of needles) {
    let at = bytes.indexOf(needle)
    for (let count = 0; at !== -1 && count < marksMax; count++) {
      const line = lines.lineAt(at)
      marked.add(line)
      at = bytes.indexOf(needle, lines.start(line + 1))
    }
  }
  return [...marked].sort((a, b) => a - b)
}

/** Redacted, because what stands in a comment goes into reports as a reason. */
function readerOf(lines: Lines, redactor: Redactor): LineReader {
  const known = new Map<number, string>()
  const text = (line: number) => {
    if (line < 1 || line > lines.count) return ''
    const before = known.get(line)
    if (before !== undefined) return before
    const start = lines.start(line)
    const end = Math.min(lines.end(line), start + lineBytesMax)
    const read = redactor.text({ start, end }, null).text
    known.set(line, read)
    return read
  }
  return { count: lines.count, text }
}

const lineBytesMax = 4096
/** Of one kind in one file. */
const marksMax = 5_000
