// What a working copy says of itself: which commit of which branch of which repository it holds,
// and whether its files are still those of the commit.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '../options.ts'
import { borrowRepository } from './borrow.ts'
import { locateRepository } from './locate.ts'
import { GitFailed, runGit } from './process.ts'
import { listTree } from './tree.ts'

export interface Checkout {
  /** The folder that holds `.git`. */
  top: string
  commit: string
  /** Null where no branch is checked out, as CI does. */
  branch: string | null
  /** Address of `origin`, with any user and password taken out; null where there is none. */
  remote: string | null
  /** Path -> git name of the content, in the commit; without what scans leave out. */
  contents: ReadonlyMap<string, string>
}

/** Null where the folder belongs to no repository with a commit, or git cannot read it. */
export async function readCheckout(folder: string, signal?: AbortSignal): Promise<Checkout | null> {
  const located = locateRepository(folder)
  if (located === null) return null
  const scratchDir = await mkdtemp(join(tmpdir(), 'panthera-checkout-'))
  try {
    const borrowed = await borrowRepository(located.gitDir, scratchDir, signal)
    if (borrowed === null) return null
    const { git, gitDir } = borrowed
    const ask = async (...args: string[]) => {
      const asked = runGit(git, args, { signal }).catch(absent)
      return (await asked)?.trim() || null
    }
    const commit = await ask(`--git-dir=${gitDir}`, 'rev-parse', '--verify', 'HEAD')
    if (commit === null) return null
    const theirs = `--git-dir=${located.gitDir}`
    const name = ['config', '--local', '--no-includes', '--get', 'remote.origin.url']
    const remote = await ask(theirs, ...name)
    const listing = await listTree(git, {
      gitDir,
      commit,
      limits: defaultLimits,
      ignore: true,
      signal,
    })
    return {
      top: located.top,
      commit,
      branch: await ask(theirs, 'symbolic-ref', '--quiet', '--short', 'HEAD'),
      remote: remote === null ? null : withoutUser(remote),
      contents: new Map(listing.files.map(({ path, blob }) => [path, blob])),
    }
  } catch (error) {
    if (error instanceof GitFailed) return null
    throw error
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

function absent(error: unknown): null {
  if (error instanceof GitFailed) return null
  throw error
}

/** Tokens stand in such addresses. */
const withoutUser = (url: string) => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
