// One repository inside a walk: what its `.gitignore` files name and what it tracks in spite of
// them. A folder that belongs to no repository is a scope too, one that tracks nothing.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { trackedPaths } from './git/index-file.ts'
import { locateRepository } from './git/locate.ts'
import { IgnoreRules, ignoreFileBytesMax } from './ignore-rules.ts'

export class RepositoryScope {
  readonly #below: string
  readonly #above: string
  readonly #tracked: ReadonlySet<string>
  readonly #trackedFolders: ReadonlySet<string>
  #rules = new IgnoreRules()

  /**
   * A path of the walk that begins with `below` is, with `above` instead, a path from the top of
   * the repository. Both are empty or end with `/`.
   */
  constructor(
    gitDir: string | null,
    { below = '', above = '' }: { below?: string; above?: string },
  ) {
    this.#below = below
    this.#above = above
    const tracked = gitDir === null ? [] : (trackedPaths(gitDir) ?? [])
    this.#tracked = new Set(tracked)
    this.#trackedFolders = foldersOf(tracked)
    if (gitDir !== null) this.#rules.add('', readIgnoreFile(join(gitDir, 'info', 'exclude')))
  }

  /** The scope that holds for a walk of `root`, whose repository may begin above it. */
  static of(root: string): RepositoryScope {
    const located = locateRepository(root)
    if (located === null) return new RepositoryScope(null, {})
    const folders = relative(located.top, root).split(sep).filter(Boolean)
    const above = folders.map((name) => `${name}/`).join('')
    const scope = new RepositoryScope(located.gitDir, { above })
    for (const [i] of folders.entries()) {
      const folder = folders.slice(0, i).join('/')
      scope.#rules.add(folder, readIgnoreFile(join(located.top, folder, '.gitignore')))
    }
    // Who asks for a folder by name wants it scanned, whatever is said about it above.
    if (scope.#rules.ignoresBelow(above)) scope.#rules = new IgnoreRules()
    return scope
  }

  /** Takes the patterns of the `.gitignore` of `folder`, a path of the walk that ends with `/`. */
  add(folder: string, text: string): void {
    this.#rules.add(this.#name(folder).replace(/\/$/, ''), text)
  }

  tracks(path: string): boolean {
    const name = this.#name(path)
    return name.endsWith('/') ? this.#trackedFolders.has(name) : this.#tracked.has(name)
  }

  ignores(path: string): boolean {
    return this.#rules.ignores(this.#name(path))
  }

  #name(path: string): string {
    return this.#above + path.slice(this.#below.length)
  }
}

/** The text of an ignore file, `''` where there is none; links are not followed, as in git. */
export function readIgnoreFile(path: string): string {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return ''
  }
  try {
    if (!fstatSync(file).isFile()) return ''
    const bytes = Buffer.alloc(ignoreFileBytesMax)
    return bytes.toString('utf8', 0, readSync(file, bytes))
  } catch {
    return ''
  } finally {
    closeSync(file)
  }
}

/** Every folder that holds something tracked; a tracked name is one too, if it is a submodule. */
function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>()
  for (const path of paths) {
    folders.add(`${path}/`)
    for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end + 1)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  }
  return folders
}
