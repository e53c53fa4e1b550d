// What is too large for the database: immutable files named by the SHA-256 of their content.
import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno, privateDirectory, syncDirectory } from './files.ts'

export interface Artefacts {
  /**
   * Stores content, the same content once. Durable when it resolves: a crash before that leaves
   * nothing under the name. Throws ArtefactTooLarge, or what the source throws.
   */
  put(source: ArtefactSource, limits: { bytesMax: number }): Promise<Artefact>
  /** Opens for reading; the caller closes the handle. Throws ArtefactMissing. */
  open(sha256: string): Promise<FileHandle>
  /** Where the content stands, or would stand. */
  path(sha256: string): string
  /** False where there was nothing to delete. */
  delete(sha256: string): Promise<boolean>
  /**
   * Removes what crashed writers left behind and returns how many files that were. The age must
   * exceed the longest upload, because writers of other nodes are not known here.
   *
   * @param now Unix time in milliseconds
   */
  sweep(age: { olderThanMs: number; now: number }): Promise<number>
}

export type ArtefactSource = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export interface Artefact {
  /** 64 lower-case hex digits. */
  sha256: string
  bytes: number
}

export class ArtefactTooLarge extends Error {
  readonly code = 'artefact_too_large'
  readonly bytesMax: number

  constructor(bytesMax: number) {
    super(`The content is larger than ${bytesMax} bytes`)
    this.name = 'ArtefactTooLarge'
    this.bytesMax = bytesMax
  }
}

export class ArtefactMissing extends Error {
  readonly code = 'artefact_missing'
  readonly sha256: string

  constructor(sha256: string) {
    super(`There is no artefact ${sha256}`)
    this.name = 'ArtefactMissing'
    this.sha256 = sha256
  }
}

/** A store in a directory of its own, which it creates with the first artefact. */
export function createArtefacts(directory: string): Artefacts {
  const incoming = join(directory, 'incoming')
  const shardOf = (sha256: string) => join(directory, checkedName(sha256).slice(0, 2))
  const path = (sha256: string) => join(shardOf(sha256), sha256)

  return {
    path,
    async put(source, { bytesMax }) {
      await privateDirectory(incoming)
      const temporary = join(incoming, randomUUID())
      try {
        const artefact = await receive(source, temporary, bytesMax)
        const shard = shardOf(artefact.sha256)
        await privateDirectory(shard)
        // Also over the same content: that makes its age new, heals a damaged copy, and syncs the
        // name that another writer may have published a moment ago without having synced it yet.
        await rename(temporary, path(artefact.sha256))
        await syncDirectory(shard)
        return artefact
      } finally {
        await rm(temporary, { force: true })
      }
    },
    async open(sha256) {
      try {
        return await open(path(sha256), 'r')
      } catch (error) {
        if (isErrno(error, 'ENOENT')) throw new ArtefactMissing(sha256)
        throw error
      }
    },
    async delete(sha256) {
      return removeIfThere(path(sha256))
    },
    async sweep({ olderThanMs, now }) {
      let removed = 0
      for (const name of await namesIn(incoming)) {
        const leftover = join(incoming, name)
        const modified = await modifiedAt(leftover)
        if (modified === null || now - modified <= olderThanMs) continue
        if (await removeIfThere(leftover)) removed += 1
      }
      return removed
    },
  }
}

async function receive(
  source: ArtefactSource,
  temporary: string,
  bytesMax: number,
): Promise<Artefact> {
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(temporary, 'wx', 0o600)
  try {
    for await (const chunk of source instanceof Uint8Array ? [source] : source) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('An artefact is made of bytes')
      bytes += chunk.length
      if (bytes > bytesMax) throw new ArtefactTooLarge(bytesMax)
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { sha256: hash.digest('hex'), bytes }
}

/** The name becomes a path, so nothing but a digest may pass. */
function checkedName(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new TypeError('An artefact is named by 64 lower-case hex digits')
  }
  return sha256
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** Null when the file went away meanwhile: its writer has just finished. */
async function modifiedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}

async function removeIfThere(path: string): Promise<boolean> {
  try {
    await rm(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
