// The lines of the resource that a line belongs to, as the layout of the file shows them: the
// comments of other tools speak for whole resources.

/** Lines from 1, both included. */
export interface LineRange {
  first: number
  last: number
}

export interface LineReader {
  count: number
  /** The text of a line, counted from 1. */
  text: (line: number) => string
}

/**
 * Terraform: the block that begins in the first column. YAML: the document between `---`.
 * Dockerfile: the file. Elsewhere the line alone.
 */
export function blockAround(path: string, line: number, lines: LineReader): LineRange {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/\.(?:tf|tofu|hcl)$/.test(name)) return terraformBlock(line, lines)
  if (/\.ya?ml$/.test(name)) return between(line, lines, /^---(?:\s|$)/)
  if (/dockerfile|containerfile/i.test(name)) return { first: 1, last: lines.count }
  return { first: line, last: line }
}

function terraformBlock(line: number, lines: LineReader): LineRange {
  let first = line
  while (first > 1 && line - first < blockLinesMax && !/^\w/.test(lines.text(first))) first--
  let last = first
  const end = Math.min(lines.count, first + 2 * blockLinesMax)
  while (last < end && !/^\}/.test(lines.text(last))) last++
  return last >= line ? { first, last } : { first: line, last: line }
}

function between(line: number, lines: LineReader, border: RegExp): LineRange {
  let first = line
  while (first > 1 && line - first < blockLinesMax && !border.test(lines.text(first))) first--
  let last = line
  const end = Math.min(lines.count, line + blockLinesMax)
  while (last < end && !border.test(lines.text(last + 1))) last++
  return { first, last }
}

const blockLinesMax = 2_000
