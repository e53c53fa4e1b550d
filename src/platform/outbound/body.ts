// Reads the body of an answer up to a limit and not a byte further.
import { OutboundFailed } from './errors.ts'

export interface BodyLimit {
  /** How much of the body is kept; 1 MiB if absent. */
  bytesMax?: number
  /** What a longer body means: keep the beginning, or fail with `too_large`. Cut if absent. */
  overflow?: 'cut' | 'fail'
}

const bytesMaxDefault = 1_048_576

export async function readBody(
  stream: AsyncIterable<Uint8Array>,
  { bytesMax = bytesMaxDefault, overflow = 'cut' }: BodyLimit,
  host: string,
): Promise<{ body: Uint8Array; truncated: boolean }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop destroys the stream, and with it the connection: the rest never arrives.
  for await (const chunk of stream) {
    const room = bytesMax - bytes
    if (chunk.length > room) {
      if (overflow === 'fail') {
        throw new OutboundFailed('too_large', `${host} answered more than ${bytesMax} bytes`)
      }
      chunks.push(chunk.subarray(0, room))
      return { body: Buffer.concat(chunks), truncated: true }
    }
    chunks.push(chunk)
    bytes += chunk.length
  }
  return { body: Buffer.concat(chunks), truncated: false }
}
