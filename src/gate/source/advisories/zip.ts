// Reads the files of a zip that strangers made: no more entries, bytes or compression than such a
// database has, and nothing that is not whole. Zips inside it are left closed.
import { crc32, inflateRawSync } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { AdvisoryInputError } from './input-error.ts'

export interface ZipLimits {
  entriesMax: number
  entryBytesMax: number
  bytesMax: number
  /** How many times larger than its compressed form an entry may be. */
  ratioMax: number
}

export const zipLimits: ZipLimits = {
  entriesMax: 1_000_000,
  entryBytesMax: 32 * 1024 * 1024,
  bytesMax: 8 * 1024 * 1024 * 1024,
  ratioMax: 200,
}

export interface ZipText {
  path: string
  text: string
}

/**
 * Texts of the entries that `wants`, in their order.
 *
 * @throws {AdvisoryInputError} naming `name` for what is no zip, is broken or over a limit.
 */
export async function* readZip(
  bytes: Buffer,
  name: string,
  wants: (path: string) => boolean,
  limits: ZipLimits = zipLimits,
): AsyncIterable<ZipText> {
  const refuse = (reason: string) => new AdvisoryInputError(`${name}: ${reason}`)
  const zip = await open(bytes, refuse)
  if (zip.entryCount > limits.entriesMax) {
    throw refuse(`${zip.entryCount} entries, and at most ${limits.entriesMax} are accepted`)
  }
  let compressed = 0
  let inflated = 0
  for await (const entry of entriesOf(zip, refuse)) {
    compressed += entry.compressedSize
    inflated += entry.uncompressedSize
    // Entries that share their bytes are how a small zip becomes a huge one.
    if (compressed > bytes.length) throw refuse('its entries overlap')
    if (inflated > limits.bytesMax) throw refuse(`more than ${limits.bytesMax} bytes inside`)
    if (!wants(entry.fileName)) continue
    checkEntry(entry, limits, refuse)
    yield { path: entry.fileName, text: await inflate(zip, entry, bytes, refuse) }
  }
}

type Refuse = (reason: string) => AdvisoryInputError

async function open(bytes: Buffer, refuse: Refuse): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { strictFileNames: true })
  } catch (error) {
    throw refuse(`no zip that can be read (${messageOf(error)})`)
  }
}

async function* entriesOf(zip: ZipFile, refuse: Refuse): AsyncIterable<Entry> {
  try {
    for await (const entry of zip.eachEntry()) yield entry
  } catch (error) {
    if (error instanceof AdvisoryInputError) throw error
    throw refuse(messageOf(error))
  }
}

function checkEntry(entry: Entry, limits: ZipLimits, refuse: Refuse): void {
  const { fileName, compressedSize, uncompressedSize } = entry
  if (entry.isEncrypted()) throw refuse(`${fileName} is encrypted`)
  if (uncompressedSize > limits.entryBytesMax) {
    throw refuse(`${fileName} has ${uncompressedSize} bytes, more than ${limits.entryBytesMax}`)
  }
  if (uncompressedSize > compressedSize * limits.ratioMax + ratioFreeBytes) {
    throw refuse(`${fileName} is compressed more than ${limits.ratioMax} times`)
  }
}

/** Short texts of one character compress as they like. */
const ratioFreeBytes = 64 * 1024

async function inflate(zip: ZipFile, entry: Entry, bytes: Buffer, refuse: Refuse): Promise<string> {
  const { fileName, compressedSize, uncompressedSize, compressionMethod } = entry
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    const packed = bytes.subarray(fileDataStart, fileDataStart + compressedSize)
    if (packed.length < compressedSize) throw new Error('it is cut')
    const content = decompress(packed, compressionMethod, uncompressedSize)
    if (content.length !== uncompressedSize) throw new Error('its size is not the one it states')
    if (crc32(content) !== entry.crc32) throw new Error('its checksum does not fit')
    return content.toString('utf8')
  } catch (error) {
    throw refuse(`${fileName} is damaged (${messageOf(error)})`)
  }
}

function decompress(packed: Buffer, method: number, size: number): Buffer {
  if (method === 0) return packed
  if (method !== 8) throw new Error(`compression method ${method} is not supported`)
  return size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
