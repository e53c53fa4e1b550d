// PostgreSQL refuses to run as root: which user its programs run as, and who owns its files.
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EmbeddedPostgresError, useDatabaseUrl } from './error.ts'
import { chownTree } from './tree.ts'

export interface RunAs {
  /**
   * - `self`: this process is not root.
   * - `user-namespace`: root outside, another user inside; files stay root's.
   * - `other-user`: a plain change of user; files belong to that user.
   */
  kind: 'self' | 'user-namespace' | 'other-user'
  /** The owner of the files as everybody else sees it. */
  uid: number
  start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Runs a program to its end; `output` is the last of what it wrote to both streams. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult>
  /** Gives what was just created to the user that the server runs as. */
  handOver(path: string): void
  /** Lets that user pass through a directory of ours; nobody else. */
  letThrough(directory: string): void
}

export interface RunOptions {
  timeoutMs: number
  input?: string
}

export interface RunResult {
  ok: boolean
  output: string
}

export interface Owner {
  uid: number
  gid: number
}

/** The directories that the server's user must be able to pass. */
export interface Passage {
  dataDir: string
  root: string
}

/**
 * Decides once per start; `cluster` is the owner of the data directory where it exists already.
 * Throws `postgres_data_dir_unusable` where no user that PostgreSQL accepts can reach it.
 */
export async function chooseRunAs(passage: Passage, cluster: Owner | null): Promise<RunAs> {
  const uid = process.getuid?.() ?? 0
  if (uid !== 0) return runAsSelf(uid)
  const candidates = rootsChoices(passage, cluster)
  for (const candidate of candidates) {
    candidate.letThrough(passage.dataDir)
    candidate.letThrough(passage.root)
    const passable = await candidate.run('test', ['-x', passage.root], { timeoutMs: 5_000 })
    if (passable.ok) return candidate
  }
  const others = candidates.filter(({ kind }) => kind === 'other-user')
  const names = others.map((other) => `user ${other.uid}`).join(' and ')
  throw new EmbeddedPostgresError(
    'postgres_data_dir_unusable',
    `PostgreSQL does not run as root, and ${names} cannot enter ${passage.root}`,
    'set PANTHERA_DATA_DIR to a folder below which others may pass, such as /var/lib/panthera, ' +
      `or allow user namespaces, or ${useDatabaseUrl}`,
  )
}

/** Best first: root's own files, then the files of who owns the place, then of nobody. */
function rootsChoices({ dataDir }: Passage, cluster: Owner | null): RunAs[] {
  if (cluster !== null && cluster.uid !== 0) return [runAsOther(cluster)]
  const known = namedUsers()
  const places = [statSync(dataDir), statSync(dirname(dataDir))]
  const owners = places.filter(({ uid }) => known.some((user) => user.uid === uid))
  const owner = owners.map(({ uid, gid }) => ({ uid, gid })).slice(0, 1)
  const unprivileged = unprivilegedUser()
  return [runInNamespace(unprivileged), ...[...owner, unprivileged].map(runAsOther)]
}

/** Whether root may become another user in a namespace of its own (unshare(1)). */
export async function userNamespacesWork(): Promise<boolean> {
  const [program, ...args] = unshare(unprivilegedUser())
  const result = await collect(program, [...args, 'true'], {}, { timeoutMs: 5_000 })
  return result.ok
}

function runAsSelf(uid: number): RunAs {
  return {
    kind: 'self',
    uid,
    start: (program, args, options) => spawn(program, args, bare(options)),
    run: (program, args, options) => collect(program, args, {}, options),
    handOver: () => {},
    letThrough: () => {},
  }
}

function runInNamespace(inside: Owner): RunAs {
  const [unsharing, ...prefix] = unshare(inside)
  return {
    ...runAsSelf(0),
    kind: 'user-namespace',
    // unshare becomes the program, so that the process id is the program's own.
    start: (program, args, options) =>
      spawn(unsharing, [...prefix, program, ...args], bare(options)),
    run: (program, args, options) => collect(unsharing, [...prefix, program, ...args], {}, options),
  }
}

function runAsOther({ uid, gid }: Owner): RunAs {
  return {
    kind: 'other-user',
    uid,
    start: (program, args, options) => spawn(program, args, bare({ ...options, uid, gid })),
    run: (program, args, options) => collect(program, args, { uid, gid }, options),
    handOver: (path) => chownTree(path, uid, gid),
    letThrough: (directory) => {
      const found = statSync(directory)
      const passes = found.gid === gid ? 0o011 : 0o001
      if (found.uid !== 0 || (found.mode & passes) !== 0) return
      // A directory that was private opens to one group; one that an operator gave to a group
      // stays that group's.
      const isPrivate = (found.mode & 0o070) === 0
      if (isPrivate) chownSync(directory, found.uid, gid)
      chmodSync(directory, found.mode | (isPrivate ? 0o010 : 0o001))
    },
  }
}

function unshare({ uid, gid }: Owner): [string, ...string[]] {
  return ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--']
}

/** `nobody`, or else the first user there is. */
function unprivilegedUser(): Owner {
  const users = namedUsers()
  return users.find(({ uid }) => uid === 65_534) ?? users[0] ?? { uid: 65_534, gid: 65_534 }
}

/** But for root; PostgreSQL refuses a user whom /etc/passwd does not name. */
function namedUsers(): Owner[] {
  const passwd = '/etc/passwd'
  return (existsSync(passwd) ? readFileSync(passwd, 'utf8') : '')
    .split('\n')
    .map((entry) => entry.split(':'))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0)
}

function collect(
  program: string,
  args: readonly string[],
  owner: Partial<Owner>,
  { timeoutMs, input }: RunOptions,
): Promise<RunResult> {
  const options = { ...bare(owner), timeout: timeoutMs, maxBuffer: 4 * 2 ** 20 }
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const reason = error !== null && stderr === '' ? error.message : ''
      resolve({ ok: error === null, output: `${stdout}${stderr}${reason}`.slice(-4_000).trim() })
    })
    // A program that ended without reading shows in its exit code, not here.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** A server outlives us by days: it gets none of our secrets and nothing that changes its ways. */
function bare(options: SpawnOptions): SpawnOptions {
  const path = process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  return { ...options, cwd: '/', env: { PATH: path, LC_ALL: 'C', TZ: 'UTC' } }
}
