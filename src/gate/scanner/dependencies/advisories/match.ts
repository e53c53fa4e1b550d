// Finds the packages that are known to be vulnerable.
import { compareFindings, type Finding, type RuleSummary } from '../../finding.ts'
import { type Ecosystem, ecosystems, type Package } from '../package.ts'
import { orderOf } from '../versions/order.ts'
import type { Vulnerability } from './advisory.ts'
import { findAffected } from './affected.ts'
import { describeVulnerability, summarise, type VulnerablePackage } from './describe.ts'
import type { AdvisoryIndex } from './lookup.ts'
import { type SelectedAdvisories, selectedAlone } from './selection.ts'

export interface AdvisoryMatches {
  /** In the order of reports. */
  findings: Finding[]
  /** One for each `ruleId` of the findings, in their order. */
  rules: RuleSummary[]
  /** Packages without a version, or with none of their ecosystem: nothing is said of them. */
  unresolved: number
  /** Ecosystems of packages of which nothing at all is known here: silence says nothing of them. */
  uncovered: Ecosystem[]
  /** Of which only what came with the package is known; null where there are none. */
  selected: SelectedAdvisories | null
  /** With `selected`: which findings would have been told, were they there, by their rules. */
  selectedIds: readonly string[]
  /** The day of the oldest data that was compared with, `2026-01-31`; null where there was none. */
  date: string | null
}

/**
 * One finding per package, version, manifest and vulnerability, however often the manifest holds
 * it. Packages from elsewhere than a registry are not matched: their names say nothing.
 */
export function matchAdvisories(
  packages: readonly Package[],
  index: AdvisoryIndex,
): AdvisoryMatches {
  const found: VulnerablePackage[] = []
  let unresolved = 0
  const known = new KnownVulnerabilities(index)
  for (const occurrences of groupOccurrences(packages)) {
    const [first] = occurrences
    const { ecosystem, version } = first
    const order = orderOf(ecosystem)
    if (version === null || !order.isValid(version)) {
      unresolved += 1
      continue
    }
    const all = known.of(first).flatMap((vulnerability) => {
      const affected = findAffected(vulnerability, version, order)
      return affected === null ? [] : [{ vulnerability, affected }]
    })
    const fixes = all.flatMap(({ affected }) => affected.fixedVersions.slice(0, 1))
    const mendsAll = fixes.sort((a, b) => order.compare(a, b)).at(-1) ?? null
    for (const one of all) found.push({ ...one, version, occurrences, ordinal: 0, mendsAll })
  }
  const numbered = numberVersions(found)
  return {
    findings: numbered.map(describeVulnerability).sort(compareFindings),
    rules: summarise(numbered),
    unresolved,
    ...coverageOf(packages, index),
  }
}

function coverageOf(packages: readonly Package[], index: AdvisoryIndex) {
  const met = new Set(packages.map(({ ecosystem }) => ecosystem))
  const used = ecosystems.filter((each) => met.has(each))
  const days = used.map((ecosystem) => index.describe(ecosystem)[0])
  const selected = selectedAlone(used, (ecosystem) => index.describe(ecosystem))
  // Of every ecosystem: the last lock file of one may be what was removed.
  const ids = selected === null ? [] : ecosystems.flatMap((each) => index.selectedIds(each))
  return {
    uncovered: used.filter((_, at) => days[at] === undefined),
    selected,
    selectedIds: [...new Set(ids)].sort(),
    date: days.flatMap((newest) => newest?.date ?? []).sort()[0] ?? null,
  }
}

type Occurrences = [first: Package, ...others: Package[]]

/** Places of one package with one version in one manifest, the nearest to the project first. */
function groupOccurrences(packages: readonly Package[]): Iterable<Occurrences> {
  const groups = new Map<string, Occurrences>()
  for (const each of packages) {
    if (each.origin !== null) continue
    const { ecosystem, name, version, place } = each
    const key = [ecosystem, name, version ?? '', place.path].join('\0')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else if (compareNearness(each, group[0]) < 0) group.unshift(each)
    else group.push(each)
  }
  return groups.values()
}

/** By the way to it, then by its place. */
function compareNearness(a: Package, b: Package): number {
  const directness = Number(b.direct === true) - Number(a.direct === true)
  return (
    directness ||
    a.path.length - b.path.length ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column
  )
}

/** Each package is asked for once, although lock files hold several versions of many. */
class KnownVulnerabilities {
  readonly #index: AdvisoryIndex
  readonly #known = new Map<Ecosystem, Map<string, readonly Vulnerability[]>>()

  constructor(index: AdvisoryIndex) {
    this.#index = index
  }

  of({ ecosystem, name }: Package): readonly Vulnerability[] {
    const names = this.#known.get(ecosystem) ?? new Map<string, readonly Vulnerability[]>()
    this.#known.set(ecosystem, names)
    const found = names.get(name) ?? this.#index.find(ecosystem, name)
    names.set(name, found)
    return found
  }
}

/** Tells apart what only differs in the version, which fingerprints leave out; lowest first. */
function numberVersions(found: readonly VulnerablePackage[]): VulnerablePackage[] {
  const groups = new Map<string, VulnerablePackage[]>()
  for (const each of found) {
    const { ecosystem, name, place } = each.occurrences[0]
    const key = [ecosystem, name, place.path, each.vulnerability.ids[0]].join('\0')
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()].flatMap((group) =>
    group.toSorted((a, b) => compareVersions(a, b)).map((each, ordinal) => ({ ...each, ordinal })),
  )
}

function compareVersions(a: VulnerablePackage, b: VulnerablePackage): number {
  return orderOf(a.occurrences[0].ecosystem).compare(a.version, b.version)
}
