// Remembers the content of each file of a folder by its stamp, so that a scan need not even read
// what did not change.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { FileStamp } from '../file-stamp.ts'
import { parseJson, readCacheFile, touchCacheFile, writeCacheFile } from './file.ts'

interface Entry {
  stamp: FileStamp
  blob: string
}

/** Opens what is known of the folder `root`. */
export async function openStampCache(directory: string, root: string): Promise<StampCache> {
  const cache = new StampCache(directory, root)
  await cache.load()
  return cache
}

export class StampCache {
  readonly #path: string
  readonly #before = new Map<string, Entry>()
  readonly #now = new Map<string, Entry>()
  #changed = false

  constructor(directory: string, root: string) {
    const name = createHash('sha256').update(root).digest('hex')
    this.#path = join(directory, `stamps-${name.slice(0, 32)}.cache`)
  }

  async load(): Promise<void> {
    for (const line of (await readCacheFile(this.#path)) ?? []) {
      const [blob = '', stamp = '', path = '""'] = line.split('\t')
      this.#before.set(String(parseJson(path)), { stamp, blob })
    }
  }

  /** The git name of the content that the file had under this very stamp, or null. */
  get(path: string, stamp: FileStamp): string | null {
    const entry = this.#before.get(path)
    if (entry?.stamp !== stamp) return null
    this.#now.set(path, entry)
    return entry.blob
  }

  /** Takes a stamp that was not racy when it was taken. */
  set(path: string, stamp: FileStamp, blob: string): void {
    this.#now.set(path, { stamp, blob })
    this.#changed = true
  }

  /** Writes what this scan saw; files that it did not see are forgotten. */
  async save(): Promise<void> {
    if (!this.#changed && this.#now.size === this.#before.size) return touchCacheFile(this.#path)
    const lines = [...this.#now].map(
      ([path, { stamp, blob }]) => `${blob}\t${stamp}\t${JSON.stringify(path)}`,
    )
    await writeCacheFile(this.#path, lines)
  }
}
