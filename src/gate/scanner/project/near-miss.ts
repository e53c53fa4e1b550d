// Entries of the project's settings that seem to be about a finding and do not accept it, each with
// what does not fit.
import type { Finding, RuleSummary } from '../finding.ts'
import { isNamed, isPackage } from './jury.ts'
import { pathMatcher } from './path-pattern.ts'
import type { Ignore } from './settings.ts'
import { isOver, type ProjectWord } from './word.ts'

/** Sentences without a full stop; `today` is `2026-01-31`. */
export function nearMisses(
  { settings, settingsPath, prefix }: ProjectWord,
  { finding, rule, today }: { finding: Finding; rule: RuleSummary | null; today: string },
): string[] {
  const path = finding.location === null ? null : prefix + finding.location.path
  return settings.ignores.flatMap((ignore) => {
    if (ignore.rule === null || !isNamed(finding, rule, ignore.rule)) return []
    const why = misfitOf(ignore, { finding, path, today })
    return why === null ? [] : [`${settingsPath}:${ignore.line} names ${ignore.rule}, but ${why}`]
  })
}

function misfitOf(
  { path: pattern, package: name, fingerprint, expires }: Ignore,
  { finding, path, today }: { finding: Finding; path: string | null; today: string },
): string | null {
  if (isOver(expires, today)) return `expired on ${expires}`
  if (pattern !== null && (path === null || !pathMatcher([pattern]).matches(path))) {
    return `its path ${pattern} is another`
  }
  if (name !== null && !isPackage(finding, name)) return `its package ${name} is another`
  const known = finding.fingerprints.some(({ value }) => value === fingerprint)
  return fingerprint === null || known ? null : `its fingerprint ${fingerprint} is another`
}
