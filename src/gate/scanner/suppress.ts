// Comments that accept a finding: `panthera-ignore: rule-id[, rule-id] -- reason`, in any comment
// syntax, on the finding's line or alone on the line above it.
import type { Finding } from './finding.ts'

/** A finding that a comment set aside. */
export interface Suppressed {
  finding: Finding
  /** The text after `--` of the comment, or null where none was given. */
  reason: string | null
}

export interface Directive {
  ruleIds: ReadonlySet<string>
  /** What stands after `--`, without what closes the comment; null where nothing does. */
  reason: string | null
  /** Whether nothing but the comment stands on its line, so that it speaks for the next one. */
  alone: boolean
}

export const marker = 'panthera-ignore'

/** The directive on a line, or null. One that names no rule has no `ruleIds`. */
export function readDirective(line: string): Directive | null {
  const at = line.indexOf(marker)
  if (at === -1) return null
  const after = line.slice(at + marker.length)
  const [, names = '', reason = ''] = /^:(.*?)(?:\s--(?=\s)(.*))?$/.exec(after) ?? []
  const ruleIds = new Set(names.split(/[\s,]+/).filter((name) => ruleId.test(name)))
  return {
    ruleIds,
    reason: reason.replace(commentEnd, '').trim() || null,
    alone: commentStart.test(line.slice(0, at)),
  }
}

/** What the directives around `line` say about a finding of a rule there. */
export type Verdict = { kind: 'suppressed'; reason: string } | { kind: 'kept'; note: string | null }

/** `directiveOn` answers the directive on a line, counted from 1. */
export function judge(
  ruleId: string,
  line: number,
  directiveOn: (line: number) => Directive | null,
): Verdict {
  const here = directiveOn(line)
  const above = directiveOn(line - 1)
  const directives = [here, above?.alone ? above : null].filter((directive) => directive !== null)
  const naming = directives.find(({ ruleIds }) => ruleIds.has(ruleId))
  if (naming?.reason) return { kind: 'suppressed', reason: naming.reason }
  if (naming !== undefined) return { kind: 'kept', note: reasonMissing }
  const empty = directives.some(({ ruleIds }) => ruleIds.size === 0)
  return { kind: 'kept', note: empty ? ruleMissing : null }
}

const reasonMissing = [
  `The ${marker} comment here gives no reason, so it does not count:`,
  'add it after "--".',
].join(' ')
const ruleMissing = [
  `The ${marker} comment here names no rule, so it does not count:`,
  `write "${marker}: rule-id -- reason".`,
].join(' ')

const ruleId = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const commentStart = /^\s*(?:[^\p{L}\p{N}\s]{0,6}|rem|dnl|')\s*$/iu
const commentEnd = /\s*(?:\*\/\}?|--%?>|-->|#\}|%\}|\*\)|-\}|\]\])\s*$/
