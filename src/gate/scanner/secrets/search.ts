// What the steps of one file's detection share, and how each records what it found.
import type { Severity } from '../finding.ts'
import { severities } from '../finding.ts'
import { checkValue } from './check.ts'
import type { CompiledRule, CompiledRules } from './compile.ts'
import type { PathTraits } from './place.ts'
import { shannonEntropy } from './randomness.ts'
import type { SecretRule } from './rule-data.ts'

export interface SecretMatch {
  rule: SecretRule
  severity: Severity
  /** Byte offsets of what a report must not show. */
  start: number
  end: number
  /** What the secret is known by: the value, or a key without its armour. Latin-1. */
  value: string
  /** Why the severity is not the rule's, one sentence. */
  note: string | null
}

export interface RankedMatch extends SecretMatch {
  rank: number
}

/** Answers whether the time is up; asked before every bounded piece of work. */
export type Expired = () => boolean

export interface Search {
  rules: CompiledRules
  path: string
  traits: PathTraits
  /** Tests and documentation are full of samples: only what is beyond doubt counts there. */
  strict: boolean
  /** One character per byte, so that offsets are byte offsets. */
  text: string
  found: RankedMatch[]
  /** Where values begin that were judged for good: nobody guesses at them again. */
  settled: Set<number>
  expired: Expired
}

/** Whether the rule applies to this file at all. */
export function concerns({ path, traits }: Search, { rule, allowedPaths }: CompiledRule): boolean {
  return (
    !rule.allow.places.some((place) => traits.places.has(place)) &&
    !allowedPaths.some((allowed) => allowed.test(path))
  )
}

/**
 * Records `text.slice(start, end)` and returns the match, or null where the rule, or what the
 * value says of itself, makes it no secret.
 */
export function record(
  search: Search,
  compiled: CompiledRule,
  { start, end, value }: { start: number; end: number; value: string },
): RankedMatch | null {
  const { rule, rank } = compiled
  if (!concerns(search, compiled)) return null
  if (compiled.allowedValues.some((allowed) => allowed.test(value))) return null
  if (rule.entropyMin > 0 && shannonEntropy(value) < rule.entropyMin) return null
  const verdict = rule.check === null ? 'right' : checkValue(rule.check, value)
  const doubtful = verdict === 'doubtful'
  if (verdict === 'wrong' || (doubtful && search.strict)) return null
  const severity = doubtful ? lower(rule.severity) : rule.severity
  const note = doubtful ? doubtfulNote : null
  const match = { rule, severity, start, end, value, note, rank }
  search.found.push(match)
  return match
}

const doubtfulNote =
  'Its checksum does not hold, so it was mistyped, cut or made up: compare it with the original.'

/** What stands in tests and manuals opens nothing, as a rule; what does should still be seen. */
export function demote(match: RankedMatch): void {
  match.severity = 'low'
  match.note = 'It stands among tests or documentation, so it may be there for show.'
}

/** The next severity down. */
function lower(severity: Severity): Severity {
  return severities[severities.indexOf(severity) + 1] ?? severity
}
