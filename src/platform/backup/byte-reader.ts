// Takes exact numbers of bytes from a stream whose chunks fall anywhere.

export interface ByteReader {
  /** The next `bytes` of the stream; fewer only where it ends. */
  read(bytes: number): Promise<Buffer>
  /** Up to and without the next line feed; null where none comes within `bytesMax`. */
  readLine(bytesMax: number): Promise<Buffer | null>
  /** Lets go of the stream, also in the middle. */
  close(): Promise<void>
}

export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let waiting: Uint8Array[] = []
  let waitingBytes = 0

  async function fill(bytes: number): Promise<void> {
    while (waitingBytes < bytes) {
      const next = await iterator.next()
      if (next.done === true) return
      waiting.push(next.value)
      waitingBytes += next.value.length
    }
  }

  function joined(): Buffer {
    const [first, ...others] = waiting
    if (first === undefined || others.length > 0) return Buffer.concat(waiting)
    return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
  }

  function take(bytes: number): Buffer {
    const all = joined()
    const rest = all.subarray(bytes)
    waiting = rest.length === 0 ? [] : [rest]
    waitingBytes = rest.length
    return all.subarray(0, bytes)
  }

  return {
    async read(bytes) {
      await fill(bytes)
      return take(bytes)
    },
    async readLine(bytesMax) {
      await fill(bytesMax)
      const end = joined().subarray(0, bytesMax).indexOf('\n')
      if (end < 0) return null
      return take(end + 1).subarray(0, end)
    },
    async close() {
      await iterator.return?.()
    },
  }
}
