// What the matcher asks: which vulnerabilities a package is known for.
import type { Ecosystem } from '../package.ts'
import type { Vulnerability } from './advisory.ts'
import { type IndexDescription, type IndexFile, IndexFileError } from './index-file.ts'
import { lookupName } from './lookup-name.ts'
import { mergeVulnerabilities } from './merge.ts'
import type { PackageRecord } from './record.ts'
import { isSelection } from './selection.ts'

export interface AdvisoryIndex {
  /** Empty where nothing is known. The name may be spelled as its ecosystem allows. */
  find(ecosystem: Ecosystem, name: string): readonly Vulnerability[]
  /**
   * What is known of an ecosystem, the newest first and what came with the package last; empty
   * where there is no data.
   */
  describe(ecosystem: Ecosystem): readonly IndexDescription[]
  /** The first identifier of all that is known where nobody imported a database; else none. */
  selectedIds(ecosystem: Ecosystem): readonly string[]
  /** What could not be used of what was looked up so far, as sentences; empty when all is well. */
  problems(): readonly string[]
}

/**
 * `filesOf` is asked when an ecosystem is first looked up. All files of an ecosystem count
 * together: where two hold the same record, the newer file's is believed, and what it says to be
 * withdrawn is dropped from the older. The selection that came with the package only adds what no
 * database names.
 */
export function advisoryIndex(
  filesOf: (ecosystem: Ecosystem, onProblem: (problem: string) => void) => readonly IndexFile[],
): AdvisoryIndex {
  const problems = new Set<string>()
  const opened = new Map<Ecosystem, readonly IndexFile[]>()
  const open = (ecosystem: Ecosystem) => {
    const known = opened.get(ecosystem)
    if (known !== undefined) return known
    const found = filesOf(ecosystem, (problem) => problems.add(problem))
    const files = found.toSorted(
      (a, b) => Number(isSelected(a)) - Number(isSelected(b)) || compareDates(b, a),
    )
    opened.set(ecosystem, files)
    return files
  }
  return {
    find(ecosystem, name) {
      const key = lookupName(ecosystem, name)
      const records = open(ecosystem).flatMap((file) => {
        try {
          const record = file.find(key)
          return record === null ? [] : [{ ...record, selected: isSelected(file) }]
        } catch (error) {
          if (!(error instanceof IndexFileError)) throw error
          problems.add(`the advisories of ${ecosystem} are damaged: ${error.message}`)
          return []
        }
      })
      const [only] = records
      if (records.length <= 1) return only?.vulnerabilities ?? []
      return mergeVulnerabilities(ecosystem, withoutOverruled(records))
    },
    describe: (ecosystem) => open(ecosystem).map(({ description }) => description),
    selectedIds(ecosystem) {
      const files = open(ecosystem)
      if (!files.every(isSelected)) return []
      try {
        return files
          .flatMap((file) => [...file.entries()])
          .flatMap(([, { vulnerabilities }]) => {
            return vulnerabilities.flatMap(({ ids: [id] }) => id ?? [])
          })
      } catch (error) {
        if (!(error instanceof IndexFileError)) throw error
        return []
      }
    },
    problems: () => [...problems],
  }
}

const isSelected = ({ description }: IndexFile) => isSelection(description)

function compareDates(a: IndexFile, b: IndexFile): number {
  const [first, second] = [a.description.date ?? '', b.description.date ?? '']
  if (first === second) return 0
  return first < second ? -1 : 1
}

/**
 * In the order of the files, without what an earlier one took back or knows better; what no
 * database rates is rated as in the selection.
 */
function withoutOverruled(
  records: readonly (PackageRecord & { selected: boolean })[],
): Vulnerability[] {
  const withdrawn = new Set<string>()
  const named = new Set<string>()
  const chosen = records.filter(({ selected }) => selected)
  const ratings = new Map(
    chosen.flatMap(({ vulnerabilities }) =>
      vulnerabilities.flatMap(({ ids, rating }) => ids.map((id) => [id, rating] as const)),
    ),
  )
  return records.flatMap(({ selected, ...record }) => {
    const left = record.vulnerabilities.flatMap((vulnerability): Vulnerability[] => {
      const { ids, rating } = vulnerability
      if (selected && ids.some((id) => named.has(id) || withdrawn.has(id))) return []
      const statements = vulnerability.statements.filter(({ id }) => !withdrawn.has(id))
      const rated = rating.severity === null ? ids.find((id) => ratings.has(id)) : undefined
      const better = ratings.get(rated ?? '') ?? rating
      return statements.length === 0 ? [] : [{ ...vulnerability, statements, rating: better }]
    })
    for (const id of record.withdrawn) withdrawn.add(id)
    if (!selected) for (const { ids } of left) for (const id of ids) named.add(id)
    return left
  })
}
