// Composer's order of versions: numbers, then a stability (`dev`, `alpha`, `beta`, `RC`, none,
// `patch`) with numbers of its own. Branches such as `dev-main` are no versions.
import { compareReleases, type VersionOrder, versionOrder } from './total-order.ts'

interface ComposerVersion {
  release: readonly string[]
  stability: number
  numbers: readonly string[]
  /** `1.0-beta1-dev` comes before `1.0-beta1`. */
  isStable: boolean
}

const shape = new RegExp(
  [
    String.raw`^v?(\d+(?:[.-]\d+)*(?:\.[x*])*)`,
    String.raw`(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)((?:[.-]?\d+)*))?`,
    '(?:[.-]?(dev))?',
    String.raw`(?:\+\S*)?$`,
  ].join(''),
  'i',
)

function parseComposerVersion(version: string): ComposerVersion | null {
  const found = shape.exec(version.trim())
  if (found === null) return null
  const [, release = '', stability = 'stable', numbers = '', dev] = found
  const isBranch = /[x*]/.test(release)
  // `1.x-dev` is whatever comes last of version 1.
  if (isBranch && dev === undefined) return null
  return {
    release: release.replace(/(?:\.[x*])+/, `.${branchNumber}`).split(/[.-]/),
    stability: stabilities.get(stability.toLowerCase()) ?? 0,
    numbers: numbers.split(/[.-]/).filter((number) => number !== ''),
    isStable: dev === undefined,
  }
}

const branchNumber = '9999999'

const stabilities = new Map([
  ['alpha', -3],
  ['a', -3],
  ['beta', -2],
  ['b', -2],
  ['rc', -1],
  ['stable', 0],
  ['patch', 1],
  ['pl', 1],
  ['p', 1],
])
const developmentStability = -4

function compareComposerVersions(a: ComposerVersion, b: ComposerVersion): number {
  return (
    compareReleases(a.release, b.release) ||
    stabilityOf(a) - stabilityOf(b) ||
    compareReleases(a.numbers, b.numbers) ||
    Number(a.isStable) - Number(b.isStable)
  )
}

const stabilityOf = ({ stability, isStable }: ComposerVersion) =>
  stability === 0 && !isStable ? developmentStability : stability

export const composer: VersionOrder = versionOrder(parseComposerVersion, compareComposerVersions)
