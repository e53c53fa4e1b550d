// What was found in an earlier commit of the scanned folder: the tree is read from git's objects,
// and what has not changed since comes from the cache of results.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '../scanner/finding.ts'
import type { Shortfall } from './collect.ts'
import { type BorrowedRepository, borrowRepository } from './git/borrow.ts'
import { locateRepository } from './git/locate.ts'
import { GitFailed, runGit } from './git/process.ts'
import { topOf } from './inside.ts'
import type { ScanOptions } from './options.ts'
import { placeOf } from './place.ts'
import { scanCommit } from './scan-commit.ts'

export interface SinceScan extends ScanOptions {
  /** A folder, or a single file. */
  root: string
  /** Whatever git takes for a commit. */
  reference: string
}

/** The earlier commit cannot be had; the message says why, and what to do. */
export class SinceError extends Error {
  override name = 'SinceError'
}

export interface Before {
  findings: Finding[]
  /** What was not looked at there: some of what is told as new may have been there already. */
  shortfalls: readonly Shortfall[]
}

/**
 * The findings of that commit's tree, as far as the scanned folder was in it.
 * @throws {SinceError}; whatever `scanCommit` throws
 */
export async function scanSince(options: SinceScan): Promise<Before> {
  const { root, reference, signal, ...scan } = options
  const { folder, only } = placeOf(root)
  const located = locateRepository(folder)
  if (located === null) throw new SinceError('there is no git repository here')
  const scratchDir = await mkdtemp(join(tmpdir(), 'panthera-since-'))
  try {
    const borrowed = await borrow(located.gitDir, scratchDir, signal)
    const commit = await resolve(borrowed, `${reference}^{commit}`, signal)
    if (commit === null) throw new SinceError(await whyUnknown(borrowed, reference, signal))
    const { prefix } = topOf(folder)
    const tree = await resolve(borrowed, `${commit}:${prefix.replace(/\/$/, '')}`, signal)
    // The folder is younger than the commit: all of it is new.
    if (tree === null) return { findings: [], shortfalls: [] }
    const { gitDir } = borrowed
    const { findings, shortfalls } = await scanCommit({
      ...scan,
      gitDir,
      commit: tree,
      prefix,
      scratchDir,
      signal,
      history: false,
    })
    if (only === null) return { findings, shortfalls }
    return {
      findings: findings.filter(({ location }) => location?.path === only),
      shortfalls: shortfalls.filter(({ path, files }) => {
        return path === null || path === only || path.endsWith('/') || files?.includes(only)
      }),
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

async function borrow(gitDir: string, scratchDir: string, signal: AbortSignal | undefined) {
  try {
    const borrowed = await borrowRepository(gitDir, scratchDir, signal)
    if (borrowed !== null) return borrowed
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error
    throw new SinceError('git cannot read the repository')
  }
  throw new SinceError('the repository has no commit yet')
}

async function resolve(
  { git, gitDir }: BorrowedRepository,
  revision: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', revision]
  try {
    return (await runGit(git, [`--git-dir=${gitDir}`, ...args], { signal })).trim() || null
  } catch (error) {
    if (error instanceof GitFailed) return null
    throw error
  }
}

async function whyUnknown(
  { git, gitDir }: BorrowedRepository,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const args = [`--git-dir=${gitDir}`, 'rev-parse', '--is-shallow-repository']
  const shallow = (await runGit(git, args, { signal })).trim() === 'true'
  const unknown = `"${reference}" is no commit that this repository knows`
  return shallow
    ? `${unknown}; it is a shallow clone: fetch more of it first, as with git fetch --unshallow`
    : unknown
}
