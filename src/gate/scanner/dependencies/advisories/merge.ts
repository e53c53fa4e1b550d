// Databases describe the same vulnerabilities under different names: records that share a name,
// also through others, are one.
//
// Each database's ranges are kept as its own statement, the preferred database first; `affected.ts`
// says what holds where they disagree. Of what can only be one (severity, weakness classes), the
// preferred one that says anything is believed; the date of
// publication is the earliest, the date of change the latest.
import type { Ecosystem } from '../package.ts'
import type { Advisory, Rating, Statement, Vulnerability } from './advisory.ts'
import { unrated } from './formats/rate.ts'
import { rankIds } from './identifiers.ts'

/** The vulnerabilities of one package, in the order of their best names. */
export function mergeAdvisories(
  ecosystem: Ecosystem,
  advisories: readonly Advisory[],
): Vulnerability[] {
  const alive = advisories.filter(({ withdrawn }) => !withdrawn)
  return mergeVulnerabilities(ecosystem, alive.map(asVulnerability))
}

function asVulnerability(advisory: Advisory): Vulnerability {
  const { id, aliases, source, affected, rating, cwes, parts, published, modified } = advisory
  return {
    ids: rankIds([id, ...aliases]),
    statements: [{ source, id, affected }],
    rating,
    cwes,
    parts,
    published,
    modified,
  }
}

/** Where two state the same record of the same database, the first is kept. */
export function mergeVulnerabilities(
  ecosystem: Ecosystem,
  vulnerabilities: readonly Vulnerability[],
): Vulnerability[] {
  return groupByNames(vulnerabilities)
    .flatMap((group) => (group.length === 1 ? group : mergeGroup(ecosystem, group)))
    .sort((a, b) => compareIds(a.ids[0] ?? '', b.ids[0] ?? ''))
}

/** Walks from name to name. */
function groupByNames(vulnerabilities: readonly Vulnerability[]): Vulnerability[][] {
  const byName = new Map<string, Vulnerability[]>()
  for (const each of vulnerabilities) {
    for (const id of each.ids) {
      const named = byName.get(id)
      if (named === undefined) byName.set(id, [each])
      else named.push(each)
    }
  }
  const seen = new Set<Vulnerability>()
  const groups: Vulnerability[][] = []
  for (const start of vulnerabilities) {
    if (seen.has(start)) continue
    const group = new Set([start])
    // A set yields what is added while it is walked.
    for (const each of group) {
      for (const id of each.ids) {
        for (const other of byName.get(id) ?? []) group.add(other)
        byName.delete(id)
      }
    }
    for (const each of group) seen.add(each)
    groups.push([...group])
  }
  return groups
}

function mergeGroup(ecosystem: Ecosystem, group: readonly Vulnerability[]): Vulnerability {
  const rank = (vulnerability: Vulnerability) => {
    const [first] = sortStatements(ecosystem, vulnerability.statements)
    return first === undefined ? 0 : preference(ecosystem, first.source)
  }
  const preferred = group.toSorted((a, b) => rank(a) - rank(b))
  const statements = new Map<string, Statement>()
  for (const each of group.flatMap((vulnerability) => vulnerability.statements)) {
    const key = `${each.source}\t${each.id}`
    if (!statements.has(key)) statements.set(key, each)
  }
  return {
    ids: rankIds(group.flatMap(({ ids }) => ids)),
    statements: sortStatements(ecosystem, [...statements.values()]),
    rating: bestRating(preferred.map(({ rating }) => rating)),
    cwes: preferred.find(({ cwes }) => cwes.length > 0)?.cwes ?? [],
    parts: preferred.find(({ parts }) => parts.length > 0)?.parts ?? [],
    published: group.flatMap(({ published }) => published ?? []).sort()[0] ?? null,
    modified:
      group
        .flatMap(({ modified }) => modified ?? [])
        .sort()
        .at(-1) ?? null,
  }
}

/** A computed one before a database's word. */
function bestRating(ratings: readonly Rating[]): Rating {
  const computed = ratings.find(({ cvss }) => cvss !== null)
  return computed ?? ratings.find(({ severity }) => severity !== null) ?? unrated
}

function sortStatements(ecosystem: Ecosystem, statements: readonly Statement[]): Statement[] {
  return statements.toSorted(
    (a, b) =>
      preference(ecosystem, a.source) - preference(ecosystem, b.source) || compareIds(a.id, b.id),
  )
}

function preference(ecosystem: Ecosystem, source: string): number {
  const at = preferences[ecosystem].indexOf(source)
  return at === -1 ? preferences[ecosystem].length : at
}

/** Who knows best where versions begin and end to be affected: reviewed, and close to the code. */
const preferences: Readonly<Record<Ecosystem, readonly string[]>> = {
  npm: ['GitHub', 'Node.js', 'Retire.js'],
  PyPI: ['GitHub', 'PyPA'],
  Go: ['Go', 'GitHub'],
  'crates.io': ['RustSec', 'GitHub'],
  Maven: ['GitHub'],
  RubyGems: ['RubySec', 'GitHub'],
  Packagist: ['GitHub', 'FriendsOfPHP'],
  NuGet: ['GitHub'],
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0
  return rankIds([a, b])[0] === a ? -1 : 1
}
