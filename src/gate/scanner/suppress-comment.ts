// Comments that accept a finding: `panthera-ignore: rule-id[, rule-id] -- reason`, in any comment
// syntax, on the finding's line or alone on the line above it.
import { opensComment, withoutClosing } from './comment-syntax.ts'
import { didYouMean } from './project/did-you-mean.ts'

export const ownMarker = 'panthera-ignore'

export interface Directive {
  ruleIds: ReadonlySet<string>
  /** What stands after `--`, without what closes the comment; null where nothing does. */
  reason: string | null
  /** Whether nothing but the comment stands on its line, so that it speaks for the next one. */
  alone: boolean
}

/** The directive on a line, or null. One that names no rule has no `ruleIds`. */
export function readDirective(line: string): Directive | null {
  const at = line.indexOf(ownMarker)
  if (at === -1) return null
  const after = line.slice(at + ownMarker.length)
  const [, names = '', reason = ''] = /^:(.*?)(?:\s--(?=\s)(.*))?$/.exec(after) ?? []
  const ruleIds = new Set(names.split(/[\s,]+/).filter((name) => ruleId.test(name)))
  return {
    ruleIds,
    reason: withoutClosing(ownPart(reason)) || null,
    alone: opensComment(line.slice(0, at)),
  }
}

/** Another tool's comment may follow on the same line. */
function ownPart(reason: string): string {
  return reason.split(/\s(?:#|\/\/)\s/)[0] ?? ''
}

/** `sql-injection`, and what vulnerabilities are called: `CVE-2021-23337`. */
const ruleId = /^[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*$/

/** Told with a finding that a comment was meant for and does not reach. */
export const reasonMissing = [
  `The ${ownMarker} comment here gives no reason, so it does not count:`,
  'add it after "--".',
].join(' ')
export const ruleMissing = [
  `The ${ownMarker} comment here names no rule, so it does not count:`,
  `write "${ownMarker}: rule-id -- reason".`,
].join(' ')
/** A misspelt id would otherwise do nothing, and nobody would hear of it. */
export function ruleOther(named: readonly string[], ruleId: string): string {
  const guesses = named.map((name) => `${name}${didYouMean(name, [ruleId])}`)
  return `The ${ownMarker} comment here names ${guesses.join(', ')}, so it does not count for this.`
}
