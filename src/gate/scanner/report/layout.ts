// Text on a terminal: colours, widths of characters, wrapping, and nothing that a terminal obeys.

export interface TextOptions {
  color: boolean
  /** Columns of the terminal. */
  width: number
}

export type Style = 'critical' | 'high' | 'medium' | 'low' | 'bold' | 'dim'

/** Select Graphic Rendition (ECMA-48): what switches a style on. All are switched off by 0. */
const codes: Record<Style, string> = {
  critical: '1;35',
  high: '1;31',
  medium: '33',
  low: '36',
  bold: '1',
  dim: '2',
}

export function paint(text: string, style: Style, color: boolean): string {
  return color && text !== '' ? `\u001b[${codes[style]}m${text}\u001b[0m` : text
}

/** Text out of a repository with its control characters, and those that turn it, made visible. */
export function isolate(text: string): string {
  return text.replace(obeyed, '\ufffd')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const obeyed = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Lines in which a runner of workflows finds no command: GitHub's obeys `::name::` at the beginning
 * of a line of any program, and `##[name]` anywhere in one. What breaks them has no width.
 */
export function withoutCommands(lines: string): string {
  return lines.replace(opening, '$1:\u200b').replaceAll('##[', '##\u200b[')
}

// Colours do not count as the beginning.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const opening = /^((?:\s|\u001b\[[\d;]*m)*):(?=:)/gm

/** Columns that `text` takes: East Asian wide characters two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (wide.test(character)) width += 2
    else if (!zero.test(character)) width++
  }
  return width
}

const zero = /[\p{Mn}\p{Me}\p{Cf}]/u
/** Hangul, CJK, kana, full-width forms, pictographs. */
const wide = new RegExp(
  `[${[
    '\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff',
    '\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6',
    '\\u{1f300}-\\u{1f64f}\\u{1f900}-\\u{1f9ff}\\u{20000}-\\u{3fffd}',
  ].join('')}]`,
  'u',
)

/** Lines of whole words, each indented; a word longer than a line keeps one to itself. */
export function wrap(text: string, { width, indent }: { width: number; indent: string }): string[] {
  const room = width - indent.length
  const lines: string[] = []
  let line = ''
  for (const word of isolate(text.replace(/\s+/g, ' ')).trim().split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > room) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line]
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`
}
