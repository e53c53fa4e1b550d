// Fetches a repository that nobody has to trust: bare, so that nothing is ever checked out, and
// bounded in time and size, from an address that the caller has checked.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CloneError } from './clone-error.ts'
import type { NetworkOptions } from './network.ts'
import { GitFailed, runGit } from './process.ts'
import { type Remote, withRemote } from './remote.ts'
import { watchSize } from './size-watch.ts'

export interface CloneLimits {
  /** Of everything git writes. */
  bytesMax: number
  timeoutMs: number
}

export interface CloneOptions extends NetworkOptions {
  /** `https://…`, `http://…` or `file:///…`, without credentials. */
  url: string
  branch?: string | undefined
  /** Full hash, 40 hexadecimal digits; with it `branch` only names the clone's branch. */
  commit?: string | undefined
  /** `full` brings every branch and tag with its whole history. */
  depth: 'tip' | 'full'
  /** A folder of this job's own; the clone, git's configuration and its home are made in it. */
  scratchDir: string
  limits: CloneLimits
  signal?: AbortSignal | undefined
}

export interface Clone {
  gitDir: string
  /** Null for a commit of a repository whose default is no branch. */
  branch: string | null
  commit: string
  defaultBranch: string | null
  /** Whether the commit was the branch's last one when the clone was made. */
  isHead: boolean
  /** All that the repository has; null where they are over 10,000. */
  branches: string[] | null
}

/**
 * Clones into `scratchDir/repository.git`, which is removed again when the clone fails.
 * @throws {CloneError} with its code; the signal's reason when the caller gave up; what the
 * caller's `resolve` throws.
 */
export async function cloneRepository(options: CloneOptions): Promise<Clone> {
  checkNames(options)
  const gitDir = join(options.scratchDir, 'repository.git')
  const { timeoutMs } = options.limits
  try {
    return await withRemote({ ...options, timeoutMs }, (remote) =>
      fetchInto({ ...remote, gitDir, options }),
    )
  } catch (error) {
    await rm(gitDir, { recursive: true, force: true })
    throw error
  }
}

interface Job extends Remote {
  gitDir: string
  options: CloneOptions
}

async function fetchInto(job: Job): Promise<Clone> {
  const { git, gitDir, options } = job
  const local = { signal: job.network.signal }
  const { defaultBranch, branch, branches, heads } = await chooseBranch(job)
  await runGit(git, ['init', '--quiet', '--bare', '--', gitDir], local)
  await fetchReferences(referencesFor(options, branch), job)
  const commit = await wantedCommit(job, branch)
  if (branch !== null) {
    await runGit(git, inside(gitDir, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`), local)
  }
  const isHead = heads.includes(`${commit}\trefs/heads/${branch}`)
  return { gitDir, branch, commit, defaultBranch, isHead, branches }
}

const inside = (gitDir: string, ...args: string[]) => [`--git-dir=${gitDir}`, ...args]
const commitReference = 'refs/panthera/commit'

/** One request answers what the default branch is, and which others there are. */
async function chooseBranch(job: Job) {
  const { options } = job
  const wanted = options.branch
  const { lines, branches } = await listBranches(job)
  const symbolic = lines.map((line) => /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line)?.[1])
  const defaultBranch = symbolic.find((name) => name !== undefined) ?? null
  if (wanted !== undefined && !lines.some((line) => line.endsWith(`\trefs/heads/${wanted}`))) {
    throw new CloneError('branch_not_found')
  }
  const branch = wanted ?? defaultBranch
  if (branch === null && options.commit === undefined) {
    throw new CloneError(
      'branch_not_found',
      'The repository has no default branch: push a first commit, or name a branch.',
    )
  }
  return { defaultBranch, branch, branches, heads: lines }
}

const branchesMax = 10_000

/** Asks a second time, for less, where the whole list is more than memory should hold. */
async function listBranches({ git, href, network, options }: Job) {
  const list = async (...patterns: string[]) => {
    const args = ['ls-remote', '--symref', '--', href, 'HEAD', ...patterns]
    return (await runGit(git, args, network)).split('\n')
  }
  try {
    const lines = await list('refs/heads/*')
    const heads = lines.flatMap((line) => /^[0-9a-f]+\trefs\/heads\/(.+)$/.exec(line)?.[1] ?? [])
    return { lines, branches: heads.length > branchesMax ? null : heads }
  } catch (error) {
    if (!(error instanceof GitFailed) || error.stderr !== 'too much output') throw error
    const { branch } = options
    const lines = await list(...(branch === undefined ? [] : [`refs/heads/${branch}`]))
    return { lines, branches: null }
  }
}

function referencesFor({ depth, commit }: CloneOptions, branch: string | null): string[] {
  if (depth === 'full') return ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
  if (commit !== undefined) return [`+${commit}:${commitReference}`]
  return [`+refs/heads/${branch}:refs/heads/${branch}`]
}

async function fetchReferences(references: string[], job: Job): Promise<void> {
  const { limits, depth } = job.options
  const tooLarge = new AbortController()
  const giveUp = () => tooLarge.abort(new CloneError('too_large'))
  const watch = watchSize(job.gitDir, limits.bytesMax, giveUp)
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules']
  if (depth === 'tip') flags.push('--depth=1')
  const args = inside(job.gitDir, 'fetch', ...flags, '--', job.href, ...references)
  const signal = AbortSignal.any([job.network.signal, tooLarge.signal])
  try {
    await runGit(job.git, args, { ...job.network, signal })
  } finally {
    await watch.stop()
  }
  tooLarge.signal.throwIfAborted()
}

async function wantedCommit(job: Job, branch: string | null): Promise<string> {
  const { commit: wanted, depth } = job.options
  const found = await findCommit(job, wanted ?? `refs/heads/${branch}`)
  if (found !== null) return found
  if (wanted !== undefined && depth === 'full') {
    // On no branch and no tag, as a force-push leaves it: most servers still hand it out.
    await fetchReferences([`+${wanted}:${commitReference}`], job)
    const late = await findCommit(job, wanted)
    if (late !== null) return late
  }
  throw new CloneError(wanted === undefined ? 'branch_not_found' : 'commit_not_found')
}

async function findCommit({ git, gitDir, network }: Job, name: string): Promise<string | null> {
  const flags = ['--quiet', '--verify', '--end-of-options']
  try {
    const args = inside(gitDir, 'rev-parse', ...flags, `${name}^{commit}`)
    return (await runGit(git, args, { signal: network.signal })).trim()
  } catch (error) {
    if (error instanceof GitFailed) return null
    throw error
  }
}

// What git would refuse as a name cannot exist; refused here, it is never taken for an option, a
// pattern or a second reference.
function checkNames({ branch, commit }: CloneOptions): void {
  if (branch !== undefined && (impossibleBranch.test(branch) || branch.length > 255)) {
    throw new CloneError('branch_not_found')
  }
  if (commit !== undefined && !/^[0-9a-f]{40}$/.test(commit)) {
    throw new CloneError('commit_not_found')
  }
}

const impossibleBranch =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses them in names
  /^$|^[-/.]|[\u0000- \u007f~^:?*[\\]|\.\.|@\{|\/[/.]|\.lock(\/|$)|[/.]$|^@$/
