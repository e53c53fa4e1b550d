// Reads what package managers write of versions (`>= 1.2, < 2`, `~> 3.1`, `<1.0 || 2.x`) as ranges,
// and turns the versions that are safe into those that are not.
import type { VersionOrder } from '../versions/total-order.ts'
import { allVersions, exactly, isWritable, type VersionRange } from './version-range.ts'

export interface Dialect {
  order: VersionOrder
  /** What a version without a sign means: this one alone, or it and what is compatible. */
  bare: 'exact' | 'caret'
}

/** Alternatives, separated by `||`. null where any part is no requirement. */
export function readRequirement(text: string, dialect: Dialect): VersionRange[] | null {
  if (text.length > requirementCharsMax) return null
  const ranges: VersionRange[] = []
  for (const alternative of text.split('||')) {
    const range = readConjunction(alternative, dialect)
    if (range === null) return null
    if (range !== 'nothing') ranges.push(range)
  }
  return ranges
}

const requirementCharsMax = 4000

function readConjunction(text: string, dialect: Dialect): VersionRange | 'nothing' | null {
  const bare = text.replaceAll(/([<>=~^!])\s+(?=[\dv])/g, '$1').trim()
  let range: VersionRange = allVersions
  for (const part of bare.split(/[\s,]+/).filter((each) => each !== '')) {
    const next = readComparator(part, dialect)
    if (next === null) return null
    const both = intersection(range, next, dialect.order)
    if (both === null) return 'nothing'
    range = both
  }
  return range
}

function readComparator(text: string, { bare }: Dialect): VersionRange | null {
  const [, stated = '', version = ''] = /^(>=|<=|~>|[<>=~^])?v?(.*)$/.exec(text) ?? []
  const wild = /^(\d+(?:\.\d+)*)?\.?[*xX](?:\.[*xX])*$/.exec(version)
  if (wild !== null) return wild[1] === undefined ? allVersions : upTo(wild[1], bump(wild[1], 0))
  if (!isWritable(version) || !/^\d/.test(version)) return null
  const sign = stated === '' ? (bare === 'caret' ? '^' : '=') : stated
  switch (sign) {
    case '>=':
      return { ...allVersions, from: version }
    case '>':
      return { ...allVersions, from: version, after: true }
    case '<':
      return { ...allVersions, to: version, end: 'before' }
    case '<=':
      return { ...allVersions, to: version, end: 'last' }
    case '=':
      return exactly(version)
    case '~>':
      return upTo(version, bump(version, 1))
    case '~':
      return upTo(version, bump(version.split('.').slice(0, 2).join('.'), 0))
    default:
      return upTo(version, afterCompatible(version))
  }
}

function upTo(from: string, to: string): VersionRange {
  return { from, after: false, to, end: 'before' }
}

/** The next version after dropping that many numbers: `~> 2.3.5` ends before 2.4. */
function bump(version: string, dropped: number): string {
  const numbers = releaseOf(version)
  const kept = numbers.slice(0, Math.max(1, numbers.length - dropped))
  return increment(kept)
}

/** `^1.2.3` ends before 2.0.0, `^0.2.3` before 0.3.0, `^0.0.3` before 0.0.4. */
function afterCompatible(version: string): string {
  const numbers = releaseOf(version)
  const first = numbers.findIndex((number) => number !== 0)
  const kept = numbers.slice(0, first === -1 ? numbers.length : first + 1)
  return [increment(kept), ...numbers.slice(kept.length).map(() => '0')].join('.')
}

function releaseOf(version: string): number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}

function increment(numbers: readonly number[]): string {
  return [...numbers.slice(0, -1), (numbers.at(-1) ?? 0) + 1].join('.')
}

/** null where they have no version in common. */
function intersection(a: VersionRange, b: VersionRange, order: VersionOrder): VersionRange | null {
  const low = compareLows(a, b, order) >= 0 ? a : b
  const high = compareHighs(a, b, order) <= 0 ? a : b
  const both = { from: low.from, after: low.after, to: high.to, end: high.end }
  return isEmpty(both, order) ? null : both
}

function isEmpty({ from, after, to, end }: VersionRange, order: VersionOrder): boolean {
  if (from === null || to === null) return false
  const length = order.compare(to, from)
  return length < 0 || (length === 0 && (after || end !== 'last'))
}

function compareLows(a: VersionRange, b: VersionRange, order: VersionOrder): number {
  if (a.from === null || b.from === null) return Number(a.from !== null) - Number(b.from !== null)
  return order.compare(a.from, b.from) || Number(a.after) - Number(b.after)
}

function compareHighs(a: VersionRange, b: VersionRange, order: VersionOrder): number {
  if (a.to === null || b.to === null) return Number(a.to === null) - Number(b.to === null)
  return order.compare(a.to, b.to) || Number(a.end === 'last') - Number(b.end === 'last')
}

/**
 * What is left of all versions. A range that begins with a version of `patched` ends the one before
 * it as a fix.
 */
export function affectedBetween(
  patched: readonly VersionRange[],
  unaffected: readonly VersionRange[],
  order: VersionOrder,
): VersionRange[] {
  const safe = [...patched, ...unaffected].sort((a, b) => compareLows(a, b, order))
  const affected: VersionRange[] = []
  let from: string | null = null
  let after = false
  for (const range of safe) {
    const end = range.after ? 'last' : patched.includes(range) ? 'fixed' : 'before'
    const gap: VersionRange = { from, after, to: range.from, end }
    if (range.from !== null && !isEmpty(gap, order)) affected.push(gap)
    if (range.to === null) return affected
    if (reachesFurther(range, { from, after }, order)) {
      from = range.to
      after = range.end === 'last'
    }
  }
  return [...affected, { from, after, to: null, end: 'before' }]
}

function reachesFurther(
  { to, end }: VersionRange,
  reached: { from: string | null; after: boolean },
  order: VersionOrder,
): boolean {
  if (to === null || reached.from === null) return true
  const further = order.compare(to, reached.from)
  return further > 0 || (further === 0 && end === 'last' && !reached.after)
}
