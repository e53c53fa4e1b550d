// Which versions are affected: from here to there, in the order of the ecosystem.
import type { VersionOrder } from '../versions/total-order.ts'

export interface VersionRange {
  /** The first version in it; null: from the very first one. */
  from: string | null
  /** `from` itself is not in it. */
  after: boolean
  /** Where it ends; null: nowhere that is known. */
  to: string | null
  /**
   * `fixed`: before `to`, the fix. `before`: before `to`, which is not said to be a fix.
   * `last`: with `to`. Without meaning where `to` is null.
   */
  end: RangeEnd
}

export type RangeEnd = 'fixed' | 'before' | 'last'

export const allVersions: VersionRange = { from: null, after: false, to: null, end: 'before' }

export function exactly(version: string): VersionRange {
  return { from: version, after: false, to: version, end: 'last' }
}

/** Never true for a version that the ecosystem does not know, but where it is named itself. */
export function contains(range: VersionRange, version: string, order: VersionOrder): boolean {
  const { from, after, to, end } = range
  if (from !== null) {
    const low = order.compare(version, from)
    if (low < 0 || (low === 0 && after)) return false
  }
  if (to === null) return true
  const high = order.compare(version, to)
  return high < 0 || (high === 0 && end === 'last')
}

/**
 * A text of ranges, separated by spaces: `1.0<2.0` fixed in 2.0, `1.0~2.0` ends before 2.0,
 * `1.0=2.0` with 2.0, `>1.0` after 1.0, `@1.0` that one alone, `*` all. A side may be missing.
 */
export function printRanges(ranges: readonly VersionRange[]): string {
  return ranges.map(printRange).join(' ')
}

function printRange({ from, after, to, end }: VersionRange): string {
  if (from !== null && from === to && end === 'last' && !after) return `@${from}`
  const start = from === null ? '' : `${after ? '>' : ''}${from}`
  const finish = to === null ? '' : `${signs[end]}${to}`
  return start + finish || '*'
}

const signs: Readonly<Record<RangeEnd, string>> = { fixed: '<', before: '~', last: '=' }
const ends: Readonly<Record<string, RangeEnd>> = { '<': 'fixed', '~': 'before', '=': 'last' }

/** What `printRanges` wrote; what it cannot have written is left out. */
export function readRanges(text: string): VersionRange[] {
  return text.split(' ').flatMap((part) => readRange(part) ?? [])
}

function readRange(text: string): VersionRange | null {
  if (text === '*') return allVersions
  if (text.startsWith('@')) return exactly(text.slice(1))
  const [, after = '', from = '', sign = '', to = ''] = rangeShape.exec(text) ?? []
  if (from === '' && to === '') return null
  return {
    from: from || null,
    after: after !== '',
    to: to || null,
    end: ends[sign] ?? 'before',
  }
}

const rangeShape = /^(>?)([^<~=>]*)(?:([<~=])([^<~=>]+))?$/

/** Whether a version can be written into a range: short, and without the signs of its text. */
export function isWritable(version: string): boolean {
  return version.length <= versionCharsMax && /^[^\s<~=>@*\p{C}]+$/u.test(version)
}

const versionCharsMax = 128
