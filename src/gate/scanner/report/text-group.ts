// What the text report shows as one: the vulnerabilities of one package, and many findings of one
// rule in one file. It sees one file at a time, so that reports of any size flow through.
import { type Finding, severities } from '../finding.ts'

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

export async function* groupsOf(
  findings: Iterable<Finding> | AsyncIterable<Finding>,
): AsyncGenerator<Group> {
  let inFile: Finding[] = []
  for await (const finding of findings) {
    const before = inFile[0]
    if (before !== undefined && before.location?.path !== finding.location?.path) {
      yield* grouped(inFile)
      inFile = []
    }
    inFile.push(finding)
  }
  yield* grouped(inFile)
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
  const rank = ({ severity }: Finding) => severities.indexOf(severity)
  const [first = findings[0], ...rest] = findings.toSorted((a, b) => rank(a) - rank(b))
  return [first, ...rest]
}
