// What the checks look at: the text files of a repository, in memory.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Path from the root, with `/`, to text; files that are not UTF-8 are left out. */
export type Tree = ReadonlyMap<string, string>

/** A check takes a tree and returns one sentence per problem, each beginning with `path:line`. */
export type Check = (tree: Tree) => string[]

/** Bytes above which a file is not read: no text that someone wrote is longer. */
const bytesMax = 2_000_000

/** Reads what is tracked or about to be: everything that is not ignored. */
export function readTree(root: string): Tree {
  const tree = new Map<string, string>()
  for (const path of listFiles(root)) {
    const bytes = readFileSync(join(root, path))
    if (bytes.length <= bytesMax && !bytes.includes(0)) tree.set(path, bytes.toString('utf8'))
  }
  return tree
}

/** Paths of all files, binary ones too, without ignored ones. */
export function listFiles(root: string): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const git = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 })
  const paths = git.status === 0 ? git.stdout.split('\0') : walk(root)
  // A tracked file that was deleted is still listed.
  return paths.filter((path) => path !== '' && existsSync(join(root, path))).sort()
}

/** For an unpacked archive, which has no git. */
function walk(root: string): string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n')
  const skip = new Set(['.git', ...ignored.map((line) => line.replace(/\/$/, ''))])
  const visit = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !skip.has(entry.name))
      .flatMap((entry) => {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) return visit(path)
        return entry.isFile() ? [relative(root, path).replaceAll('\\', '/')] : []
      })
  return visit(root)
}

/** Code that is written here by hand, in whatever folder. */
export function isCode(path: string): boolean {
  return /^(src|bin|test|bench|web)\/.*\.(ts|tsx|js)$/.test(path) && !/\.gen\.ts$/.test(path)
}

/** A test, or what only tests use. */
export function isTest(path: string): boolean {
  return /\.(test|fixture)\.tsx?$|\/testing\.ts$|\/fixtures\//.test(path)
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
