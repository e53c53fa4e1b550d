// Comments that were written for other tools and accept findings of ours all the same.
import { isCommentLine, opensComment, withoutClosing } from '../comment-syntax.ts'
import type { RuleSummary } from '../finding.ts'
import { goesBy, isMapped } from './alias.ts'
import { blockAround, type LineRange, type LineReader } from './block.ts'
import { type Marker, markers, type Reach } from './marker.ts'

/** A mark of another tool in one file. */
export interface ForeignComment {
  marker: Marker
  line: number
  /** Where the mark begins in the line. */
  at: number
  reach: Reach
  /** Empty where it speaks for everything. */
  ids: readonly string[]
  reason: string | null
  expires: string | null
  /** Whether nothing but the comment stands on its line. */
  alone: boolean
}

export interface Accepting {
  rule: Pick<RuleSummary, 'id' | 'scanType' | 'aliases'>
  /** Lines from 1, both included. */
  first: number
  last: number
}

/** All marks on a line; several may stand beside each other. */
export function readForeign(text: string, line: number): ForeignComment[] {
  return markers.flatMap((marker) => {
    if (!text.includes(marker.needle)) return []
    const pieces = text.split(new RegExp(`(?=${escaped(marker.needle)})`))
    // Only those that name what they accept are written more than once on a line.
    const places = marker.needle.endsWith(':ignore:') ? pieces : [text]
    return places.flatMap((place) => readMarker(marker, place, { text, line }))
  })
}

function readMarker(
  marker: Marker,
  piece: string,
  { text, line }: { text: string; line: number },
): ForeignComment[] {
  const found = marker.pattern.exec(piece)
  if (found === null) return []
  const { ids: listed = '', rest = '', far, expires = null } = found.groups ?? {}
  const { ids, left } = idsOf(listed, marker)
  if (ids.length === 0 && marker.needsIds) return []
  const reason = withoutClosing(`${left} ${rest}`.replace(/^[\s:#,;–—-]+/, ''))
  const before = text.slice(0, text.indexOf(marker.needle)).replace(/[\w.]+$/, '')
  const reach = far === undefined ? marker.reach : (marker.elsewhere ?? marker.reach)
  const foreign = { marker, line, at: before.length, reach, ids, reason: reason || null, expires }
  return [{ ...foreign, alone: opensComment(before) }]
}

function idsOf(listed: string, { idForm }: Marker): { ids: string[]; left: string } {
  const words = listed.split(/[\s,]+/).filter((word) => word !== '')
  if (idForm === undefined) return { ids: words, left: '' }
  const end = words.findIndex((word) => !idForm.test(word))
  if (end === -1) return { ids: words, left: '' }
  return { ids: words.slice(0, end), left: words.slice(end).join(' ') }
}

/** Answers the first of `comments` that accepts a finding there, or null. */
export function acceptedBy(
  { rule, first, last }: Accepting,
  comments: readonly ForeignComment[],
  { path, lines }: { path: string; lines: LineReader },
): ForeignComment | null {
  let block: LineRange | null = null
  const blockOf = () => {
    block ??= blockAround(path, first, lines)
    return block
  }
  const at = { first, last: Math.min(last, first + findingLinesMax), lines, blockOf }
  const near = (one: ForeignComment) =>
    one.marker.speaksFor.includes(rule.scanType) && reaches(one, at)
  return comments.find((one) => near(one) && isAbout(one, rule)) ?? null
}

/**
 * An id has to be one of the rule's aliases. One that we cannot map counts for nosemgrep only,
 * and only where our rule does not say what semgrep calls it.
 */
export function isAbout({ marker, ids }: ForeignComment, rule: Accepting['rule']): boolean {
  if (ids.length === 0) return true
  if (ids.some((id) => goesBy(rule, marker.tool(id), id))) return true
  return marker.unmapped === true && rule.scanType === 'sast' && !isMapped(rule, marker.tool(''))
}

interface At extends LineRange {
  lines: LineReader
  blockOf: () => LineRange
}

function reaches(comment: ForeignComment, at: At): boolean {
  const { line, reach } = comment
  const onIt = line >= at.first && line <= at.last
  switch (reach) {
    case 'line':
      return onIt
    case 'next':
      return standsAbove(comment, at.first, at.lines)
    case 'either':
      return onIt || standsAbove(comment, at.first, at.lines)
    case 'head': {
      if (onIt || standsAbove(comment, at.first, at.lines)) return true
      const { first } = at.blockOf()
      return line === first || standsAbove(comment, first, at.lines)
    }
    case 'block': {
      const { first, last } = at.blockOf()
      return onIt || (line >= first && line <= last) || standsAbove(comment, at.first, at.lines)
    }
    case 'file':
      return true
  }
}

/** Alone above a line, with nothing but comments between. */
export function standsAbove(
  { line, alone }: { line: number; alone: boolean },
  below: number,
  lines: LineReader,
): boolean {
  if (!alone || line >= below || below - line > commentLinesMax) return false
  for (let between = line + 1; between < below; between++) {
    if (!isCommentLine(lines.text(between))) return false
  }
  return true
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Comments stacked above a line. */
const commentLinesMax = 8
/** Of a finding that spans more, a comment further below is about something else. */
const findingLinesMax = 20
