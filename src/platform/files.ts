// Files that are either wholly there or not there at all, and that nobody else may read.
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

export interface WriteOptions {
  /** Permissions of the file; 0600 unless said otherwise. */
  mode?: number
}

/**
 * Writes a file so that a reader, and a machine that loses power at any moment, sees the old
 * content or the new one and never a part. Replaces what was there, also a symbolic link.
 */
export async function writeAtomic(
  path: string,
  content: Uint8Array | string,
  { mode = 0o600 }: WriteOptions = {},
): Promise<void> {
  await throughTemporary(path, content, mode, (temporary) => rename(temporary, path))
}

/**
 * Creates a file that must not exist yet, complete from the first moment it can be seen. Of
 * several processes that try, exactly one gets true; the others get false and find the whole file.
 */
export async function createExclusive(
  path: string,
  content: Uint8Array | string,
  { mode = 0o600 }: WriteOptions = {},
): Promise<boolean> {
  try {
    // Opening with O_EXCL would be exclusive too, but would show an empty file first. A link does
    // both: it fails where the name exists, and it names a file that is already complete.
    await throughTemporary(path, content, mode, (temporary) => link(temporary, path))
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Makes a directory, with its parents, that only its owner may enter. One that exists keeps its
 * permissions: it may be an operator's `/srv` or a mounted volume, which is not ours to close.
 */
export async function privateDirectory(path: string): Promise<void> {
  const absolute = resolve(path)
  const first = await mkdir(absolute, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  // A new name is durable only when the directory that holds it was synced.
  for (let made = absolute; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made))
  }
}

/** Makes the names in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and keeps its names in a journal of its own.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Whether an error is the operating system's of that name, such as `ENOENT`. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

async function throughTemporary(
  path: string,
  content: Uint8Array | string,
  mode: number,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const directory = dirname(path)
  // In the same directory, because neither rename nor link crosses file systems.
  const name = `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`
  const temporary = join(directory, name)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(content)
      // The mode given to open is cut by the umask; a wider one was asked for on purpose.
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await publish(temporary)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncDirectory(directory)
}
