// What changed between two packs: grade, findings, controls and dependencies. Two contents in, one
// comparison out; which of them is the better is told, and nothing is added up.
import type { Grade, Severity } from './grade/score.ts'
import { severities } from './grade/score.ts'
import { type ComputedGrade, computedOf } from './grade/submission.ts'
import type { Json } from './json/read.ts'
import { type Component, componentsIn } from './sbom.ts'

type State = 'pass' | 'fail' | 'partial' | 'not_tested'

/** The content of a pack: what was submitted. */
export interface DriftPack {
  evidence_pack_id: string
  repo_slug: string
  branch: string
  commit_hash: string
  findings: readonly DriftFinding[]
  control_results: readonly { framework: string; control_id: string; status: State }[]
  /** CycloneDX or SPDX as JSON. */
  sbom?: Json | undefined
}

interface DriftFinding {
  id?: string | undefined
  fingerprint?: string | undefined
  title: string
  severity: Severity
  rule_id?: string | undefined
  file_path?: string | null | undefined
}

/** As much of a list as is shown; `total` counts all. */
export interface Cut<Item> {
  total: number
  items: Item[]
}

export interface DriftedFinding {
  identity: string
  title: string
  severity: Severity
  rule_id: string | null
  file_path: string | null
}

export interface DriftedControl {
  framework: string
  control_id: string
  /** Null: no result was given. */
  from: State | null
  to: State | null
}

export interface Drift {
  from: DriftEnd
  to: DriftEnd
  score_change: number
  findings: {
    added: Cut<DriftedFinding>
    gone: Cut<DriftedFinding>
    /** In both, with another severity. */
    rated: Cut<DriftedFinding & { from: Severity }>
    same: number
  }
  controls: {
    worse: Cut<DriftedControl>
    better: Cut<DriftedControl>
    /** Tested in one only. */
    tested: Cut<DriftedControl>
  }
  /** Null where one of the packs has no bill of materials that can be read. */
  dependencies: {
    added: Cut<Component>
    removed: Cut<Component>
    changed: Cut<{ name: string; from: string[]; to: string[] }>
  } | null
}

export interface DriftEnd extends Pick<ComputedGrade, 'grade' | 'score'> {
  evidence_pack_id: string
  repository: string
  branch: string
  commit: string
  grade: Grade
}

/** Items of a list that are given out. */
const shownMax = 1_000

/** Lists are ordered by weight, then by name, so that the same packs make the same text. */
export function driftOf(from: DriftPack, to: DriftPack): Drift {
  const ends = [endOf(from), endOf(to)] as const
  return {
    from: ends[0],
    to: ends[1],
    score_change: ends[1].score - ends[0].score,
    findings: findingsDrift(from.findings, to.findings),
    controls: controlsDrift(from.control_results, to.control_results),
    dependencies: dependenciesDrift(componentsIn(from.sbom), componentsIn(to.sbom)),
  }
}

function endOf(pack: DriftPack): DriftEnd {
  const { grade, score } = computedOf(pack)
  return {
    evidence_pack_id: pack.evidence_pack_id,
    repository: pack.repo_slug,
    branch: pack.branch,
    commit: pack.commit_hash,
    grade,
    score,
  }
}

/** Several findings may share an identity: as many as there are more are added. */
function findingsDrift(before: readonly DriftFinding[], after: readonly DriftFinding[]) {
  const left = Map.groupBy(before, identityOf)
  const added: DriftedFinding[] = []
  const rated: (DriftedFinding & { from: Severity })[] = []
  let same = 0
  for (const finding of after) {
    const known = left.get(identityOf(finding))?.pop()
    if (known === undefined) added.push(shown(finding))
    else if (known.severity === finding.severity) same += 1
    else rated.push({ ...shown(finding), from: known.severity })
  }
  const gone = [...left.values()].flat().map(shown)
  return {
    added: cut(added.sort(byWeight)),
    gone: cut(gone.sort(byWeight)),
    rated: cut(rated.sort(byWeight)),
    same,
  }
}

function identityOf({ fingerprint, id, title }: DriftFinding): string {
  return fingerprint ?? id ?? title
}

function shown(finding: DriftFinding): DriftedFinding {
  const { title, severity, rule_id = null, file_path = null } = finding
  return { identity: identityOf(finding), title, severity, rule_id, file_path }
}

function byWeight(a: DriftedFinding, b: DriftedFinding): number {
  const weight = severities.indexOf(a.severity) - severities.indexOf(b.severity)
  return weight || compare(`${a.title} ${a.identity}`, `${b.title} ${b.identity}`)
}

/** The worst first; what was not tested stands beside them. */
const ranks: readonly State[] = ['fail', 'partial', 'pass']

type Result = DriftPack['control_results'][number]

function controlsDrift(before: readonly Result[], after: readonly Result[]): Drift['controls'] {
  const all = new Map<string, DriftedControl>()
  for (const { framework, control_id, status } of before) {
    all.set(`${framework} ${control_id}`, { framework, control_id, from: status, to: null })
  }
  for (const { framework, control_id, status } of after) {
    const name = `${framework} ${control_id}`
    const from = all.get(name)?.from ?? null
    all.set(name, { framework, control_id, from, to: status })
  }
  const moved = [...all].sort(([a], [b]) => compare(a, b)).map(([, control]) => control)
  const rank = (state: State | null) => (state === null ? -1 : ranks.indexOf(state))
  const both = moved.filter(({ from, to }) => rank(from) !== -1 && rank(to) !== -1)
  return {
    worse: cut(both.filter(({ from, to }) => rank(to) < rank(from))),
    better: cut(both.filter(({ from, to }) => rank(to) > rank(from))),
    tested: cut(moved.filter(({ from, to }) => (rank(from) === -1) !== (rank(to) === -1))),
  }
}

type Components = ReturnType<typeof componentsIn>

function dependenciesDrift(before: Components, after: Components): Drift['dependencies'] {
  if (before === null || after === null) return null
  const was = versionsOf(before)
  const is = versionsOf(after)
  const names = [...new Set([...was.keys(), ...is.keys()])].sort(compare)
  const added: Component[] = []
  const removed: Component[] = []
  const changed: { name: string; from: string[]; to: string[] }[] = []
  for (const name of names) {
    const from = was.get(name) ?? []
    const to = is.get(name) ?? []
    if (from.length === 0) added.push(...to.map((version) => ({ name, version })))
    else if (to.length === 0) removed.push(...from.map((version) => ({ name, version })))
    else if (from.join(' ') !== to.join(' ')) changed.push({ name, from, to })
  }
  return { added: cut(added), removed: cut(removed), changed: cut(changed) }
}

function versionsOf(components: readonly Component[]): Map<string, string[]> {
  const byName = Map.groupBy(components, ({ name }) => name)
  return new Map(
    [...byName].map(([name, own]) => {
      return [name, [...new Set(own.map(({ version }) => version))].sort(compare)]
    }),
  )
}

function cut<Item>(items: readonly Item[]): Cut<Item> {
  return { total: items.length, items: items.slice(0, shownMax) }
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
