// Takes an uploaded document in: uncompressed, looked at while it passes, and stored by its digest.
// What is not a document leaves nothing behind.
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Artefacts } from '../../platform/artefacts.ts'
import { common, Problem } from '../../platform/errors.ts'
import { errors } from '../errors.ts'
import { DocumentError } from './document-error.ts'
import { Inspector, type Outside } from './inspect.ts'
import { documentLimits } from './limits.ts'

export interface Received extends Pick<Outside, 'format' | 'tool' | 'category'> {
  sha256: string
}

export interface Receiving {
  artefacts: Artefacts
  body: Readable
  /** The request's header, if it has one. */
  contentEncoding: string | undefined
  /** Decompressed. */
  bytesMax?: number
  /** Longest silence of the sender. */
  idleMs?: number
}

const idleMsDefault = 30_000
const drainMs = 10_000
/** `report.sarif.gz` that is sent with `Content-Encoding: gzip` is compressed twice. */
const layersMax = 2

/** Throws 400 `invalid_document`, 413 or 415; the rest of the body is then read and dropped. */
export async function receiveDocument(receiving: Receiving): Promise<Received> {
  const { artefacts, body, bytesMax = documentLimits.bytesMax } = receiving
  checkEncoding(receiving.contentEncoding)
  const looked = lookedAt(
    uncompressed(arriving(body, receiving.idleMs ?? idleMsDefault), layersMax),
    bytesMax,
  )
  try {
    const { sha256 } = await artefacts.put(looked.bytes, { bytesMax })
    const { format, tool, category } = looked.outside()
    return { sha256, format, tool, category }
  } catch (error) {
    drop(body)
    throw problemOf(error, body)
  }
}

/** The same bytes; they end in an error where they are no document. */
function lookedAt(source: AsyncIterable<Uint8Array>, bytesMax: number) {
  let outside: Outside | null = null
  async function* bytes() {
    const inspector = new Inspector()
    let count = 0
    for await (const chunk of source) {
      count += chunk.length
      if (count > bytesMax) throw common.problem('too_large', { details: { bytes_max: bytesMax } })
      inspector.push(chunk)
      yield chunk
    }
    outside = inspector.end()
  }
  return {
    bytes: bytes(),
    outside(): Outside {
      if (outside === null) throw new Error('the document was not read to its end')
      return outside
    },
  }
}

function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || /^(?:gzip|x-gzip|identity)$/i.test(encoding)) return
  throw common.problem('unsupported_media_type', {
    message: `Content-Encoding: ${encoding} is not supported`,
    details: { accepted: ['gzip', 'identity'] },
  })
}

/** Leaving early does not destroy the request: the answer goes out over its socket. */
async function* arriving(body: Readable, idleMs: number): AsyncGenerator<Uint8Array> {
  const iterator = body.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      // Nobody may hold a connection by sending nothing.
      const timer = setTimeout(() => body.destroy(new Error('nothing was sent')), idleMs)
      const { value, done } = await iterator.next().finally(() => clearTimeout(timer))
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

async function* uncompressed(
  source: AsyncIterable<Uint8Array>,
  layersLeft: number,
): AsyncGenerator<Uint8Array> {
  const { start, all } = await peek(source)
  const isGzip = start[0] === 0x1f && start[1] === 0x8b
  if (!isGzip || layersLeft === 0) {
    yield* all
    return
  }
  const gunzip = createGunzip({ chunkSize: 128 * 1024 })
  // Its callback only keeps errors from being thrown twice: the loop sees them.
  pipeline(Readable.from(all), gunzip, () => undefined)
  yield* uncompressed(gunzip, layersLeft - 1)
}

/** The first bytes, and everything with them. */
async function peek(source: AsyncIterable<Uint8Array>) {
  const iterator = source[Symbol.asyncIterator]()
  let start = Buffer.alloc(0)
  let isDone = false
  while (start.length < 2 && !isDone) {
    const { value, done = false } = await iterator.next()
    if (!done) start = Buffer.concat([start, value])
    isDone = done
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (start.length > 0) yield start
      while (!isDone) {
        const { value, done = false } = await iterator.next()
        if (done) isDone = true
        else yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { start, all: all() }
}

/** A client reads the answer when it has sent everything; one that never ends is cut off. */
function drop(body: Readable): void {
  if (body.readableEnded || body.destroyed) return
  body.resume()
  const timer = setTimeout(() => body.destroy(), drainMs).unref()
  body.once('close', () => clearTimeout(timer))
}

function problemOf(error: unknown, body: Readable): unknown {
  if (error instanceof Problem) return error
  if (error instanceof DocumentError) {
    return errors.problem('invalid_document', { message: error.message })
  }
  const code = (error as { code?: string }).code ?? ''
  if (code.startsWith('Z_')) {
    const message = `The gzip stream is damaged (${(error as Error).message})`
    return errors.problem('invalid_document', { message, cause: error })
  }
  if (body.errored !== null || body.destroyed) {
    return common.problem('invalid_request', { message: 'The upload broke off', cause: error })
  }
  return error
}
