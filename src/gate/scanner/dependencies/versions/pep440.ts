// PEP 440, as Python's packages are ordered: `1.0.dev1 < 1.0a1 < 1.0 < 1.0+local < 1.0.post1`.
import {
  compareDigits,
  compareReleases,
  compareText,
  type VersionOrder,
  versionOrder,
} from './total-order.ts'

interface PythonVersion {
  epoch: string
  release: readonly string[]
  /** Orders pre-releases, releases and developments of the same numbers. */
  phase: number
  pre: string
  /** null where there is none. */
  post: string | null
  dev: string | null
  local: readonly string[]
}

const shape = new RegExp(
  [
    String.raw`^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)`,
    String.raw`(?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?(\d*))?`,
    String.raw`(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?`,
    String.raw`(?:[-_.]?(dev)[-_.]?(\d*))?`,
    String.raw`(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$`,
  ].join(''),
  'i',
)

function parsePythonVersion(version: string): PythonVersion | null {
  const found = shape.exec(version)
  if (found === null) return null
  const [, epoch, release, pre, preNumber, implicitPost, post, postNumber, dev, devNumber, local] =
    found
  const hasPost = post !== undefined || implicitPost !== undefined
  return {
    epoch: epoch ?? '0',
    release: (release ?? '').split('.'),
    phase: phaseOf(pre?.toLowerCase(), dev !== undefined && !hasPost),
    pre: preNumber || '0',
    post: hasPost ? implicitPost || postNumber || '0' : null,
    dev: dev === undefined ? null : devNumber || '0',
    local: local === undefined ? [] : local.toLowerCase().split(/[-_.]/),
  }
}

/** A development release that is no pre-release comes before all pre-releases of its numbers. */
function phaseOf(pre: string | undefined, isDevelopment: boolean): number {
  if (pre === undefined) return isDevelopment ? 0 : 4
  if (pre.startsWith('a')) return 1
  return pre.startsWith('b') ? 2 : 3
}

function comparePythonVersions(a: PythonVersion, b: PythonVersion): number {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    a.phase - b.phase ||
    compareDigits(a.pre, b.pre) ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1) ||
    compareLocals(a.local, b.local)
  )
}

/** `missing` says where a version without the part stands beside one that has it. */
function compareOptional(a: string | null, b: string | null, missing: number): number {
  if (a === null) return b === null ? 0 : missing
  return b === null ? -missing : compareDigits(a, b)
}

function compareLocals(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [first = '', second = ''] = [a[at], b[at]]
    const [isNumber, otherIsNumber] = [/^\d+$/.test(first), /^\d+$/.test(second)]
    if (isNumber !== otherIsNumber) return isNumber ? 1 : -1
    const order = isNumber ? compareDigits(first, second) : compareText(first, second)
    if (order !== 0) return order
  }
  return a.length - b.length
}

export const pep440: VersionOrder = versionOrder(parsePythonVersion, comparePythonVersions)
