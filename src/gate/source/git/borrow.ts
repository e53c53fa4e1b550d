// Makes somebody's working copy readable as a bare repository of ours: its objects are borrowed,
// its references copied, and its configuration, which could name programs to run, never read.
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Git, prepareGit } from './environment.ts'
import { GitFailed, runGit } from './process.ts'

export interface BorrowedRepository {
  git: Git
  gitDir: string
}

/**
 * Prepares `scratchDir/borrowed.git` over the objects of `gitDir`, which is not written to.
 * Answers null where there is no commit yet.
 * @throws {GitFailed} when `gitDir` is no repository that git can read.
 */
export async function borrowRepository(
  gitDir: string,
  scratchDir: string,
  signal?: AbortSignal,
): Promise<BorrowedRepository | null> {
  const git = await prepareGit(scratchDir)
  const own = join(scratchDir, 'borrowed.git')
  const theirs = (...args: string[]) =>
    runGit(git, [`--git-dir=${gitDir}`, ...args], { signal, env: overrides })
  const head = await theirs('rev-parse', '--verify', '--quiet', 'HEAD').catch(absent)
  const references = await theirs('for-each-ref', '--format=%(objectname) %(refname)')
  const tip = head?.trim() || references.slice(0, references.indexOf(' '))
  if (tip === '') return null

  const format = tip.length === 64 ? 'sha256' : 'sha1'
  await runGit(git, ['init', '--quiet', '--bare', `--object-format=${format}`, '--', own], {
    signal,
  })
  const paths = ['--git-path', 'objects', '--git-path', 'shallow']
  const places = await theirs('rev-parse', '--path-format=absolute', ...paths)
  const [objects = '', shallow = ''] = places.split('\n')
  await mkdir(join(own, 'objects', 'info'), { recursive: true })
  await writeFile(join(own, 'objects', 'info', 'alternates'), `${quoted(objects)}\n`)
  await writeFile(join(own, 'packed-refs'), references)
  await writeFile(join(own, 'HEAD'), `${tip}\n`)
  await copyShallow(shallow, join(own, 'shallow'))
  return { git, gitDir: own }
}

// Their configuration is read by these few questions alone, none of which runs a program.
const overrides = {
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.fsmonitor',
  GIT_CONFIG_VALUE_0: 'false',
  GIT_CONFIG_KEY_1: 'core.hooksPath',
  GIT_CONFIG_VALUE_1: '/dev/null',
}

function absent(error: unknown): null {
  if (error instanceof GitFailed) return null
  throw error
}

// git reads a line that begins with a quote as a C string, and any other as it stands.
const quoted = (path: string) => (/["\\\n\t]/.test(path) ? JSON.stringify(path) : path)

const shallowBytesMax = 16 << 20

/** Where the history was cut off; without it git looks for parents that are not there. */
async function copyShallow(from: string, to: string): Promise<void> {
  const file = await open(from, 'r').catch(() => null)
  if (file === null) return
  try {
    const { size } = await file.stat()
    if (size <= shallowBytesMax) await writeFile(to, await file.readFile())
  } finally {
    await file.close()
  }
}
