// The files of one commit, read from a bare repository without checking anything out.
import { bytesMaxOf, type SizeLimits } from '../../scanner/size.ts'
import { exclusionByName } from '../default-excludes.ts'
import { IgnoreRules, ignoreFileBytesMax } from '../ignore-rules.ts'
import type { SkippedPath } from '../skipped.ts'
import { readBlobs } from './blobs.ts'
import type { Git } from './environment.ts'
import { records } from './lines.ts'
import { startGit } from './process.ts'

export interface TreeFile {
  path: string
  bytes: number
  /** Name of the content, as git computes it. */
  blob: string
}

export interface TreeLimits extends SizeLimits {
  filesMax: number
  /** Folders above a file. */
  depthMax: number
}

export interface TreeOptions {
  gitDir: string
  commit: string
  limits: TreeLimits
  /** False to look at everything, whatever `.pantheraignore` and the defaults say. */
  ignore: boolean
  signal?: AbortSignal | undefined
}

export interface TreeListing {
  /** In git's order of paths. */
  files: TreeFile[]
  skipped: SkippedPath[]
  /** The tree's own wish, for what comes from elsewhere in the history. */
  excludes: (path: string) => SkippedPath['reason'] | null
}

/**
 * Lists regular files. `.gitignore` says nothing about what is tracked; `.pantheraignore` holds.
 * @throws {GitFailed} when the commit or a tree of it cannot be read.
 */
export async function listTree(git: Git, options: TreeOptions): Promise<TreeListing> {
  const files: TreeFile[] = []
  const skipped: SkippedPath[] = []
  for await (const entry of treeEntries(git, options)) {
    if (files.length + skipped.length >= options.limits.filesMax) {
      skipped.push({ path: entry.path, reason: 'too-many' })
      break
    }
    const reason = unfit(entry, options.limits)
    if (reason === null) files.push({ path: entry.path, bytes: entry.bytes, blob: entry.blob })
    else skipped.push({ path: entry.path, reason })
  }
  const excludes = options.ignore ? await exclusion(git, files, options) : () => null
  const kept = files.filter((file) => {
    const reason = excludes(file.path)
    if (reason !== null) skipped.push({ path: file.path, reason })
    return reason === null
  })
  return { files: kept, skipped, excludes }
}

interface TreeEntry extends TreeFile {
  mode: string
}

async function* treeEntries(git: Git, options: TreeOptions): AsyncGenerator<TreeEntry> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', '--end-of-options', options.commit]
  const listing = startGit(git, [`--git-dir=${options.gitDir}`, ...args], options)
  listing.stdin.end()
  try {
    for await (const record of records(listing.stdout, '\0')) {
      const [, mode = '', blob = '', bytes = '', path = ''] = entryPattern.exec(record) ?? []
      if (path !== '') yield { mode, blob, bytes: Number(bytes) || 0, path }
    }
  } finally {
    listing.kill()
  }
  await listing.done
}

const entryPattern = /^(\d{6}) \w+ ([0-9a-f]+) +(-|\d+)\t(.+)$/s
const pathCharsMax = 4096

function unfit({ mode, bytes, path }: TreeEntry, limits: TreeLimits): SkippedPath['reason'] | null {
  if (mode === '120000') return 'symlink'
  if (mode === '160000') return 'submodule'
  if (path.length > pathCharsMax || path.split('/').length - 1 > limits.depthMax) return 'too-deep'
  return bytes > bytesMaxOf(path, limits) ? 'too-large' : null
}

async function exclusion(git: Git, files: readonly TreeFile[], options: TreeOptions) {
  const named = files.filter(({ path }) => /(^|\/)\.pantheraignore$/.test(path))
  const readable = named.filter(({ bytes }) => bytes <= ignoreFileBytesMax)
  const rules = new IgnoreRules()
  const folders = new Map<string, string[]>()
  for (const { path, blob } of readable) {
    const folder = path.slice(0, -'/.pantheraignore'.length)
    folders.set(blob, [...(folders.get(blob) ?? []), path === '.pantheraignore' ? '' : folder])
  }
  const limits = { ...options, blobBytesMax: ignoreFileBytesMax }
  for await (const { blob, bytes } of readBlobs(git, [...folders.keys()], limits)) {
    const text = Buffer.from(bytes ?? []).toString('utf8')
    for (const folder of folders.get(blob) ?? []) rules.add(folder, text)
  }
  return (path: string): SkippedPath['reason'] | null =>
    exclusionByName(path) ?? (rules.ignoresBelow(path) ? 'pantheraignore' : null)
}
