// The last word on what was found: the project's settings and the files of other tools set findings
// aside, change severities, and what has expired counts again.
import { compareFindings, type Finding, type RuleSummary } from './finding.ts'
import { Jury } from './project/jury.ts'
import { type PathMatcher, pathMatcher } from './project/path-pattern.ts'
import type { ProjectSettings } from './project/settings.ts'
import { isOver, type ProjectWord } from './project/word.ts'
import type { Suppressed } from './suppressed.ts'

export interface Found {
  findings: readonly Finding[]
  suppressed: readonly Suppressed[]
  rules: readonly RuleSummary[]
}

export interface Settled {
  findings: Finding[]
  suppressed: Suppressed[]
  /** All that ran, with the severities that the project gives them. */
  rules: RuleSummary[]
  /** What the project should mend: entries that expired or match nothing. */
  notes: string[]
}

/**
 * `today` is `2026-01-31`. Everything comes back sorted. Only where all of the project was looked
 * at in every way (`whole`) does an entry that accepts nothing deserve a note.
 */
export function settle(
  found: Found,
  word: ProjectWord,
  { today, whole }: { today: string; whole: boolean },
): Settled {
  const { settings } = word
  const rules = new Map(found.rules.map((rule) => [rule.id, rule]))
  const off = new Set(settings.rules.disable)
  const excluded = pathMatcher(settings.scan.exclude)
  const jury = new Jury(word, today)
  const findings: Finding[] = []
  const suppressed: Suppressed[] = []
  const config = { by: 'config', source: word.settingsPath } as const
  /** Kept as set aside, and not dropped: nobody should have to guess what is missing. */
  const unwanted = (finding: Finding) => {
    if (off.has(finding.ruleId)) return { ...config, reason: 'the rule is disabled' }
    if (!isExcluded(finding, excluded, word.prefix)) return null
    return { ...config, reason: 'the path is excluded' }
  }
  const lapsed = found.suppressed.filter((one) => isOver(one.expires, today))
  for (const one of found.suppressed) {
    if (!isOver(one.expires, today)) suppressed.push(one)
  }
  for (const finding of [...found.findings, ...lapsed.map((one) => one.finding)]) {
    const rated = rate(finding, settings)
    const by = unwanted(finding) ?? jury.accepts(rated, rules.get(finding.ruleId) ?? null)
    if (by === null) findings.push(rated)
    else suppressed.push({ finding: rated, ...by })
  }
  return {
    findings: findings.sort(compareFindings),
    suppressed: suppressed.sort((a, b) => compareFindings(a.finding, b.finding)),
    rules: found.rules.map((rule) => rate(rule, settings)),
    notes: [...lapsed.map(noteOnLapsed), ...jury.notes({ unused: whole })],
  }
}

function isExcluded({ location }: Finding, excluded: PathMatcher, prefix: string): boolean {
  return location !== null && excluded.matches(prefix + location.path)
}

function rate<Rated extends Finding | RuleSummary>(rated: Rated, settings: ProjectSettings): Rated {
  const id = 'ruleId' in rated ? rated.ruleId : rated.id
  const severity = settings.rules.severity.get(id)
  return severity === undefined || severity === rated.severity ? rated : { ...rated, severity }
}

function noteOnLapsed({ finding, source, expires, line }: Suppressed): string {
  const place = `${finding.location?.path ?? ''}:${line ?? finding.location?.line ?? 1}`
  return `${place}: ${source} expired on ${expires}, so ${finding.ruleId} counts again`
}
