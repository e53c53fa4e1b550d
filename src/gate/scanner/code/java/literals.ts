// Values of Java's literals.
import type { Syntax, SyntaxNode } from '../syntax.ts'

/** A number that does not fit without loss is given as near as a double can. */
export function numberOf(text: string): number {
  const digits = text.replace(/_/g, '')
  if (/^0[xX][\da-fA-F]+[lL]?$/.test(digits)) return Number(digits.replace(/[lL]$/, ''))
  if (/^0[bB][01]+[lL]?$/.test(digits)) return Number(digits.replace(/[lL]$/, ''))
  if (/^0[0-7]+[lL]?$/.test(digits)) return Number.parseInt(digits, 8)
  return Number.parseFloat(digits)
}

/** Of a character, a string or a text block. */
export function textOf(syntax: Syntax, node: SyntaxNode): string {
  const written = syntax.textOf(node)
  if (written.startsWith('"""')) return withoutEscapes(stripIndent(written.slice(3, -3)))
  return withoutEscapes(written.slice(1, -1))
}

/** As the language lays it down: the least indent goes, and blanks at the ends of lines. */
function stripIndent(block: string): string {
  const lines = block.replace(/^[ \t\f]*\r?\n/, '').split(/\r?\n/)
  const counted = lines.filter((line, index) => line.trim() !== '' || index === lines.length - 1)
  const indent = Math.min(...counted.map((line) => /^[ \t\f]*/.exec(line)?.[0].length ?? 0))
  return lines.map((line) => line.slice(indent).replace(/[ \t\f]+$/, '')).join('\n')
}

function withoutEscapes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(u+[\da-fA-F]{4}|[0-3]?[0-7]{1,2}|\r?\n|.)/gs, (whole, code: string) => {
    if (code.startsWith('u'))
      return String.fromCharCode(Number.parseInt(code.replace(/u/g, ''), 16))
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
    if (code.endsWith('\n')) return ''
    return escapes[code] ?? whole.slice(1)
  })
}

const escapes: Record<string, string> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  s: ' ',
}
