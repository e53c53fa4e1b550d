// Semantic Versioning 2.0.0, and what npm, Cargo and Go write beside it: a leading `v`, releases of
// fewer or more numbers than three, a pre-release without its hyphen.
import {
  compareDigits,
  compareReleases,
  compareText,
  type VersionOrder,
  versionOrder,
} from './total-order.ts'

export interface SemanticVersion {
  release: readonly string[]
  /** Empty for a release. */
  prerelease: readonly string[]
}

export function parseSemver(version: string): SemanticVersion | null {
  const [, release, prerelease] = shape.exec(version) ?? []
  if (release === undefined) return null
  return { release: release.split('.'), prerelease: prerelease?.split('.') ?? [] }
}

const shape = new RegExp(
  [
    String.raw`^\s*[v=]*\s*(\d+(?:\.\d+)*)`,
    String.raw`(?:-?((?<=-)[\da-z-]+(?:\.[\da-z-]+)*|[a-z][\da-z-]*(?:\.[\da-z-]+)*))?`,
    String.raw`(?:\+[\w.-]+)?\s*$`,
  ].join(''),
  'i',
)

export function compareSemver(a: SemanticVersion, b: SemanticVersion): number {
  return compareReleases(a.release, b.release) || comparePrereleases(a.prerelease, b.prerelease)
}

/** A release comes after its pre-releases; more identifiers come after fewer. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const order = compareIdentifiers(a[at] ?? '', b[at] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}

function compareIdentifiers(a: string, b: string): number {
  const first = /^\d+$/.test(a)
  const second = /^\d+$/.test(b)
  if (first && second) return compareDigits(a, b)
  if (first !== second) return first ? -1 : 1
  return compareText(a, b)
}

export const semver: VersionOrder = versionOrder(parseSemver, compareSemver)
