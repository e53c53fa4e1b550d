// The way of a value through the code, line by line: `← source`, what happens to it, `← sink`.
import type { Finding, Step } from '../finding.ts'
import { clip, type FrameOptions, type Mark, under } from './frame.ts'
import { displayWidth, isolate, paint, wrap } from './layout.ts'

/** Null where nothing flows, or the code of a step is not known. */
export function flowFrame(finding: Finding, options: FrameOptions): string[] | null {
  const stops = stopsOf(finding)
  if (stops.length < 2 || stops.some(({ code }) => code === null)) return null
  numberedIfBack(stops)
  const shown = fewer(stops)
  const margin = Math.min(...stops.map(({ code }) => (code ?? '').search(/\S|$/)))
  const digits = Math.max(...stops.map(({ line }) => String(line).length))
  const gutter = (text: string) => `   ${text.padStart(digits)} │ `
  const room = options.width - gutter('').length
  const widths = stops.map(({ code }) => displayWidth(code ?? '') - margin)
  const labels = Math.max(0, ...widths.filter((width) => width <= room - labelRoom))
  let path = finding.location?.path ?? null
  let before: Stop | null = null
  return shown.flatMap((stop) => {
    const gap = [paint(gutter('⋮').trimEnd(), 'dim', options.color)]
    if (stop === null) {
      before = null
      return gap
    }
    const lines = lineOf(stop, { gutter, room, margin, labels, options })
    const apart = before !== null && before.path === stop.path && stop.line !== before.line + 1
    before = stop
    if (stop.path === path) return apart ? [...gap, ...lines] : lines
    path = stop.path
    return [paint(`   ${isolate(path)}`, 'dim', options.color), ...lines]
  })
}

/** Who reads from top to bottom would take the order of the lines for that of the flow. */
function numberedIfBack(stops: readonly Stop[]): void {
  const isBack = stops.some((stop, index) => {
    const next = stops[index + 1]
    return next !== undefined && next.path === stop.path && next.line < stop.line
  })
  if (!isBack) return
  stops.forEach((stop, index) => {
    stop.says = [[String(index + 1), ...stop.says].join(' ')]
  })
}

/** One line on the way, with all that happens on it. */
interface Stop {
  path: string
  line: number
  /** Redacted; null where it is not known. */
  code: string | null
  says: string[]
  /** In `code`, from 1; only where it ends. */
  mark: Mark | null
}

function stopsOf({ steps, location, excerpt, scanType }: Finding): Stop[] {
  const stops: Stop[] = []
  // Only in code does something flow; elsewhere the labels tell how places belong together.
  const ends = scanType === 'sast' ? steps.length : null
  steps.forEach((step, index) => {
    const says = whatOf(step, index, ends)
    const before = stops.at(-1)
    if (before !== undefined && before.path === step.path && before.line === step.line) {
      if (says !== null) before.says.push(says)
      return
    }
    const { path, line, code = null } = step
    stops.push({ path, line, code, says: says === null ? [] : [says], mark: null })
  })
  const last = stops.at(-1)
  const line = excerpt?.lines[(location?.line ?? 0) - (excerpt?.startLine ?? 0)]
  if (last !== undefined && last.path === location?.path && last.line === location.line) {
    const { column, endLine, endColumn } = location
    const end = endLine === location.line ? endColumn : Number.POSITIVE_INFINITY
    // The excerpt's own line: what its mark counts in.
    if (line !== undefined) last.code = line
    last.mark = excerpt?.mark ?? { line: last.line, column, endColumn: end }
  }
  return stops
}

/** What the code does not say itself. */
function whatOf({ label, code }: Step, index: number, ends: number | null): string | null {
  const told = code?.includes(label) === true || label === ''
  if (ends === null) return told ? null : label
  if (index === 0) return told ? 'source' : `source: ${label}`
  if (index === ends - 1) return told ? 'sink' : `sink: ${label}`
  return told ? null : label
}

const stopsMax = 8

/** Where a flow begins and ends; null stands for what is between. */
function fewer(stops: readonly Stop[]): (Stop | null)[] {
  if (stops.length <= stopsMax) return [...stops]
  return [...stops.slice(0, stopsMax / 2), null, ...stops.slice(1 - stopsMax / 2)]
}

/** What is kept for labels beside the code. */
const labelRoom = 24

interface Layout {
  gutter: (text: string) => string
  room: number
  /** Blanks that all lines begin with, which are left out. */
  margin: number
  /** The column at which labels begin. */
  labels: number
  options: FrameOptions
}

function lineOf({ line, code, says, mark }: Stop, layout: Layout): string[] {
  const { gutter, room, margin, labels, options } = layout
  const text = isolate((code ?? '').slice(margin))
  const moved = mark && {
    ...mark,
    column: mark.column - margin,
    endColumn: mark.endColumn - margin,
  }
  const label = says.length === 0 ? '' : `← ${isolate(says.join(', '))}`
  const beside = displayWidth(text) <= labels && displayWidth(label) <= room - labels - 2
  const shown = clip(text, moved, room)
  const number = paint(gutter(String(line)), 'dim', options.color)
  const pad = ' '.repeat(Math.max(0, labels - displayWidth(shown.text)) + 2)
  const noted = label === '' || !beside ? '' : pad + paint(label, 'dim', options.color)
  const empty = paint(gutter(''), 'dim', options.color)
  const below = beside || label === '' ? [] : wrap(label, { width: room, indent: '  ' })
  return [
    (number + shown.text + noted).trimEnd(),
    ...(moved === null
      ? []
      : [empty + ' '.repeat(displayWidth(shown.before)) + under(shown, options)]),
    ...below.map((piece) => empty + paint(piece, 'dim', options.color)),
  ]
}
