// Shows what is wrong in a file: the place, what and why, and the line itself.
import { paint, type Style, type TextOptions, wrap } from '../../gate/scanner/report/layout.ts'
import { printable } from '../terminal.ts'
import type { Fault } from './document.ts'

export function faultText(
  { path, line, column, field, message, help }: Fault,
  { text, level, options }: { text: string; level: 'error' | 'warning'; options: TextOptions },
): string {
  const style: Style = level === 'error' ? 'high' : 'medium'
  const place = [path, line, column].filter((part) => part !== undefined).join(':')
  const told = field === undefined ? message : `${field}: ${message}`
  const { width } = options
  return [
    `${paint(level, style, options.color)}  ${paint(printable(place), 'bold', options.color)}`,
    ...wrap(told, { width, indent: '  ' }),
    ...(help ? wrap(`Help: ${help}`, { width, indent: '  ' }) : []),
    ...(line === undefined ? [] : excerpt(text, { line, column }, options)),
    '',
  ].join('\n')
}

/** Lines may be as long as they like. */
const shownMax = 100

function excerpt(
  text: string,
  { line, column = 1 }: { line: number; column?: number | undefined },
  { color }: TextOptions,
): string[] {
  const own = text.split('\n')[line - 1]?.trimEnd() ?? ''
  const shown = printable(own.slice(0, shownMax).replaceAll('\t', ' '))
  if (shown.trim() === '' || column > shownMax) return []
  const number = String(line).padStart(4)
  const caret = `${' '.repeat(Math.max(column - 1, 0))}^`
  return [
    `${paint(`${number} │`, 'dim', color)} ${shown}`,
    `${paint('     │', 'dim', color)} ${paint(caret, 'high', color)}`,
  ]
}
