// Gathers the advisories of any number of databases, and makes one index per ecosystem of them.
import { type Ecosystem, ecosystems } from '../package.ts'
import type { Advisory } from './advisory.ts'
import { encodeIndex, type IndexDescription, type IndexSource } from './index-file.ts'
import { mergeAdvisories } from './merge.ts'
import type { PackageRecord } from './record.ts'
import { printRanges } from './version-range.ts'

export class AdvisoryCollection {
  readonly #packages = new Map<Ecosystem, Map<string, Map<string, Advisory>>>()

  /** Of records of one name the one that was changed last counts; of equally old ones, both. */
  add(advisory: Advisory): void {
    const { ecosystem, package: name, id, source } = advisory
    const packages = this.#packages.get(ecosystem) ?? new Map<string, Map<string, Advisory>>()
    this.#packages.set(ecosystem, packages)
    const records = packages.get(name) ?? new Map<string, Advisory>()
    packages.set(name, records)
    const key = `${source}\t${id}`
    const known = records.get(key)
    const newer =
      known === undefined ? 1 : compareText(advisory.modified ?? '', known.modified ?? '')
    if (newer > 0) records.set(key, advisory)
    if (newer === 0 && known !== undefined) records.set(key, joined(known, advisory))
  }

  /**
   * In the order in which ecosystems are listed; the same for the same advisories. `dates` are the
   * days on which databases were taken, for those whose records bear none or older ones.
   */
  *indexes(
    dates: ReadonlyMap<string, string> = new Map(),
  ): Iterable<{ description: IndexDescription; bytes: Buffer }> {
    for (const ecosystem of ecosystems) {
      const packages = this.#packages.get(ecosystem)
      if (packages === undefined) continue
      const records = new Map<string, PackageRecord>()
      for (const [name, advisories] of packages) {
        records.set(name, recordOf(ecosystem, [...advisories.values()]))
      }
      const description = describe(ecosystem, packages, records, dates)
      yield { description, bytes: encodeIndex(description, records) }
    }
  }
}

/** Some databases split what they say of one vulnerability over several entries. */
function joined(a: Advisory, b: Advisory): Advisory {
  if (printRanges(a.affected) === printRanges(b.affected)) return a
  const ranges = new Map([...a.affected, ...b.affected].map((each) => [printRanges([each]), each]))
  const sorted = [...ranges].sort(([one], [other]) => compareText(one, other))
  return { ...a, affected: sorted.map(([, range]) => range) }
}

/** Independent of the order in which databases and their files were read. */
function recordOf(ecosystem: Ecosystem, advisories: readonly Advisory[]): PackageRecord {
  const sorted = advisories.toSorted(
    (a, b) => compareText(a.source, b.source) || compareText(a.id, b.id),
  )
  return {
    vulnerabilities: mergeAdvisories(ecosystem, sorted),
    withdrawn: sorted.filter(({ withdrawn }) => withdrawn).map(({ id }) => id),
  }
}

function describe(
  ecosystem: Ecosystem,
  packages: ReadonlyMap<string, ReadonlyMap<string, Advisory>>,
  records: ReadonlyMap<string, PackageRecord>,
  dates: ReadonlyMap<string, string>,
): IndexDescription {
  const sources = new Map<string, { ids: Set<string>; date: string | null }>()
  for (const advisories of packages.values()) {
    for (const { source, id, modified } of advisories.values()) {
      const known = sources.get(source) ?? {
        ids: new Set<string>(),
        date: dates.get(source) ?? null,
      }
      sources.set(source, known)
      known.ids.add(id)
      known.date = latest([known.date, modified])
    }
  }
  const sorted = [...sources].sort(([a], [b]) => compareText(a, b))
  const ids = new Set<string>()
  for (const { vulnerabilities } of records.values()) {
    for (const { ids: names } of vulnerabilities) ids.add(names[0] ?? '')
  }
  return {
    ecosystem,
    date: latest([...sources.values()].map(({ date }) => date)),
    packages: records.size,
    vulnerabilities: ids.size,
    sources: sorted.map(([name, { ids, date }]): IndexSource => {
      return { name, records: ids.size, date }
    }),
  }
}

function latest(dates: readonly (string | null)[]): string | null {
  return (
    dates
      .flatMap((date) => date ?? [])
      .sort()
      .at(-1) ?? null
  )
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
