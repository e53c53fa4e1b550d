// What is left of a text with errors in it. Each place keeps its offset.
import { missingClosers } from './nesting.ts'

const partsMax = 2000

/**
 * The text with blanks for parts that do not parse by themselves, and with brackets closed that
 * its end leaves open. A part begins at a line that is not indented. Null where nothing is left.
 */
export function readableParts(text: string, parses: (part: string) => boolean): string | null {
  const parts = text.split(/(?<=\n)(?=[A-Za-z_$@])/)
  if (parts.length > partsMax) return null
  let result = ''
  let isRead = false
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const readable = parses(part) ? part : isLast ? closed(part, parses) : null
    isRead ||= readable !== null && /\S/.test(part)
    result += readable ?? part.replace(/[^\r\n]/g, ' ')
  }
  return isRead ? result : null
}

function closed(part: string, parses: (part: string) => boolean): string | null {
  const closers = missingClosers(part)
  if (closers === null || closers === '') return null
  const whole = `${part}\n${closers}`
  return parses(whole) ? whole : null
}
