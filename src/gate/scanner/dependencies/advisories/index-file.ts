// The file that holds the advisories of one ecosystem: opened without reading it whole, looked up
// by the name of a package.
//
// `PANTHERA-ADVISORIES 1\n`, the header's length (32 bits, little endian), the header (JSON), then
// blocks: lines `name<TAB>record`, in the order of the names' UTF-8 bytes, each block compressed
// with zstd (RFC 8878), whose checksum tells damage. Nothing is decompressed before it is needed.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Ecosystem, ecosystems } from '../package.ts'
import { list, mapping, text } from './formats/loose.ts'
import { type PackageRecord, printRecord, readRecord } from './record.ts'

export interface IndexDescription {
  ecosystem: Ecosystem
  /** The newest date that any of its records bears; null where none bears one. */
  date: string | null
  packages: number
  vulnerabilities: number
  sources: readonly IndexSource[]
}

export interface IndexSource {
  name: string
  records: number
  date: string | null
}

export interface IndexFile {
  description: IndexDescription
  /** @throws {IndexFileError} when the part that would hold it is damaged. */
  find(name: string): PackageRecord | null
  /** Every package with its record, in the order of the file. */
  entries(): Iterable<[name: string, record: PackageRecord]>
}

export class IndexFileError extends Error {
  override name = 'IndexFileError'
}

const magic = Buffer.from('PANTHERA-ADVISORIES 1\n')
const blockBytesMin = 48 * 1024
/** A block holds at least one line, and no package has more to say than this. */
const blockBytesMax = 64 * 1024 * 1024
const headerBytesMax = 16 * 1024 * 1024

export function encodeIndex(
  description: IndexDescription,
  records: ReadonlyMap<string, PackageRecord>,
): Buffer {
  const sources = description.sources.map(({ name }) => name)
  const names = [...records.keys()].map((name) => ({ name, key: Buffer.from(name) }))
  names.sort((a, b) => Buffer.compare(a.key, b.key))
  const compressed: Buffer[] = []
  const blocks: [first: string, bytes: number][] = []
  let first = ''
  let lines: string[] = []
  let size = 0
  const close = () => {
    if (lines.length === 0) return
    const block = compress(lines.join('\n'))
    compressed.push(block)
    blocks.push([first, block.length])
    lines = []
    size = 0
  }
  for (const { name } of names) {
    const record = records.get(name)
    if (record === undefined) continue
    if (lines.length === 0) first = name
    const line = `${name}\t${printRecord(record, sources)}`
    lines.push(line)
    size += line.length + 1
    if (size >= blockBytesMin) close()
  }
  close()
  const header = Buffer.from(JSON.stringify({ ...description, blocks }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([magic, length, header, ...compressed])
}

function compress(text: string): Buffer {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = constants
  return zstdCompressSync(text, {
    params: { [ZSTD_c_compressionLevel]: 19, [ZSTD_c_checksumFlag]: 1 },
  })
}

/** @throws {IndexFileError} for what is no such file, or has been cut. */
export function openIndex(bytes: Uint8Array): IndexFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = magic.length + 4
  if (buffer.length < start || !buffer.subarray(0, magic.length).equals(magic)) {
    throw new IndexFileError('it is no advisory index of this version')
  }
  const length = buffer.readUInt32LE(magic.length)
  if (length > headerBytesMax || start + length > buffer.length) {
    throw new IndexFileError('its header is cut')
  }
  const header = parseHeader(buffer.subarray(start, start + length).toString('utf8'))
  const blocks = new Blocks(buffer, start + length, header.blocks)
  const sources = header.description.sources.map(({ name }) => name)
  return {
    description: header.description,
    find(name) {
      const line = blocks.find(name)
      return line === null ? null : readLine(line, sources)
    },
    *entries() {
      for (const text of blocks.texts()) {
        for (const line of text.split('\n')) {
          const at = line.indexOf('\t')
          yield [line.slice(0, at), readLine(line.slice(at + 1), sources)]
        }
      }
    },
  }
}

function readLine(line: string, sources: readonly string[]): PackageRecord {
  try {
    return readRecord(line, sources)
  } catch {
    throw new IndexFileError('a record in it is no JSON')
  }
}

interface Header {
  description: IndexDescription
  blocks: readonly Block[]
}

interface Block {
  first: Buffer
  bytes: number
}

function parseHeader(json: string): Header {
  const header = mapping(parseJson(json))
  const ecosystem = ecosystems.find((each) => each === header.ecosystem)
  if (ecosystem === undefined) throw new IndexFileError('its header names no known ecosystem')
  const count = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : 0)
  return {
    description: {
      ecosystem,
      date: text(header.date),
      packages: count(header.packages),
      vulnerabilities: count(header.vulnerabilities),
      sources: list(header.sources).map((each) => {
        const { name, records, date } = mapping(each)
        return { name: text(name) ?? '', records: count(records), date: text(date) }
      }),
    },
    blocks: list(header.blocks, 1_000_000).map((each) => {
      const [first, bytes] = list(each)
      return { first: Buffer.from(text(first) ?? ''), bytes: count(bytes) }
    }),
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new IndexFileError('its header is no JSON')
  }
}

/** The blocks of a file, decompressed when they are first looked into. */
class Blocks {
  readonly #buffer: Buffer
  readonly #blocks: readonly Block[]
  readonly #offsets: number[] = []
  readonly #lines = new Map<number, ReadonlyMap<string, string>>()

  constructor(buffer: Buffer, start: number, blocks: readonly Block[]) {
    this.#buffer = buffer
    this.#blocks = blocks
    let offset = start
    for (const { bytes } of blocks) {
      this.#offsets.push(offset)
      offset += bytes
    }
    if (offset !== buffer.length) throw new IndexFileError('it is cut')
  }

  /** What stands after the name, or null. */
  find(name: string): string | null {
    const at = this.#blockOf(Buffer.from(name))
    if (at < 0) return null
    let lines = this.#lines.get(at)
    if (lines === undefined) {
      lines = new Map(this.#text(at).split('\n').map(splitLine))
      this.#lines.set(at, lines)
    }
    return lines.get(name) ?? null
  }

  *texts(): Iterable<string> {
    for (let at = 0; at < this.#blocks.length; at++) yield this.#text(at)
  }

  /** The last block whose first name is not after the key; -1 where there is none. */
  #blockOf(key: Buffer): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const first = this.#blocks[middle]?.first
      if (first !== undefined && Buffer.compare(first, key) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #text(at: number): string {
    const start = this.#offsets[at] ?? 0
    const block = this.#buffer.subarray(start, start + (this.#blocks[at]?.bytes ?? 0))
    try {
      return zstdDecompressSync(block, { maxOutputLength: blockBytesMax }).toString('utf8')
    } catch {
      throw new IndexFileError('a block of it is damaged')
    }
  }
}

function splitLine(line: string): [string, string] {
  const at = line.indexOf('\t')
  return [line.slice(0, at), line.slice(at + 1)]
}
