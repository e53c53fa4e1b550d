// How large a file may be to be looked at.

export interface SizeLimits {
  fileBytesMax: number
  /** Lock files of large projects are longer than anything that people write. */
  manifestBytesMax: number
}

export function bytesMaxOf(path: string, limits: SizeLimits): number {
  const { fileBytesMax, manifestBytesMax } = limits
  return isLockFile(path) ? Math.max(fileBytesMax, manifestBytesMax) : fileBytesMax
}

const isLockFile = (path: string) => lockFiles.has(path.slice(path.lastIndexOf('/') + 1))

const lockFiles = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'Pipfile.lock',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'go.sum',
  'Cargo.lock',
  'Gemfile.lock',
  'composer.lock',
  'packages.lock.json',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'pylock.toml',
])
