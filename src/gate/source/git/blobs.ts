// Reads the contents of blobs through one `git cat-file`, in the order they are asked for and no
// faster than they are taken.
import type { Readable } from 'node:stream'
import type { Git } from './environment.ts'
import { type GitProcess, startGit } from './process.ts'

export interface Blob {
  blob: string
  /** Null where the repository has no such blob, or one that is too large. */
  bytes: Uint8Array<ArrayBuffer> | null
}

export interface BlobOptions {
  gitDir: string
  blobBytesMax: number
  signal?: AbortSignal | undefined
}

/** Reads `blobs` with a reader of their own. */
export async function* readBlobs(
  git: Git,
  blobs: readonly string[],
  options: BlobOptions,
): AsyncGenerator<Blob> {
  if (blobs.length === 0) return
  const reader = new BlobReader(git, options)
  try {
    yield* reader.read(blobs)
  } finally {
    reader.close()
  }
}

/** One running `git cat-file`; calls of `read` are answered one after the other. */
export class BlobReader {
  readonly #process: GitProcess
  readonly #input: ByteInput
  readonly #blobBytesMax: number
  #turn: Promise<void> = Promise.resolve()

  constructor(git: Git, options: BlobOptions) {
    const args = [`--git-dir=${options.gitDir}`, 'cat-file', '--batch']
    this.#process = startGit(git, args, options)
    this.#input = new ByteInput(this.#process.stdout)
    this.#blobBytesMax = options.blobBytesMax
  }

  /** @throws {GitFailed} when git ends before it has answered. */
  async *read(blobs: readonly string[]): AsyncGenerator<Blob> {
    const previous = this.#turn
    let finish = () => {}
    this.#turn = new Promise((resolve) => {
      finish = resolve
    })
    await previous
    let answered = 0
    try {
      for (let start = 0; start < blobs.length; start += askedAtOnce) {
        const asked = blobs.slice(start, start + askedAtOnce)
        this.#process.stdin.write(asked.map((blob) => `${blob}\n`).join(''))
        for (const blob of asked) {
          yield { blob, bytes: await this.#answer() }
          answered++
        }
      }
    } finally {
      // Answers that nobody took would be given to the next caller.
      if (answered < blobs.length) this.close()
      finish()
    }
  }

  /** The contents of a few blobs at once. */
  async readAll(blobs: readonly string[]): Promise<Blob['bytes'][]> {
    const contents: Blob['bytes'][] = []
    for await (const { bytes } of this.read(blobs)) contents.push(bytes)
    return contents
  }

  close(): void {
    this.#process.stdin.end()
    this.#process.kill()
  }

  async #answer(): Promise<Uint8Array<ArrayBuffer> | null> {
    const header = await this.#input.line()
    if (header === null) return this.#ended()
    const [, type, size] = header.split(' ')
    if (size === undefined) return null
    const length = Number(size)
    if (type === 'blob' && length <= this.#blobBytesMax) {
      const bytes = await this.#input.take(length)
      if (bytes === null || !(await this.#input.skip(1))) return this.#ended()
      return bytes
    }
    if (!(await this.#input.skip(length + 1))) return this.#ended()
    return null
  }

  async #ended(): Promise<never> {
    await this.#process.done
    throw new Error('git cat-file ended before it had answered')
  }
}

// Few enough names to fit into a pipe, so that writing them never waits for answers to be read.
const askedAtOnce = 512

/** Pulls lines and blocks out of a stream, holding no more than one chunk beyond what is asked. */
class ByteInput {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#rest.indexOf(10)
      if (end !== -1) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      if (!(await this.#more())) return null
    }
  }

  /** A copy of its own: what is left of the chunk is not kept alive by it. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      if (this.#rest.length === 0 && !(await this.#next())) return null
      const part = this.#rest.subarray(0, length - at)
      bytes.set(part, at)
      at += part.length
      this.#rest = this.#rest.subarray(part.length)
    }
    return bytes
  }

  async skip(length: number): Promise<boolean> {
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#next())) return false
      const part = Math.min(left, this.#rest.length)
      left -= part
      this.#rest = this.#rest.subarray(part)
    }
    return true
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done) return false
    this.#rest = value
    return true
  }

  async #more(): Promise<boolean> {
    const before = this.#rest
    if (!(await this.#next())) return false
    this.#rest = Buffer.concat([before, this.#rest])
    return true
  }
}
