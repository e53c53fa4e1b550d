// Contents of a repository that workers may want to open while they look at others: files named by
// the contents' git names, so that nothing of a hostile repository chooses where it is written.
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Load = (blobs: readonly string[]) => Promise<(Uint8Array<ArrayBuffer> | null)[]>

export class Shelf {
  readonly #folder: string
  readonly #load: Load
  readonly #put = new Map<string, Promise<void>>()

  /** In a folder of the scan's own, which is removed with the scan. */
  constructor(scratchDir: string, load: Load) {
    this.#folder = join(scratchDir, `contents-${randomUUID()}`)
    this.#load = load
  }

  /** Resolves when all are there that can be read; each is loaded once. */
  async put(blobs: readonly (string | null)[]): Promise<void> {
    const named = [...new Set(blobs.filter((blob) => blob !== null))]
    const missing = named.filter((blob) => !this.#put.has(blob))
    if (missing.length > 0) {
      const written = this.#write(missing)
      for (const blob of missing) this.#put.set(blob, written)
    }
    await Promise.all(named.map((blob) => this.#put.get(blob)))
  }

  /** Null for what is no name of a content. */
  placeOf(blob: string | null): string | null {
    return blob === null || !/^[0-9a-f]{40,64}$/.test(blob) ? null : join(this.#folder, blob)
  }

  async #write(blobs: readonly string[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (let at = 0; at < blobs.length; at += blobsAtOnce) {
      const some = blobs.slice(at, at + blobsAtOnce)
      const contents = await this.#load(some)
      await Promise.all(
        some.map(async (blob, index) => {
          const [place, bytes] = [this.placeOf(blob), contents[index]]
          if (place !== null && bytes) await writeFile(place, bytes, { flag: 'wx', mode: 0o600 })
        }),
      )
    }
  }
}

const blobsAtOnce = 64
