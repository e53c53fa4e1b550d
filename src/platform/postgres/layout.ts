// Where everything of one embedded database lies below the data directory.
import { createHash, randomBytes } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createExclusive, privateDirectory } from '../files.ts'
import { EmbeddedPostgresError } from './error.ts'

export interface Layout {
  /** `<data>`, absolute and without symbolic links. */
  dataDir: string
  /** `<data>/postgres`, the parent of all that follows but a short socket directory. */
  root: string
  /** PostgreSQL's data directory; it exists only when it is complete. */
  cluster: string
  log: string
  /** What the server writes before its own log opens; not among the files that it may change. */
  startLog: string
  socketDirectory: string
  /** Of the abstract socket that serialises starting and stopping. */
  mutexName: string
}

export const socketPort = 5432
/** PostgreSQL names a socket by the port that it does not use. */
export const socketName = `.s.PGSQL.${socketPort}`

/** Linux holds a socket's path in 108 bytes with the closing zero (unix(7)). */
const socketPathBytesMax = 107

/**
 * Creates what is missing of `<data>/postgres` (0700) and names the rest.
 * Throws `postgres_data_dir_unusable`.
 */
export async function openLayout(dataDir: string): Promise<Layout> {
  const stated = resolve(dataDir)
  if ([...stated].some((character) => character < ' ')) {
    // postmaster.pid is read by lines.
    throw unusable(stated, 'its name holds a control character')
  }
  try {
    await privateDirectory(join(stated, 'postgres'))
    const root = join(await realpath(stated), 'postgres')
    const id = await identityOf(root)
    return {
      dataDir: join(root, '..'),
      root,
      cluster: join(root, 'data'),
      log: join(root, 'log'),
      startLog: join(root, 'start.log'),
      socketDirectory: socketDirectoryFor(root, id),
      mutexName: `panthera-${digest(id)}`,
    }
  } catch (error) {
    throw unusable(stated, error instanceof Error ? error.message : String(error), error)
  }
}

/**
 * A random name for this data directory. The path would not do: two paths (links, mounts) may lead
 * to one directory, and both must meet at one mutex.
 */
async function identityOf(root: string): Promise<string> {
  const path = join(root, 'id')
  await createExclusive(path, `${randomBytes(16).toString('hex')}\n`)
  const id = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{32}$/.test(id)) throw new Error(`${path} does not hold 32 hexadecimal digits`)
  return id
}

function socketDirectoryFor(root: string, id: string): string {
  const near = join(root, 'run')
  if (Buffer.byteLength(join(near, socketName)) <= socketPathBytesMax) return near
  // Always /tmp, never TMPDIR: every process that uses this database must find the same place.
  // The path counts here, so that a copy of the data directory gets a socket of its own.
  return `/tmp/panthera-${digest(`${id}\n${root}`)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

function unusable(path: string, reason: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'postgres_data_dir_unusable',
    `the data directory ${path} cannot be used: ${reason}`,
    'set PANTHERA_DATA_DIR to a folder that this user may write to',
    cause,
  )
}
