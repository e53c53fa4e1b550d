// The last word on what was found: the project's settings and the files of other tools set findings
// aside, change severities, and what has expired counts again.
import { compareFindings, type Finding, type RuleSummary } from './finding.ts'
import { Jury } from './project/jury.ts'
import { type PathMatcher, pathMatcher } from './project/path-pattern.ts'
import type { ProjectSettings } from './project/settings.ts'
import { unknownNames } from './project/unknown-names.ts'
import { isOver, type ProjectWord } from './project/word.ts'
import { withoutTwins } from './same-credential.ts'
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
 * at in every way (`whole`) does an entry that accepts nothing deserve a note, one about a package
 * only where all that is known of packages was at hand (`compared`), and only among all rules
 * (`everyRule`) a name that none of them has.
 */
export function settle(
  found: Found,
  word: ProjectWord,
  { today, whole, compared = true, everyRule = false }: Looked,
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
  const unknown = everyRule ? unknownNames(word, found.rules) : []
  const lapsed = found.suppressed.filter((one) => isOver(one.expires, today))
  for (const one of found.suppressed) {
    if (!isOver(one.expires, today)) suppressed.push(one)
  }
  const all = [...found.findings, ...lapsed.map((one) => one.finding)]
  const secrets = [...all, ...suppressed.map((one) => one.finding)]
  const told = secrets.filter(({ ruleId }) => !off.has(ruleId))
  for (const finding of withoutTwins(all, told)) {
    const rated = rateFinding(finding, word)
    const by = unwanted(finding) ?? jury.accepts(rated, rules.get(finding.ruleId) ?? null)
    if (by === null) findings.push(rated)
    else suppressed.push({ finding: rated, ...by })
  }
  return {
    findings: findings.sort(compareFindings),
    suppressed: suppressed.sort((a, b) => compareFindings(a.finding, b.finding)),
    rules: found.rules.map((rule) => rateRule(rule, settings)),
    notes: [
      ...lapsed.map(noteOnLapsed),
      ...unknown.map(({ note }) => note),
      ...jury.notes({ unused: whole, compared, told: new Set(unknown.map(({ line }) => line)) }),
    ],
  }
}

interface Looked {
  today: string
  whole: boolean
  compared?: boolean
  everyRule?: boolean
}

function isExcluded({ location }: Finding, excluded: PathMatcher, prefix: string): boolean {
  return location !== null && excluded.matches(prefix + location.path)
}

function rateRule(rule: RuleSummary, settings: ProjectSettings): RuleSummary {
  const severity = settings.rules.severity.get(rule.id)
  return severity === undefined || severity === rule.severity ? rule : { ...rule, severity }
}

/** The original is kept: who reads of a finding shall see that the project thinks less of it. */
function rateFinding(finding: Finding, { settings, settingsPath }: ProjectWord): Finding {
  const severity = settings.rules.severity.get(finding.ruleId)
  if (severity === undefined || severity === finding.severity) return finding
  return { ...finding, severity, rated: { from: finding.severity, by: settingsPath } }
}

function noteOnLapsed({ finding, source, expires, line }: Suppressed): string {
  const place = `${finding.location?.path ?? ''}:${line ?? finding.location?.line ?? 1}`
  return `${place}: ${source} expired on ${expires}, so ${finding.ruleId} counts again`
}
