// Lists the files of a folder that a scan should look at: what somebody wrote, in a fixed order,
// never beyond the folder, with a reason for everything that is left out.
import { type BigIntStats, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setImmediate as pause } from 'node:timers/promises'
import { bytesMaxOf, type SizeLimits } from '../scanner/size.ts'
import {
  defaultExclusion,
  exclusionByName,
  installedMarkers,
  isVersionControl,
} from './default-excludes.ts'
import { type FileStamp, stampOf } from './file-stamp.ts'
import { gitDirOf } from './git/locate.ts'
import { IgnoreRules } from './ignore-rules.ts'
import { RepositoryScope, readIgnoreFile } from './repository-scope.ts'
import type { SkippedPath, SourceSkipReason } from './skipped.ts'

export interface WalkedFile {
  /** Relative to the root, with `/`. */
  path: string
  bytes: number
  stamp: FileStamp
}

export interface WalkLimits extends SizeLimits {
  /** Of files and of what is left out, together. */
  filesMax: number
  /** Folders above a file. */
  depthMax: number
}

export interface WalkOptions {
  /** A folder, or a single file, which is listed whatever the ignore files say. */
  root: string
  /** False to look at everything but the stores of version control. */
  ignore: boolean
  /** What is left out besides; folders end with `/`. */
  excludes?: ((path: string) => boolean) | undefined
  limits: WalkLimits
  signal?: AbortSignal | undefined
}

export interface Walk {
  /** The folder that paths are relative to; for a single file the one it lies in. */
  root: string
  files: WalkedFile[]
  skipped: SkippedPath[]
  /** Why a path would be left out by name, for what is no file of the folder any more. */
  excludes: (path: string) => SourceSkipReason | null
}

/**
 * Walks the folder; symbolic links are never followed, but for the root itself.
 * @throws {Error} with the code of the file system when the root cannot be read.
 */
export async function walk(options: WalkOptions): Promise<Walk> {
  const root = realpathSync(options.root)
  const stats = lstatSync(root, { bigint: true })
  const walker = new Walker(stats.isDirectory() ? root : dirname(root), options)
  if (stats.isDirectory()) await walker.walk()
  else walker.file(basename(root), stats)
  return {
    root: walker.root,
    files: walker.files,
    skipped: walker.skipped,
    excludes: (path) => (options.ignore ? walker.excludes(path) : null),
  }
}

interface Folder {
  /** From the root, `''` for the root itself, else with a trailing `/`. */
  path: string
  depth: number
  scope: RepositoryScope
  /** Below a folder that `.gitignore` names: only what is tracked counts. */
  trackedOnly: boolean
}

const foldersPerTurn = 64

class Walker {
  readonly root: string
  readonly files: WalkedFile[] = []
  readonly skipped: SkippedPath[] = []
  readonly #options: WalkOptions
  /** `.pantheraignore` holds across repositories: one set of rules for the whole walk. */
  readonly #excluded = new IgnoreRules()

  constructor(root: string, options: WalkOptions) {
    this.root = root
    this.#options = options
  }

  async walk(): Promise<void> {
    const scope = this.#options.ignore
      ? RepositoryScope.of(this.root)
      : new RepositoryScope(null, {})
    const pending: Folder[] = [{ path: '', depth: 0, scope, trackedOnly: false }]
    for (let count = 1; ; count++) {
      const folder = pending.pop()
      const below = folder === undefined ? null : this.#folder(folder)
      if (below === null) return
      pending.push(...below.reverse())
      // All of this is synchronous, which is several times faster; others get a turn in between.
      if (count % foldersPerTurn === 0) await pause()
      this.#options.signal?.throwIfAborted()
    }
  }

  file(path: string, stats: BigIntStats): void {
    const reason = this.#unfit(stats, path)
    if (reason !== null) this.#skip(path, reason)
    else this.files.push({ path, bytes: Number(stats.size), stamp: stampOf(stats) })
  }

  excludes(path: string): SourceSkipReason | null {
    const byName = exclusionByName(path) ?? this.#byWish(path)
    return byName ?? (this.#excluded.ignoresBelow(path) ? 'pantheraignore' : null)
  }

  #byWish(path: string): SourceSkipReason | null {
    return this.#options.excludes?.(path) === true ? 'excluded' : null
  }

  /** Lists one folder and answers those below it, or null when the limit of files is reached. */
  #folder(folder: Folder): Folder[] | null {
    const names = this.#names(folder.path)
    const inside = this.#options.ignore ? this.#enter(folder, names) : folder
    const below: Folder[] = []
    for (const name of names) {
      const path = folder.path + name
      if (this.files.length + this.skipped.length >= this.#options.limits.filesMax) {
        this.#skip(path, 'too-many')
        return null
      }
      const next = this.#entry(inside, name, path)
      if (next !== null) below.push(next)
    }
    return below
  }

  #names(path: string): string[] {
    try {
      return readdirSync(join(this.root, path)).sort()
    } catch (error) {
      if (path === '') throw error
      this.#skip(path, 'unreadable')
      return []
    }
  }

  #entry(folder: Folder, name: string, path: string): Folder | null {
    let stats: BigIntStats
    try {
      stats = lstatSync(join(this.root, path), { bigint: true })
    } catch {
      return this.#skip(path, name.includes('\uFFFD') ? 'unreadable-name' : 'unreadable')
    }
    if (stats.isDirectory()) return this.#subfolder(folder, name, `${path}/`)
    const reason = this.#options.ignore ? this.#ignored(folder, path) : null
    if (reason !== null) return this.#skip(path, reason)
    this.file(path, stats)
    return null
  }

  #subfolder(folder: Folder, name: string, path: string): Folder | null {
    if (isVersionControl(name)) return null
    const next = { ...folder, path, depth: folder.depth + 1 }
    if (next.depth > this.#options.limits.depthMax) return this.#skip(path, 'too-deep')
    if (!this.#options.ignore) return next
    const byName =
      defaultExclusion(name) ??
      this.#byWish(path) ??
      (this.#excluded.ignores(path) ? 'pantheraignore' : null)
    if (byName !== null) return this.#skip(path, byName)
    const ignored = folder.trackedOnly || folder.scope.ignores(path)
    if (folder.scope.tracks(path)) return { ...next, trackedOnly: ignored }
    if (ignored) return this.#skip(path, 'gitignore')
    return this.#looksInstalled(name, path) ? this.#skip(path, 'dependencies') : next
  }

  #ignored({ scope, trackedOnly }: Folder, path: string): SourceSkipReason | null {
    const byWish = this.#byWish(path)
    if (byWish !== null) return byWish
    if (this.#excluded.ignores(path)) return 'pantheraignore'
    if (scope.tracks(path)) return null
    return trackedOnly || scope.ignores(path) ? 'gitignore' : null
  }

  #looksInstalled(name: string, path: string): boolean {
    const markers = installedMarkers[name] ?? []
    return markers.some((marker) =>
      lstatSync(join(this.root, path, marker), { throwIfNoEntry: false }),
    )
  }

  /** Reads the ignore files of a folder, and begins anew where it is a repository of its own. */
  #enter(folder: Folder, names: readonly string[]): Folder {
    const at = join(this.root, folder.path)
    const gitDir = folder.path !== '' && names.includes('.git') ? gitDirOf(at) : null
    const inside =
      gitDir === null
        ? folder
        : {
            ...folder,
            scope: new RepositoryScope(gitDir, { below: folder.path }),
            trackedOnly: false,
          }
    if (names.includes('.pantheraignore')) {
      this.#excluded.add(
        folder.path.replace(/\/$/, ''),
        readIgnoreFile(join(at, '.pantheraignore')),
      )
    }
    if (names.includes('.gitignore')) {
      inside.scope.add(folder.path, readIgnoreFile(join(at, '.gitignore')))
    }
    return inside
  }

  #unfit(stats: BigIntStats, path: string): SourceSkipReason | null {
    if (stats.isSymbolicLink()) return 'symlink'
    if (!stats.isFile()) return 'special'
    return stats.size > bytesMaxOf(path, this.#options.limits) ? 'too-large' : null
  }

  #skip(path: string, reason: SourceSkipReason): null {
    this.skipped.push({ path, reason })
    return null
  }
}
