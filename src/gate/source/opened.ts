// Files that a worker has opened for others: what was made of them serves as long as they stay the
// same and are asked for now and then.
import { createHash } from 'node:crypto'
import { readText } from '../scanner/content.ts'
import { SourceText } from '../scanner/source-text.ts'

export class OpenedFiles {
  readonly #bytesMax: number
  /** The one that was asked for last comes last. */
  readonly #kept = new Map<string, { digest: string; source: SourceText }>()
  #bytes = 0

  constructor(bytesMax = bytesMaxDefault) {
    this.#bytesMax = bytesMax
  }

  /** Null where it is no text. The bytes may be used for something else afterwards. */
  open(path: string, bytes: Uint8Array): SourceText | null {
    const digest = createHash('sha1').update(bytes).digest('base64')
    const known = this.#kept.get(path)
    if (known !== undefined) {
      this.#forget(path)
      if (known.digest === digest) return this.#keep(path, known)
    }
    const text = readText(Uint8Array.from(bytes))
    if (text === 'binary') return null
    return this.#keep(path, { digest, source: new SourceText(path, text.bytes) })
  }

  #keep(path: string, opened: { digest: string; source: SourceText }): SourceText {
    this.#kept.set(path, opened)
    this.#bytes += opened.source.bytes.length
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= this.#bytesMax || oldest === path) break
      this.#forget(oldest)
    }
    return opened.source
  }

  #forget(path: string): void {
    this.#bytes -= this.#kept.get(path)?.source.bytes.length ?? 0
    this.#kept.delete(path)
  }
}

/** What is made of a text takes some fifty times as much memory. */
const bytesMaxDefault = 6 << 20
