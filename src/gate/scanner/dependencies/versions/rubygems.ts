// The order of `Gem::Version`: segments of digits or letters, letters before any number, so that
// `1.0.a < 1.0.rc1 < 1.0`.
import { compareDigits, compareText, type VersionOrder, versionOrder } from './total-order.ts'

function parseGemVersion(version: string): readonly string[] | null {
  const text = version.trim()
  if (!/^\d+(?:\.[\da-z]+)*(?:-[\da-z-]+(?:\.[\da-z-]+)*)?$/i.test(text)) return null
  // A hyphen says pre-release.
  return text.replaceAll('-', '.pre.').match(/\d+|[a-z]+/gi)
}

function compareGemVersions(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const order = compareSegments(a[at] ?? '0', b[at] ?? '0')
    if (order !== 0) return order
  }
  return 0
}

function compareSegments(a: string, b: string): number {
  const [first, second] = [/^\d/.test(a), /^\d/.test(b)]
  if (first && second) return compareDigits(a, b)
  if (first !== second) return first ? 1 : -1
  return compareText(a, b)
}

export const rubygems: VersionOrder = versionOrder(parseGemVersion, compareGemVersions)
