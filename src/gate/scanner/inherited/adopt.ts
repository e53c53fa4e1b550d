// Puts our own comment beside another tool's, so that it says for us what that one says for them.
// Theirs stays, and goes on working for them: each reads its mark in a way of its own.
import { closingOf, opensComment } from '../comment-syntax.ts'
import { ownMarker } from '../suppress-comment.ts'

export interface Adopted {
  /** In the place of the line. */
  line: string
  /** A line of its own before it; null where there is none. */
  above: string | null
}

/** `at` is where the mark begins in the line. Null where no place is safe. */
export function adoptComment(
  line: string,
  { at, source, text }: { at: number; source: string; text: string },
): Adopted | null {
  const before = line.slice(0, at)
  const closing = closingOf(line)
  if (atEndOnly(source, before)) {
    const end = line.slice(0, line.length - closing.length).trimEnd()
    const separator = source === 'eslint-disable' && !/\s--\s/.test(end.slice(at)) ? ' -- ' : ' '
    return { line: `${end}${separator}${text}${closing}`, above: null }
  }
  if (opensComment(before) && before.trim() !== '' && !/^\s*\*+\s*$/.test(before)) {
    return { line, above: `${before.trimEnd()} ${text}${closing}` }
  }
  const opener = /(?:#|\/\/|\/\*|<!--|--|\{\/\*|;)\s*#?\s*$/.exec(before)?.[0]
  if (opener === undefined) return null
  const start = before.slice(0, before.length - opener.length)
  const symbol = opener.trim().replace(/(?<=\S)\s*#$/, '')
  // Inside a comment that is closed there is room but for one; after one that ends with the line
  // another may begin.
  const between = closing === '' ? `${symbol} ` : ''
  const theirs = `${between}${line.slice(at).trimStart()}`
  return { line: `${start}${symbol} ${text} ${theirs}`, above: null }
}

/** What a rule is accepted with. */
export function ownComment(ruleIds: readonly string[], reason: string): string {
  return `${ownMarker}: ${ruleIds.join(', ')} -- ${reason}`
}

/** Tools that look for their mark at the beginning of a comment, and take what follows as words. */
function atEndOnly(source: string, before: string): boolean {
  if (source === 'eslint-disable') return true
  return source === 'nosec' && /(?:\/\/|\/\*)\s*#?\s*$/.test(before)
}
