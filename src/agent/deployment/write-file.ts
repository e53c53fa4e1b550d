// A file with its owner and its permissions, on disk before anybody is told of it.
import { constants } from 'node:fs'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isErrno, syncDirectory } from '../../platform/files.ts'
import { DeploymentFailure } from './failure.ts'

export interface Ownership {
  mode: number
  /** Null: the agent's own. */
  uid: number | null
  gid: number | null
}

/** The name beside `path` under which a deployment prepares what will stand there. */
export function stagedPath(path: string, deploymentId: number): string {
  return join(dirname(path), `.${basename(path).slice(0, 180)}.panthera-${deploymentId}`)
}

/** Creates it; nobody but the agent can open it before it is whole. Its folder is not synced. */
export async function createFile(
  path: string,
  content: string | Uint8Array,
  { mode, uid, gid }: Ownership,
): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  const handle = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)
  try {
    await handle.writeFile(content)
    if (uid !== null || gid !== null) {
      const own = await handle.stat()
      if ((uid ?? own.uid) !== own.uid || (gid ?? own.gid) !== own.gid) {
        await handle.chown(uid ?? own.uid, gid ?? own.gid)
      }
    }
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Puts a file where one may be, at one instant. */
export async function replaceFile(
  path: string,
  staged: string,
  content: string | Uint8Array,
  ownership: Ownership,
): Promise<void> {
  await rm(staged, { force: true })
  await createFile(staged, content, ownership)
  await rename(staged, path)
  await syncDirectory(dirname(path))
}

const bytesMax = 1 << 20

export interface FoundFile extends Ownership {
  content: Buffer
}

/** Null where there is none. @throws {DeploymentFailure} for what is not a plain file. */
export async function readPlain(path: string): Promise<FoundFile | null> {
  const found = await lstat(path).catch((error) => {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  })
  if (found === null) return null
  if (found.isSymbolicLink()) {
    throw new DeploymentFailure(`${path} is a symbolic link: name the file that it leads to`)
  }
  if (!found.isFile()) throw new DeploymentFailure(`${path} is not a plain file`)
  if (found.size > bytesMax) throw new DeploymentFailure(`${path} has over ${bytesMax} bytes`)
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { mode, uid, gid } = await handle.stat()
    return { content: await handle.readFile(), mode: mode & 0o777, uid, gid }
  } finally {
    await handle.close()
  }
}
