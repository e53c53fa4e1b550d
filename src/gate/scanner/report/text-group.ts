// What a report for people shows as one: the vulnerabilities of one package, and many findings of
// one rule in one file; and in which order, the worst first.
import { compareFindings, type Finding, severities } from '../finding.ts'

export type Group =
  /** Of one package in one lock file, the worst first. */
  { kind: 'package'; findings: readonly [Finding, ...Finding[]] } | FindingGroup

export interface FindingGroup {
  kind: 'finding'
  finding: Finding
  /** The one of the same rule that was shown before in the same file: what it said holds on. */
  before: Finding | null
  /** Of the same rule in the same file, and not shown but listed. */
  further: readonly Finding[]
}

/** By severity, then by place. A package stands where the worst that is known of it stands. */
export function groupsOf(findings: readonly Finding[]): Group[] {
  const worst = new Map<string, number>()
  for (const finding of findings) {
    const key = packageIn(finding)
    if (key === null) continue
    worst.set(key, Math.min(worst.get(key) ?? severities.length, rankOf(finding)))
  }
  const ranked = findings.map((finding) => {
    return { finding, rank: worst.get(packageIn(finding) ?? '') ?? rankOf(finding) }
  })
  ranked.sort((a, b) => a.rank - b.rank || compareFindings(a.finding, b.finding))
  const groups: Group[] = []
  let together: typeof ranked = []
  const close = () => {
    for (const group of grouped(together.map(({ finding }) => finding))) groups.push(group)
    together = []
  }
  for (const one of ranked) {
    const [first] = together
    const path = first?.finding.location?.path
    if (first && (first.rank !== one.rank || path !== one.finding.location?.path)) close()
    together.push(one)
  }
  close()
  return groups
}

const rankOf = ({ severity }: Finding) => severities.indexOf(severity)

/** The package in its lock file; null for what is about no package. */
function packageIn({ subject, location }: Finding): string | null {
  return subject?.kind === 'package' ? `${location?.path ?? ''}\0${subject.purl}` : null
}

function* grouped(findings: readonly Finding[]): Generator<Group> {
  const byName = new Map<string, [Finding, ...Finding[]]>()
  for (const finding of findings) {
    const group = byName.get(nameOf(finding))
    if (group === undefined) byName.set(nameOf(finding), [finding])
    else group.push(finding)
  }
  for (const finding of findings) {
    const group = byName.get(nameOf(finding))
    if (group === undefined) continue
    if (finding.subject?.kind === 'package') {
      if (group[0] === finding) yield { kind: 'package', findings: worstFirst(group) }
      continue
    }
    const at = group.indexOf(finding)
    const shown = group.length <= wholeMax ? group.length : shownOfMany
    if (at >= shown) continue
    const further = at === shown - 1 ? group.slice(shown) : []
    yield { kind: 'finding', finding, before: group[at - 1] ?? null, further }
  }
}

/** So many are all shown; of more, the first few. */
const wholeMax = 4
const shownOfMany = 3

function nameOf({ ruleId, subject }: Finding): string {
  return subject?.kind === 'package' ? `package ${subject.purl}` : ruleId
}

/** The same findings in another order. */
function worstFirst(findings: readonly [Finding, ...Finding[]]): [Finding, ...Finding[]] {
  const [first = findings[0], ...rest] = findings.toSorted((a, b) => rankOf(a) - rankOf(b))
  return [first, ...rest]
}
