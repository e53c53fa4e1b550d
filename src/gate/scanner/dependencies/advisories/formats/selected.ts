// Reads the files that the selection is written in, one per ecosystem: by package and by the names
// of a vulnerability, its ranges as `printRanges` writes them, its severity and weakness class.
//
//     lodash:
//       CVE-2021-23337: [<4.17.21, high, 94]
import { severities } from '../../../finding.ts'
import type { Ecosystem } from '../../package.ts'
import { orderOf } from '../../versions/order.ts'
import type { Advisory } from '../advisory.ts'
import { readId } from '../identifiers.ts'
import { isIndexable, lookupName } from '../lookup-name.ts'
import { selectionSource } from '../selection.ts'
import { printRanges, readRanges, type VersionRange } from '../version-range.ts'
import { list, mapping } from './loose.ts'

export class SelectionError extends Error {
  override name = 'SelectionError'
}

/** @throws {SelectionError} for anything that is not exactly of the form. */
export function readSelected(value: unknown, ecosystem: Ecosystem): Advisory[] {
  const packages = Object.entries(mapping(value))
  if (packages.length === 0) throw new SelectionError(`${ecosystem}: no packages`)
  return packages.flatMap(([name, vulnerabilities]) => {
    if (!isIndexable(name)) throw new SelectionError(`${ecosystem}: ${name} names no package`)
    const entries = Object.entries(mapping(vulnerabilities))
    if (entries.length === 0) throw new SelectionError(`${ecosystem}: nothing is said of ${name}`)
    return entries.map(([names, entry]) => readEntry({ ecosystem, name, names, entry }))
  })
}

interface Entry {
  ecosystem: Ecosystem
  name: string
  /** Separated by spaces. */
  names: string
  entry: unknown
}

function readEntry({ ecosystem, name, names, entry }: Entry): Advisory {
  const refuse = (reason: string) =>
    new SelectionError(`${ecosystem}, ${name}, ${names}: ${reason}`)
  const [id, ...aliases] = names.split(' ').map((each) => {
    if (readId(each) !== each) throw refuse(`${each} is no name of a vulnerability`)
    return each
  })
  const [ranges, word, cwe, ...more] = list(entry)
  const severity = severities.find((each) => each === word)
  if (severity === undefined) throw refuse(`the severity is one of ${severities.join(', ')}`)
  if (!Number.isSafeInteger(cwe) || more.length > 0) {
    throw refuse('it is ranges, severity, number of the weakness class')
  }
  const affected = readRanges(String(ranges))
  if (printRanges(affected) !== ranges) throw refuse(`${ranges} are no ranges`)
  const wrong = affected.find((range) => !isOrdered(range, ecosystem))
  if (wrong !== undefined) throw refuse(`${printRanges([wrong])} holds no version`)
  return {
    ecosystem,
    package: lookupName(ecosystem, name),
    id: id ?? '',
    aliases,
    withdrawn: false,
    affected,
    rating: { severity, cvss: null },
    cwes: [Number(cwe)],
    parts: [],
    published: null,
    modified: null,
    source: selectionSource,
  }
}

function isOrdered({ from, to, end }: VersionRange, ecosystem: Ecosystem): boolean {
  const order = orderOf(ecosystem)
  if (![from, to].every((each) => each === null || order.isValid(each))) return false
  if (from === null || to === null) return true
  const span = order.compare(from, to)
  return span < 0 || (span === 0 && end === 'last')
}
