// Where a result is within its file, and the lines around it (SARIF 2.1.0, section 3.30).
import type { Excerpt, Location } from '../../scanner/finding.ts'
import { mask } from '../../scanner/redact.ts'
import { indexOf, member, textOf } from '../json/values.ts'
import { bounded } from '../text.ts'

const positionMax = 2_147_483_647
const linesMax = 7
const widthMax = 160

/** A result about a whole file is on its first line. */
export function locationIn(path: string, region: unknown): Location {
  const line = position(member(region, 'startLine')) ?? 1
  const column = position(member(region, 'startColumn')) ?? 1
  const endLine = Math.max(line, position(member(region, 'endLine')) ?? line)
  const endColumn = position(member(region, 'endColumn')) ?? column
  return {
    path,
    line,
    column,
    endLine,
    endColumn: line === endLine ? Math.max(column, endColumn) : endColumn,
  }
}

/** The context where there is one, else the place itself. */
export function excerptOf(physicalLocation: unknown): Excerpt | null {
  const region = member(physicalLocation, 'region')
  const excerpt = excerptIn(member(physicalLocation, 'contextRegion')) ?? excerptIn(region)
  return excerpt === null ? null : marked(excerpt, locationIn('', region))
}

/** Of a secret nothing but its mask is shown. */
export function maskedExcerpt(physicalLocation: unknown): Excerpt | null {
  const region = member(physicalLocation, 'region')
  const found = snippetOf(region)
  if (found === null) return null
  return { startLine: position(member(region, 'startLine')) ?? 1, lines: [mask(found.trim())] }
}

export function snippetOf(region: unknown): string | null {
  return textOf(member(member(region, 'snippet'), 'text'))
}

function excerptIn(region: unknown): Excerpt | null {
  const text = snippetOf(region)
  if (text === null) return null
  const lines = text
    .slice(0, linesMax * 4_000)
    .replace(/\r?\n$/, '')
    .split('\n', linesMax)
    .map((line) => bounded(line.replaceAll('\t', ' ').trimEnd(), widthMax))
  if (lines.every((line) => line.trim() === '')) return null
  return { startLine: position(member(region, 'startLine')) ?? 1, lines }
}

/** Where a snippet begins within its line, columns do not fit and nothing is marked. */
function marked(excerpt: Excerpt, { line, column, endLine, endColumn }: Location): Excerpt {
  const shown = excerpt.lines[line - excerpt.startLine]
  if (shown === undefined || endLine !== line || endColumn <= column) return excerpt
  if (endColumn - 1 > shown.length || shown.endsWith('…')) return excerpt
  return { ...excerpt, mark: { line, column, endColumn } }
}

/** Counts from 1; what is out of range counts as missing. */
function position(value: unknown): number | null {
  const number = indexOf(value)
  return number === null || number === 0 || number > positionMax ? null : number
}
