// What a source leaves out before the scanner sees it, and why.

export const sourceSkipReasons = [
  /** Untracked and named by a `.gitignore`. */
  'gitignore',
  /** Named by a `.pantheraignore`. */
  'pantheraignore',
  /** Named by `scan.exclude` of `panthera.yaml`. */
  'excluded',
  /** Installed, not written: `node_modules`, virtual environments, caches of tools. */
  'dependencies',
  'symlink',
  'submodule',
  /** A socket, pipe or device. */
  'special',
  'too-large',
  'too-deep',
  /** The first path past the limit of files: it and everything after it were not looked at. */
  'too-many',
  'unreadable',
  /** A name that is not UTF-8, so that no path can be given for it. */
  'unreadable-name',
] as const
export type SourceSkipReason = (typeof sourceSkipReasons)[number]

/** A file, or with a trailing `/` a whole folder, that was not handed to the scanner. */
export interface SkippedPath {
  path: string
  reason: SourceSkipReason
}

/** Reasons that leave a scan incomplete: a limit, not somebody's wish, kept the file out. */
export const incompleteReasons: ReadonlySet<string> = new Set([
  'too-deep',
  'too-many',
  'unreadable',
  'unreadable-name',
])
