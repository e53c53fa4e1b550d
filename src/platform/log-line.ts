// One log record as a line for people at a terminal.
import { styleText } from 'node:util'

/**
 * `12:00:00.000Z INFO  Scan started scan_id=1`, then the stack of an error, indented. Control
 * characters are shown as escapes, so that what is logged cannot steer the terminal.
 */
export function prettyLine(
  record: Readonly<Record<string, unknown>>,
  { colour }: { colour: boolean },
): string {
  const { level, time, msg, err, ...fields } = record
  const paint = (style: Style, text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text
  const name = String(level).toUpperCase().padEnd(5)
  const parts = [
    paint('dim', visible(String(time ?? '').slice(11))),
    paint(styles[String(level)] ?? 'reset', name),
    visible(String(msg ?? '')),
  ]
  for (const [key, value] of Object.entries(fields)) {
    parts.push(`${paint('dim', `${visible(key)}=`)}${field(value)}`)
  }
  return `${parts.join(' ')}\n${errorLines(err)}`
}

type Style = 'dim' | 'red' | 'yellow' | 'green' | 'reset'

const styles: Readonly<Record<string, Style>> = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'dim',
  trace: 'dim',
}

function field(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:/@+-]+$/.test(value)) return value
  return visible(JSON.stringify(value) ?? 'undefined')
}

function errorLines(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const { stack, message } = err as { stack?: unknown; message?: unknown }
  const lines = String(stack ?? message ?? JSON.stringify(err)).split('\n')
  return lines.map((line) => `  ${visible(line)}\n`).join('')
}

/** Control characters and the marks that reorder text, as escapes. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
