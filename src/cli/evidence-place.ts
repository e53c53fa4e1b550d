// What a pack is about: which commit of which branch of which repository, and whether the files
// that were scanned are those of the commit.
import { realpathSync, statSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { isSlug, slugOf } from '../certus/seal/scan/slug.ts'
import { type Checkout, readCheckout } from '../gate/source/git/checkout.ts'
import { branchOfCi } from './ci.ts'
import { readRemote } from './repository-name.ts'
import { UsageError } from './usage-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Place {
  checkout: Checkout
  /** owner/name */
  slug: string
  branch: string
  /** From the repository's top to the scanned folder. */
  prefix: string
}

export interface PlaceOptions {
  root: string
  repository: string | undefined
  branch: string | undefined
  env: Environment
}

/** @throws {UsageError} that says what to give */
export async function placeOfEvidence(asked: PlaceOptions): Promise<Place> {
  const { root, env } = asked
  const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === undefined) throw new UsageError(`${root} does not exist`)
  if (!isFolder) throw new UsageError(`${root} is a file`, 'Give the folder of the repository.')
  const checkout = await readCheckout(root)
  if (checkout === null) {
    throw new UsageError(
      `${root} is in no git repository with a commit`,
      'Evidence is about a commit: there has to be one.',
    )
  }
  const slug = slugIn(asked.repository ?? env.PANTHERA_REPOSITORY, checkout.remote)
  const branch = asked.branch ?? checkout.branch ?? branchOfCi(env)
  if (branch === null) {
    throw new UsageError('no branch is checked out', 'Say for which it counts: --branch main')
  }
  const folders = relative(realpathSync(checkout.top), realpathSync(root))
  const prefix = folders === '' ? '' : `${folders.split(sep).join('/')}/`
  return { checkout, slug, branch, prefix }
}

function slugIn(named: string | undefined, remote: string | null): string {
  if (named !== undefined) {
    const slug = named.replace(/^(?:github|gitlab|bitbucket):/, '')
    if (isSlug(slug)) return slug
    throw new UsageError(`--repository does not take "${named}"`, 'It takes owner/name.')
  }
  const found = readRemote(remote)
  const [, owner = '', name = ''] =
    found === null || found.provider === 'git'
      ? (/^[a-z+]+:\/\/[^/]+\/(.+)\/([^/]+?)(?:\.git)?\/*$/.exec(found?.clone_url ?? '') ?? [])
      : ['', found.owner, found.repo_name]
  const slug = slugOf(owner, name)
  if (slug !== null) return slug
  throw new UsageError(
    remote === null ? 'the repository has no origin' : `origin is ${remote}`,
    'Evidence is filed under owner/name: say it with --repository owner/name',
  )
}

/** How the scanned files and those of the commit differ. */
export interface Difference {
  /** Files of the commit that have another content, or are not there, or were left out. */
  changed: number
  /** Files that the commit has not. */
  untracked: number
}

/** @param seen path in the scanned folder -> git name of its content */
export function differenceOf(
  { checkout, prefix }: Place,
  seen: ReadonlyMap<string, string | null>,
): Difference {
  const inside = [...checkout.contents].filter(([path]) => path.startsWith(prefix))
  const changed = inside.filter(([path, blob]) => seen.get(path.slice(prefix.length)) !== blob)
  const untracked = [...seen.keys()].filter((path) => !checkout.contents.has(prefix + path))
  return { changed: changed.length, untracked: untracked.length }
}
