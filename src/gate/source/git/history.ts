// What a repository held once and holds no more: every blob that any commit ever brought, each
// one once, with the commit that first brought it.
import type { Git } from './environment.ts'
import { records } from './lines.ts'
import { type GitProcess, runGit, startGit } from './process.ts'

export interface HistoryBlob {
  /** Where its first commit put it. */
  path: string
  bytes: number
  blob: string
  /** The oldest commit that holds it: no commit comes before its parents. */
  commit: string
}

export interface HistoryOptions {
  gitDir: string
  /** Names of blobs to leave out, as those of the tree that is scanned anyway. */
  exclude: ReadonlySet<string>
  signal?: AbortSignal | undefined
}

/**
 * Walks everything that a branch or tag reaches, the oldest commit first. One walk gives both the
 * blobs and their first commits, so that no hit needs a search of its own.
 * @throws {GitFailed} when the history cannot be read.
 */
export async function* historyBlobs(
  git: Git,
  options: HistoryOptions,
): AsyncGenerator<HistoryBlob> {
  const inside = `--git-dir=${options.gitDir}`
  const walk = startGit(git, [inside, 'rev-list', ...walkFlags], options)
  walk.stdin.end()
  const check = startGit(git, [inside, 'cat-file', checkFlag], options)
  const checked = records(check.stdout, '\n')
  try {
    for await (const candidates of chunks(namedObjects(walk, options.exclude))) {
      check.stdin.write(candidates.map(({ blob }) => `${blob}\n`).join(''))
      for (const candidate of candidates) {
        const answer = (await checked.next()).value
        if (answer === undefined) await check.done
        const [type, bytes] = String(answer).split(' ')
        if (type === 'blob') yield { ...candidate, bytes: Number(bytes) }
      }
    }
    await walk.done
  } finally {
    walk.kill()
    check.kill()
  }
}

export interface CommitAuthor {
  author: string
  /** RFC 3339, in the author's time zone. */
  date: string
}

/**
 * Looks up who wrote the given commits, and when.
 * @throws {GitFailed} when one of them is not there.
 */
export async function commitAuthors(
  git: Git,
  gitDir: string,
  commits: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, CommitAuthor>> {
  const authors = new Map<string, CommitAuthor>()
  for (let start = 0; start < commits.length; start += commitsAtOnce) {
    const input = commits.slice(start, start + commitsAtOnce).join('\n')
    const flags = ['--no-walk=unsorted', '--stdin', '-z', '--no-show-signature']
    const args = [`--git-dir=${gitDir}`, 'log', ...flags, '--format=%H%n%aI%n%an']
    for (const record of (await runGit(git, args, { signal, input })).split('\0')) {
      const [commit = '', date = '', author = ''] = record.split('\n')
      if (commit !== '') authors.set(commit, { author: author.slice(0, authorCharsMax), date })
    }
  }
  return authors
}

const walkFlags = [
  '--objects',
  '--in-commit-order',
  '--topo-order',
  '--reverse',
  // A partial clone lacks objects that nobody is going to fetch.
  '--missing=allow-any',
  '--all',
]
const checkFlag = '--batch-check=%(objecttype) %(objectsize)'

const commitsAtOnce = 10_000
const authorCharsMax = 200

// As many names as fit into a pipe, so that asking never waits for the answers to be read.
const askedAtOnce = 512
const pathCharsMax = 4096

type Candidate = Omit<HistoryBlob, 'bytes'>

/** Trees and blobs, which look alike here, each with the commit line that stands before it. */
async function* namedObjects(
  walk: GitProcess,
  exclude: ReadonlySet<string>,
): AsyncGenerator<Candidate> {
  let commit = ''
  for await (const record of records(walk.stdout, '\n')) {
    const space = record.indexOf(' ')
    if (space === -1) {
      commit = record
      continue
    }
    const blob = record.slice(0, space)
    const path = record.slice(space + 1, space + 1 + pathCharsMax)
    if (path !== '' && !exclude.has(blob)) yield { path, blob, commit }
  }
}

async function* chunks<T>(source: AsyncIterable<T>): AsyncGenerator<T[]> {
  let chunk: T[] = []
  for await (const item of source) {
    chunk.push(item)
    if (chunk.length < askedAtOnce) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
