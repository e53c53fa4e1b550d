// What a backup consists of, once it is decrypted and unpacked: entries one after the other, each
// its kind (1 byte), its length (4 bytes, the highest first) and its content.
import { z } from 'zod'
import type { ByteReader } from './byte-reader.ts'
import { BackupError, damaged } from './error.ts'

const migration = z.object({ name: z.string(), sha256: z.string() })
const table = z.object({ name: z.string(), columns: z.array(z.string()).min(1) })
const sequence = z.object({ name: z.string(), last: z.string(), called: z.boolean() })

const schemas = {
  /** Comes first. */
  manifest: z.object({
    created_at: z.string(),
    panthera: z.string(),
    postgres: z.string(),
    /** The level of the database, in order. */
    migrations: z.array(migration).min(1),
    tables: z.array(table),
  }),
  /** Only where it was asked for. */
  master_key: z.object({ base64: z.base64() }),
  /** The rows that follow belong to it. */
  table: z.object({ name: z.string() }),
  sequences: z.array(sequence),
  /** The content that follows belongs to it. */
  artefact: z.object({ sha256: z.string(), bytes: z.number() }),
  /** Comes last. */
  end: z.object({ rows: z.record(z.string(), z.number()), artefacts: z.number() }),
}

export type Manifest = z.infer<typeof schemas.manifest>
export type Sequence = z.infer<typeof sequence>
export type End = z.infer<typeof schemas.end>

type Described = {
  [Kind in keyof typeof schemas]: { kind: Kind; value: z.infer<(typeof schemas)[Kind]> }
}[keyof typeof schemas]

export type Entry =
  | Described
  /** JSON text: an array of rows, each an array of PostgreSQL's texts for its columns, or null. */
  | { kind: 'rows'; json: string }
  | { kind: 'content'; bytes: Uint8Array }

/** PostgreSQL's `jsonb`, through which rows come back, ends at 256 MiB. */
const contentBytesMax = 200 * 2 ** 20
const headBytes = 5

const kinds = [
  'manifest',
  'master_key',
  'table',
  'rows',
  'sequences',
  'artefact',
  'content',
  'end',
] as const satisfies readonly Entry['kind'][]

/** Throws BackupError where the entry is too large to be read again. */
export function encodeEntry(entry: Entry): Buffer {
  const content = contentOf(entry)
  if (content.length > contentBytesMax) {
    throw new BackupError(
      `a row is too large for a backup: ${content.length} bytes, of ${contentBytesMax} at most`,
      'find it by pg_column_size and shorten it, or back up with pg_dump',
    )
  }
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(kinds.indexOf(entry.kind))
  head.writeUInt32BE(content.length, 1)
  return Buffer.concat([head, content])
}

/** Ends after the entry `end`, where the stream has to end as well. Throws BackupError. */
export async function* decodeEntries(reader: ByteReader): AsyncGenerator<Entry> {
  for (;;) {
    const head = await reader.read(headBytes)
    const kind = head.length === headBytes ? kinds[head.readUInt8()] : undefined
    if (kind === undefined) throw damaged('an entry is missing or unknown')
    const length = head.readUInt32BE(1)
    if (length > contentBytesMax) throw damaged(`an entry has ${length} bytes`)
    const content = await reader.read(length)
    if (content.length < length) throw damaged('an entry is incomplete')
    yield parse(kind, content)
    if (kind !== 'end') continue
    // Reading on is also what proves that the file was not cut off behind it.
    if ((await reader.read(1)).length > 0) throw damaged('something follows its end')
    return
  }
}

function contentOf(entry: Entry): Uint8Array {
  if (entry.kind === 'content') return entry.bytes
  return Buffer.from(entry.kind === 'rows' ? entry.json : JSON.stringify(entry.value))
}

function parse(kind: Entry['kind'], content: Buffer): Entry {
  if (kind === 'content') return { kind, bytes: content }
  if (kind === 'rows') return { kind, json: content.toString('utf8') }
  try {
    return { kind, value: schemas[kind].parse(JSON.parse(content.toString('utf8'))) } as Described
  } catch (cause) {
    throw damaged(`its ${kind} is not understood`, cause)
  }
}
