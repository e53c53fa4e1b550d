// Walks folders for discovery: regular files alone, folder by folder, within bounds, and never out
// of the trees that were named.
import type { Dirent, Stats } from 'node:fs'
import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { DiscoveryRefused, type FilesSettings, type Skipped } from '../contract.ts'

export interface FoundFile {
  path: string
  size: number
  /** Changes when the file does. */
  stamp: string
}

export interface Folder {
  path: string
  /** By name. */
  files: FoundFile[]
  skipped: Skipped[]
}

/** Not files of anybody's, or every public authority there is. */
const never = ['/proc', '/sys', '/dev']
const trustStores = [
  '/etc/ssl/certs',
  '/etc/ca-certificates',
  '/etc/pki/ca-trust',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
  '/usr/lib/ssl/certs',
  '/etc/ssl/cert.pem',
]

const atOnce = 32

export interface WalkOptions {
  settings: FilesSettings
  signal: AbortSignal
}

/** Yields each folder once; @throws {DiscoveryRefused} where no path that was named exists. */
export async function* walk({ settings, signal }: WalkOptions): AsyncGenerator<Folder> {
  const excludes = exclusionsOf(settings)
  const roots = await rootsOf(settings.paths)
  const seen = new Set<string>()
  const budget = { files: settings.filesMax }
  for (const { path, info } of roots.found) {
    if (info.isFile()) {
      yield { path, files: [fileOf(path, info)], skipped: [] }
      continue
    }
    const stack = [{ path, depth: 0 }]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      signal.throwIfAborted()
      if (seen.has(next.path)) continue
      seen.add(next.path)
      const { folder, below } = await list(next.path, { excludes, budget, roots: roots.found })
      if (next.depth < settings.depthMax) {
        stack.push(...below.toReversed().map((each) => ({ path: each, depth: next.depth + 1 })))
      } else {
        folder.skipped.push(...below.map((each) => ({ path: each, reason: 'too deep' })))
      }
      yield folder
      if (budget.files > 0) continue
      const reason = `over ${settings.filesMax} files; what follows it was not looked at`
      yield { path: next.path, files: [], skipped: [{ path: next.path, reason }] }
      return
    }
  }
  if (roots.missing.length > 0) yield { path: '', files: [], skipped: roots.missing }
}

interface Root {
  path: string
  info: Stats
}

async function rootsOf(paths: readonly string[]): Promise<{ found: Root[]; missing: Skipped[] }> {
  const found: Root[] = []
  const missing: Skipped[] = []
  for (const each of paths) {
    try {
      const path = await realpath(resolve(each))
      const info = await stat(path)
      if (info.isFile() || info.isDirectory()) found.push({ path, info })
      else missing.push({ path: each, reason: 'it is neither a file nor a folder' })
    } catch (error) {
      missing.push({ path: each, reason: reasonOf(error) })
    }
  }
  const [first] = missing
  if (found.length === 0 && first !== undefined) {
    throw new DiscoveryRefused(`${first.path} cannot be looked at: ${first.reason}`)
  }
  return { found, missing }
}

interface Listing {
  excludes: (path: string) => boolean
  budget: { files: number }
  roots: readonly Root[]
}

async function list(path: string, { excludes, budget, roots }: Listing) {
  const folder: Folder = { path, files: [], skipped: [] }
  const below: string[] = []
  const entries = await entriesOf(path, budget.files)
  if (typeof entries === 'string') {
    folder.skipped.push({ path, reason: entries })
    return { folder, below }
  }
  const files: { path: string; isLink: boolean }[] = []
  for (const entry of entries) {
    const inside = join(path, entry.name)
    if (excludes(inside)) continue
    const isLink = entry.isSymbolicLink()
    if (entry.isDirectory()) below.push(inside)
    else if (entry.isFile() || isLink) files.push({ path: inside, isLink })
  }
  budget.files -= files.length
  for (let at = 0; at < files.length; at += atOnce) {
    const some = files.slice(at, at + atOnce)
    const looked = await Promise.all(some.map(({ path, isLink }) => fileAt(path, isLink, roots)))
    folder.files.push(...looked.filter((each) => each !== null))
  }
  return { folder, below }
}

async function entriesOf(path: string, most: number): Promise<Dirent[] | string> {
  const entries: Dirent[] = []
  try {
    for await (const entry of await opendir(path, { bufferSize: 256 })) {
      entries.push(entry)
      // The count of files ends the walk then.
      if (entries.length > most) break
    }
  } catch (error) {
    return reasonOf(error)
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Null where it is gone, no regular file, or leads out of the trees. */
async function fileAt(
  path: string,
  isLink: boolean,
  roots: readonly Root[],
): Promise<FoundFile | null> {
  try {
    if (isLink) {
      const target = await realpath(path)
      if (!roots.some((root) => isWithin(target, root.path))) return null
    }
    const info = isLink ? await stat(path) : await lstat(path)
    return info.isFile() ? fileOf(path, info) : null
  } catch {
    return null
  }
}

function fileOf(path: string, { ino, size, mtimeMs, ctimeMs }: Stats): FoundFile {
  return { path, size, stamp: [ino, size, mtimeMs, ctimeMs].map((n) => n.toString(36)).join(' ') }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function exclusionsOf({ exclude, authorities, paths }: FilesSettings): (path: string) => boolean {
  const named = new Set(paths.map((path) => resolve(path)))
  // What is named is meant.
  const stores = authorities ? [] : trustStores.filter((path) => !named.has(path))
  const absolute = [...exclude.filter((each) => each.includes('/')).map((each) => resolve(each))]
  const places = new Set([...never, ...stores, ...absolute])
  const names = new Set(exclude.filter((each) => !each.includes('/')))
  return (path) => places.has(path) || names.has(basename(path))
}

const reasons: Record<string, string> = {
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ENOENT: 'it does not exist',
  ELOOP: 'its links go in circles',
}

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (code === '' ? String(error) : `it cannot be read (${code})`)
}
