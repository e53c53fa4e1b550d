// Ignore files of nested folders, in the syntax of `.gitignore`; bounded, because a repository's
// author chooses the patterns that are run against all of its paths.
import ignore, { type Ignore } from 'ignore'

/**
 * The ignore files of one tree by folder. The deepest that knows a path decides, as in git.
 * It answers for one path only: that no folder above is ignored is for the caller to know.
 */
export class IgnoreRules {
  readonly #folders = new Map<string, Ignore>()
  #patternsLeft = patternsMax

  /** `folder` is relative to the root, `''` for the root itself. */
  add(folder: string, text: string): void {
    const patterns = readPatterns(text).slice(0, Math.min(this.#patternsLeft, patternsPerFileMax))
    if (patterns.length === 0) return
    this.#patternsLeft -= patterns.length
    const rules = this.#folders.get(folder) ?? ignore({ ignorecase: false })
    this.#folders.set(folder, rules.add(patterns))
  }

  /** Whether the path itself is left out; folders end with `/`. */
  ignores(path: string): boolean {
    if (this.#folders.size === 0) return false
    for (let folder = parent(path); ; folder = parent(folder)) {
      const rules = this.#folders.get(folder)
      const verdict = rules?.test(folder === '' ? path : path.slice(folder.length + 1))
      if (verdict?.ignored) return true
      if (verdict?.unignored) return false
      if (folder === '') return false
    }
  }

  /** Whether the path or a folder above it is left out. */
  ignoresBelow(path: string): boolean {
    if (this.#folders.size === 0) return false
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      if (this.#ignoresFolder(path.slice(0, end + 1))) return true
    }
    return path.endsWith('/') ? false : this.ignores(path)
  }

  readonly #verdicts = new Map<string, boolean>()

  #ignoresFolder(folder: string): boolean {
    const known = this.#verdicts.get(folder)
    if (known !== undefined) return known
    const verdict = this.ignores(folder)
    if (this.#verdicts.size < verdictsMax) this.#verdicts.set(folder, verdict)
    return verdict
  }
}

/** Longer ignore files are read to here. */
export const ignoreFileBytesMax = 256 << 10

const patternsPerFileMax = 2_000
const patternsMax = 20_000
const patternCharsMax = 512
const verdictsMax = 100_000

// Each `**/` in the middle multiplies the ways to match a deep path.
const globstarsMax = 2

function readPatterns(text: string): string[] {
  const lines = text
    .slice(0, ignoreFileBytesMax)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  return lines.filter((line) => {
    if (line.trim() === '' || line.startsWith('#') || line.length > patternCharsMax) return false
    return (line.replace(/\/\*\*$/, '').match(/\*\*/g)?.length ?? 0) <= globstarsMax
  })
}

function parent(path: string): string {
  const end = path.lastIndexOf('/', path.length - 2)
  return end === -1 ? '' : path.slice(0, end)
}
