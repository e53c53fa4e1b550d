// The artefacts of an installation as files, for a backup: all that there are, since only the
// modules know every place that refers to one.
import { createHash } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from '../files.ts'

/** One piece of a file is one entry of a backup. */
const pieceBytes = 2 ** 20

export function artefactsDirectory(dataDir: string): string {
  return join(dataDir, 'artefacts')
}

/** Their names, sorted. */
export async function listArtefacts(dataDir: string): Promise<string[]> {
  const directory = artefactsDirectory(dataDir)
  const names: string[] = []
  for (const shard of await entriesIn(directory)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    const inShard = await entriesIn(join(directory, shard))
    names.push(...inShard.filter((name) => /^[0-9a-f]{64}$/.test(name) && name.startsWith(shard)))
  }
  return names.sort()
}

export async function hasArtefact(dataDir: string, sha256: string): Promise<boolean> {
  const file = await openArtefact(dataDir, sha256)
  await file?.close()
  return file !== null
}

export interface ArtefactFile {
  bytes: number
  /** Whether its content is what its name says. */
  isWhole(): Promise<boolean>
  pieces(): AsyncGenerator<Buffer>
  close(): Promise<void>
}

/** Null where it was removed meanwhile. */
export async function openArtefact(dataDir: string, sha256: string): Promise<ArtefactFile | null> {
  const path = join(artefactsDirectory(dataDir), sha256.slice(0, 2), sha256)
  try {
    const handle = await open(path, 'r')
    const { size } = await handle.stat()
    const pieces = async function* (): AsyncGenerator<Buffer> {
      const options = { start: 0, autoClose: false, highWaterMark: pieceBytes }
      for await (const piece of handle.createReadStream(options)) yield piece
    }
    return {
      bytes: size,
      async isWhole() {
        const hash = createHash('sha256')
        for await (const piece of pieces()) hash.update(piece)
        return hash.digest('hex') === sha256
      },
      pieces,
      close: () => handle.close(),
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}

async function entriesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort()
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return []
    throw error
  }
}
