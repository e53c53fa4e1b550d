// A connection to somebody's repository: its address is checked, its host looked up once, its
// deadline runs, and whatever goes wrong is told in words that are fit to be shown.
import { CloneError, classifyGitFailure } from './clone-error.ts'
import { parseCloneUrl } from './clone-url.ts'
import { type Git, prepareGit } from './environment.ts'
import { type NetworkOptions, networkEnvironment } from './network.ts'
import { type GitOptions, runGit } from './process.ts'

export interface RemoteOptions extends NetworkOptions {
  /** `https://…`, `http://…` or `file:///…`, without credentials. */
  url: string
  /** A folder of this job's own, where git's configuration and home are made. */
  scratchDir: string
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export interface Remote {
  git: Git
  href: string
  /** For the processes that talk to it. */
  network: GitOptions & { signal: AbortSignal }
}

/**
 * Finds out whether the repository is there and may be read.
 * @throws as `withRemote`.
 */
export function probeRemote(options: RemoteOptions): Promise<void> {
  return withRemote(options, async ({ git, href, network }) => {
    await runGit(git, ['ls-remote', '--', href, 'HEAD'], network)
  })
}

/**
 * Prepares git for one address and does the work.
 * @throws {CloneError} with its code; the signal's reason when the caller gave up; what the
 * caller's `resolve` throws.
 */
export async function withRemote<T>(
  options: RemoteOptions,
  work: (remote: Remote) => Promise<T>,
): Promise<T> {
  const target = parseCloneUrl(options.url)
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const signal = AbortSignal.any([deadline, ...(options.signal ? [options.signal] : [])])
  try {
    const git = await prepareGit(options.scratchDir)
    const env = await unlessAborted(networkEnvironment(target, options), signal)
    if ('GIT_CONFIG_KEY_0' in env) await requireVersion(git)
    return await work({ git, href: target.href, network: { signal, env } })
  } catch (error) {
    options.signal?.throwIfAborted()
    if (deadline.aborted) throw new CloneError('timed_out')
    throw classifyGitFailure(error)
  }
}

// Older ones ignore the pinned address without a word, and look the host up again.
async function requireVersion(git: Git): Promise<void> {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(await runGit(git, ['version'])) ?? []
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 37)) return
  throw new CloneError('clone_failed', 'git 2.37 or later is needed to clone over a network.')
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Nobody waits for it any more, and a failure that nobody handles would end the process.
    work.catch(() => {})
    return Promise.reject(signal.reason)
  }
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}
