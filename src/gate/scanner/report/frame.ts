// The lines of code around a finding, numbered, with what was found underlined.
import type { Excerpt, Location } from '../finding.ts'
import { displayWidth, isolate, paint, type Style } from './layout.ts'

export interface FrameOptions {
  color: boolean
  width: number
  /** How the underline is painted. */
  style: Style
}

export function frame(
  excerpt: Excerpt,
  location: Location | null,
  options: FrameOptions,
): string[] {
  const { startLine, lines } = excerpt
  const digits = String(startLine + lines.length - 1).length
  const gutter = (number: string) => `   ${number.padStart(digits)} │ `
  const room = options.width - gutter('').length
  const mark = markOf(excerpt, location)
  return lines.flatMap((text, index) => {
    const number = startLine + index
    const marked = mark?.line === number ? mark : null
    const shown = clip(isolate(text), marked, room)
    const line = (paint(gutter(String(number)), 'dim', options.color) + shown.text).trimEnd()
    if (marked === null) return [line]
    const underline = ' '.repeat(displayWidth(shown.before)) + under(shown, options)
    return [line, paint(gutter(''), 'dim', options.color) + underline]
  })
}

export interface Mark {
  line: number
  column: number
  endColumn: number
}

/** Where an engine left no mark, the place in the file is the place in the excerpt. */
export function markOf({ mark }: Excerpt, location: Location | null): Mark | null {
  if (mark !== undefined) return mark
  if (location === null) return null
  const { line, column, endLine, endColumn } = location
  return { line, column, endColumn: endLine === line ? endColumn : Number.POSITIVE_INFINITY }
}

export interface Clipped {
  text: string
  /** What stands before the mark, and the mark itself. */
  before: string
  marked: string
}

/** Code is not wrapped: of a line that is too long, the part with the mark is shown. */
export function clip(text: string, mark: Mark | null, room: number): Clipped {
  const start = Math.min(text.length, (mark?.column ?? 1) - 1)
  const end = Math.min(text.length, (mark?.endColumn ?? 1) - 1)
  if (displayWidth(text) <= room) {
    return { text, before: text.slice(0, start), marked: text.slice(start, end) }
  }
  const markedRoom = Math.min(end - start, room - 2)
  const from = Math.max(
    0,
    Math.min(start - Math.floor((room - markedRoom) / 3), text.length - room + 1),
  )
  const opening = from > 0 ? '…' : ''
  const kept = keep(text.slice(from), room - opening.length - 1)
  const closing = from + kept.length < text.length ? '…' : ''
  return {
    text: opening + kept + closing,
    before: opening + text.slice(from, start),
    marked: kept.slice(start - from, end - from),
  }
}

/** As many characters as fit into `columns`. */
function keep(text: string, columns: number): string {
  let width = 0
  let end = 0
  for (const character of text) {
    width += displayWidth(character)
    if (width > columns) break
    end += character.length
  }
  return text.slice(0, end)
}

export function under({ marked }: Clipped, { style, color }: FrameOptions): string {
  return paint('^'.repeat(Math.max(1, displayWidth(marked))), style, color)
}
