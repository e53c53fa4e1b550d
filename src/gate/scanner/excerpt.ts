// The lines around a finding as a report shows them: redacted, and cut to a bounded width.
import type { Excerpt } from './finding.ts'
import type { Lines } from './lines.ts'
import { ellipsis, type Redacted, type Redactor } from './redact.ts'
import type { Span } from './span.ts'

/** The line on which `span` begins with the one before and the one after it. */
export function excerptAround(lines: Lines, redactor: Redactor, span: Span): Excerpt {
  const line = lines.lineAt(span.start)
  const first = Math.max(1, line - contextLines)
  const last = Math.min(lines.count, line + contextLines)
  const excerpt: Excerpt = { startLine: first, lines: [] }
  for (let number = first; number <= last; number++) {
    const redacted = redactor.text(near(lines, number, span), number === line ? span : null)
    const { text, mark } = cut(redacted)
    excerpt.lines.push(text)
    if (mark !== null)
      excerpt.mark = { line: number, column: mark.start + 1, endColumn: mark.end + 1 }
  }
  return excerpt
}

/** The line on which `span` begins, alone. */
export function lineAround(lines: Lines, redactor: Redactor, span: Span): string {
  const number = lines.lineAt(span.start)
  return cut(redactor.text(near(lines, number, span), span)).text.trimEnd()
}

/**
 * The same lines for comparison: every secret is but an ellipsis, and white space is folded, so
 * that indentation does not count. Nothing where secrets may be left that nothing found: a digest
 * of them would let its reader try values until one fits.
 */
export function contextAround(lines: Lines, redactor: Redactor, span: Span): string {
  if (!redactor.complete) return ''
  const line = lines.lineAt(span.start)
  const texts: string[] = []
  for (let number = line - contextLines; number <= line + contextLines; number++) {
    if (number < 1 || number > lines.count) continue
    texts.push(redactor.text(near(lines, number, span), null, () => ellipsis).text)
  }
  return texts.join('\n').replace(/\s+/g, ' ').trim()
}

const contextLines = 1
/** Of a longer line only what stands around the span, or at its beginning, is looked at. */
const nearBytes = 400
const widthMax = 160

function near(lines: Lines, number: number, span: Span): Span {
  const start = lines.start(number)
  const end = lines.end(number)
  if (end - start <= 2 * nearBytes) return { start, end }
  const here = span.start >= start && span.start < end
  const from = here ? Math.max(start, span.start - nearBytes) : start
  const to = here ? Math.min(end, span.end + nearBytes) : start + 2 * nearBytes
  return {
    start: from > start ? afterBrokenWord(lines.bytes, from, here ? span.start : to) : from,
    end: to < end ? beforeBrokenWord(lines.bytes, to, here ? span.end : from) : to,
  }
}

/** A word that the cut broke may be the half of a secret, which nothing would recognise. */
function afterBrokenWord(bytes: Uint8Array, from: number, limit: number): number {
  let at = from
  while (at < limit && !separators.has(bytes[at] as number)) at++
  return at
}

function beforeBrokenWord(bytes: Uint8Array, to: number, limit: number): number {
  let at = to
  while (at > limit && !separators.has(bytes[at - 1] as number)) at--
  return at
}

const separators: ReadonlySet<number> = new Set(Buffer.from(' \t"\'`,;<>(){}'))

/** Keeps the mark in view. Tabs become blanks, so that columns of a terminal can be counted. */
function cut({ text, mark }: Redacted): Redacted {
  const flat = text.replace(/[\t\v\f\r]/g, ' ')
  if (flat.length <= widthMax) return { text: flat.toWellFormed(), mark }
  const wanted = mark === null ? 0 : Math.max(0, mark.start - widthMax / 3)
  const start = Math.floor(Math.min(wanted, flat.length - widthMax))
  const before = start > 0 ? ellipsis : ''
  const after = start + widthMax < flat.length ? ellipsis : ''
  const shift = before.length - start
  return {
    text: (before + flat.slice(start, start + widthMax) + after).toWellFormed(),
    mark: mark && { start: mark.start + shift, end: Math.min(mark.end + shift, widthMax + 1) },
  }
}
