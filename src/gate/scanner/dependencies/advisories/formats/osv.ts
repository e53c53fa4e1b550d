// Reads records of the OSV schema (version 1): one vulnerability of any number of packages.
import { type Ecosystem, ecosystems } from '../../package.ts'
import { orderOf } from '../../versions/order.ts'
import type { VersionOrder } from '../../versions/total-order.ts'
import type { Advisory, Rating } from '../advisory.ts'
import { readId } from '../identifiers.ts'
import { isIndexable, lookupName } from '../lookup-name.ts'
import { contains, exactly, isWritable, type VersionRange } from '../version-range.ts'
import { cweNumbers, day, type Loose, list, mapping, text, texts } from './loose.ts'
import { rate } from './rate.ts'

/**
 * One advisory for each package of an ecosystem that is known here; none where the record is only
 * about others. null for what is no OSV record: not a mapping with an `id` and `affected`.
 */
export function readOsv(value: unknown): Advisory[] | null {
  const record = mapping(value)
  const id = readId(record.id)
  const withdrawn = text(record.withdrawn) !== null
  if (id === null || !(Array.isArray(record.affected) || withdrawn)) return null
  const common = {
    id,
    aliases: texts(record.aliases, 200).flatMap((alias) => readId(alias) ?? []),
    withdrawn,
    published: day(record.published),
    modified: day(record.modified) ?? day(record.published),
    source: sourceOf(id),
  }
  const byPackage = new Map<string, Advisory>()
  for (const item of list(record.affected, affectedMax)) {
    const advisory = readAffected(mapping(item), record, common)
    if (advisory === null) continue
    const key = `${advisory.ecosystem}\t${advisory.package}`
    const known = byPackage.get(key)
    const affected = [...(known?.affected ?? []), ...advisory.affected]
    byPackage.set(key, { ...(known ?? advisory), affected: affected.slice(0, rangesMax) })
  }
  return [...byPackage.values()]
}

/** A record of malware in a registry names hundreds of packages at most. */
const affectedMax = 5000
const rangesMax = 5000

type Common = Pick<Advisory, 'id' | 'aliases' | 'withdrawn' | 'published' | 'modified' | 'source'>

function readAffected(affected: Loose, record: Loose, common: Common): Advisory | null {
  const { ecosystem: stated, name: spelled } = mapping(affected.package)
  const ecosystem = ecosystemOf(stated)
  const name = text(spelled)
  if (ecosystem === null || name === null || !isIndexable(name)) return null
  const informational = text(mapping(affected.database_specific).informational)
  if (informational !== null && informational !== 'unsound') return null
  const ranges = readVersions(affected, orderOf(ecosystem))
  if (ranges.length === 0 && !common.withdrawn) return null
  return {
    ...common,
    ecosystem,
    package: lookupName(ecosystem, name),
    affected: common.withdrawn ? [] : ranges,
    rating: ratingOf(affected, record, { id: common.id, informational }),
    cwes: weaknessesOf(affected, record, common.id),
    parts: partsOf(affected),
  }
}

/** `Packagist:https://…` is another registry of the same ecosystem. */
function ecosystemOf(stated: unknown): Ecosystem | null {
  const [name] = (text(stated) ?? '').split(':')
  return ecosystems.find((each) => each === name) ?? null
}

/** A record of the OpenSSF: the package as a whole is the weakness. */
const isMalware = (id: string) => id.startsWith('MAL-')

function ratingOf(
  affected: Loose,
  record: Loose,
  { id, informational }: { id: string; informational: string | null },
): Rating {
  if (isMalware(id)) return { severity: 'critical', cvss: null }
  const vectors = [affected.severity, record.severity].map((value) =>
    list(value, 20).flatMap((item) => text(mapping(item).score) ?? []),
  )
  const stated = vectors.find((each) => each.length > 0) ?? []
  const cvss = text(mapping(affected.database_specific).cvss)
  const word = text(mapping(record.database_specific).severity)
  const own = text(mapping(affected.ecosystem_specific).severity)
  const rating = rate(cvss === null ? stated : [...stated, cvss], word ?? own)
  if (rating.severity !== null || informational === null) return rating
  return { severity: 'low', cvss: null }
}

function weaknessesOf(affected: Loose, record: Loose, id: string): number[] {
  const places = [mapping(record.database_specific), mapping(affected.database_specific)]
  const stated = places.flatMap(({ cwe_ids: ids, cwes }) => [
    ...texts(ids, 100),
    ...list(cwes, 100).flatMap((each) => text(mapping(each).cweId) ?? text(each) ?? []),
  ])
  const numbers = cweNumbers(stated)
  return numbers.length === 0 && isMalware(id) ? [506] : numbers
}

/** Go's database says in which packages of a module a vulnerability is. */
function partsOf(affected: Loose): string[] {
  const imports = list(mapping(affected.ecosystem_specific).imports, partsMax)
  return imports.flatMap((each) => {
    const path = text(mapping(each).path)
    return path !== null && isIndexable(path) ? path : []
  })
}
const partsMax = 50

function readVersions(affected: Loose, order: VersionOrder): VersionRange[] {
  const ranges = rangesOf(affected.ranges, order)
  // Go's database says `all` of modules whose tags are no versions of modules, and the truth here.
  const saysAll = ranges.every(({ from, to }) => from === null && to === null)
  const custom = saysAll ? rangesOf(mapping(affected.ecosystem_specific).custom_ranges, order) : []
  const stated = custom.length > 0 ? custom : ranges
  const { last_known_affected_version_range: known } = mapping(affected.database_specific)
  const bounded = stated.map((range) => (range.to === null ? boundedBy(range, known) : range))
  const named = [...new Set(texts(affected.versions, rangesMax))].filter(isWritable)
  const others = named.filter((each) => !bounded.some((range) => contains(range, each, order)))
  return [...bounded, ...others.map(exactly)]
}

function rangesOf(value: unknown, order: VersionOrder): VersionRange[] {
  return list(value, 500).flatMap((item) => {
    const { type, events } = mapping(item)
    return type === 'GIT' ? [] : readEvents(list(events, 2000), order)
  })
}

interface VersionEvent {
  kind: keyof typeof eventRanks
  version: string
}

/** Where several events name one version, a range ends before the next begins. */
const eventRanks = { fixed: 0, limit: 0, introduced: 1, last_affected: 2 }

function readEvents(items: readonly unknown[], order: VersionOrder): VersionRange[] {
  const events = items.flatMap((item): VersionEvent[] => {
    for (const [kind, version] of Object.entries(mapping(item))) {
      if (!(isEventKind(kind) && typeof version === 'string')) continue
      if (isWritable(version)) return [{ kind, version }]
      // All versions: the same as no limit.
      if (version === '*' && kind === 'limit') return []
    }
    return []
  })
  events.sort((a, b) => compareEvents(a, b, order))
  const ranges: VersionRange[] = []
  let from: string | null | undefined
  for (const { kind, version } of events) {
    if (kind === 'introduced') {
      if (from === undefined) from = version === '0' ? null : version
    } else if (from !== undefined) {
      const end = kind === 'limit' ? 'before' : kind === 'fixed' ? 'fixed' : 'last'
      ranges.push({ from, after: false, to: version, end })
      from = undefined
    }
  }
  if (from !== undefined) ranges.push({ from, after: false, to: null, end: 'before' })
  return ranges
}

function isEventKind(kind: string): kind is VersionEvent['kind'] {
  return Object.hasOwn(eventRanks, kind)
}

function compareEvents(a: VersionEvent, b: VersionEvent, order: VersionOrder): number {
  const first = isStart(a)
  const second = isStart(b)
  if (first !== second) return first ? -1 : 1
  return order.compare(a.version, b.version) || eventRanks[a.kind] - eventRanks[b.kind]
}

/** `0` is before all versions, also before `0.0.0-alpha`. */
function isStart({ kind, version }: VersionEvent): boolean {
  return kind === 'introduced' && version === '0'
}

/** GitHub's way to say `<= 1.2` where no version is known to mend it. */
function boundedBy(range: VersionRange, known: unknown): VersionRange {
  const [, sign, version = ''] = /^\s*(<=?)\s*(\S+)\s*$/.exec(text(known) ?? '') ?? []
  if (!isWritable(version)) return range
  return { ...range, to: version, end: sign === '<' ? 'before' : 'last' }
}

function sourceOf(id: string): string {
  const prefix = id.slice(0, id.indexOf('-'))
  return sources[prefix] ?? prefix
}

const sources: Readonly<Record<string, string>> = {
  GHSA: 'GitHub',
  PYSEC: 'PyPA',
  RUSTSEC: 'RustSec',
  GO: 'Go',
  MAL: 'OpenSSF Malicious Packages',
  PSF: 'Python Software Foundation',
  DRUPAL: 'Drupal',
  OSV: 'OSV',
}
