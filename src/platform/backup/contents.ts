// Reads a backup from its beginning to its end, and proves on the way that nothing is missing.
import { createHash } from 'node:crypto'
import type { End, Entry, Manifest, Sequence } from './entries.ts'
import { damaged } from './error.ts'
import type { BackupFile } from './file.ts'

export interface Contents {
  manifest: Manifest
  masterKey: Buffer | null
  end: End
}

/** Is told what is in a backup, in its order. */
export interface Visitor {
  rows?(table: string, json: string): Promise<void>
  sequences?(sequences: readonly Sequence[]): Promise<void>
  /** Takes all of the content. */
  artefact?(artefact: Artefact, content: AsyncIterable<Uint8Array>): Promise<void>
}

export interface Artefact {
  sha256: string
  bytes: number
}

/** Throws BackupError where the file is not as written; by then the visitor has seen a part. */
export async function readContents(file: BackupFile, visitor: Visitor = {}): Promise<Contents> {
  const entries = file.entries()
  try {
    const first = await next(entries)
    if (first.kind !== 'manifest') throw damaged('it does not begin with what is in it')
    const manifest = first.value
    const found: Found = { rows: {}, artefacts: 0 }
    let masterKey: Buffer | null = null
    let table: string | null = null
    for await (const entry of entries) {
      if (entry.kind === 'master_key') masterKey = Buffer.from(entry.value.base64, 'base64')
      else if (entry.kind === 'table') {
        table = entry.value.name
        found.rows[table] = 0
      } else if (entry.kind === 'rows' && table !== null) {
        found.rows[table] = (found.rows[table] ?? 0) + countRows(entry.json)
        await visitor.rows?.(table, entry.json)
      } else if (entry.kind === 'sequences') await visitor.sequences?.(entry.value)
      else if (entry.kind === 'artefact') {
        found.artefacts += 1
        await takeArtefact(entry.value, entries, visitor)
      } else if (entry.kind === 'end') {
        compare(manifest, found, entry.value)
        return { manifest, masterKey, end: entry.value }
      } else throw damaged(`its ${entry.kind} stands where it does not belong`)
    }
    throw damaged('its end is missing')
  } finally {
    await entries.return(undefined)
  }
}

interface Found {
  rows: Record<string, number>
  artefacts: number
}

async function next(entries: AsyncGenerator<Entry>): Promise<Entry> {
  const { value, done } = await entries.next()
  if (done === true) throw damaged('its end is missing')
  return value
}

async function takeArtefact(
  artefact: Artefact,
  entries: AsyncGenerator<Entry>,
  visitor: Visitor,
): Promise<void> {
  const content = checked(artefact, entries)
  if (visitor.artefact !== undefined) await visitor.artefact(artefact, content)
  for await (const _ of content);
}

/** The pieces that belong to it, which must be what its name says. */
async function* checked(
  { sha256, bytes }: Artefact,
  entries: AsyncGenerator<Entry>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for (let taken = 0; taken < bytes; ) {
    const entry = await next(entries)
    if (entry.kind !== 'content') throw damaged(`artefact ${sha256} is incomplete`)
    taken += entry.bytes.length
    hash.update(entry.bytes)
    yield entry.bytes
  }
  if (hash.digest('hex') !== sha256) throw damaged(`artefact ${sha256} has another content`)
}

function countRows(json: string): number {
  const rows: unknown = JSON.parse(json)
  if (!Array.isArray(rows)) throw damaged('its rows are not understood')
  return rows.length
}

function compare(manifest: Manifest, found: Found, end: End): void {
  const isWhole =
    manifest.tables.length === Object.keys(found.rows).length &&
    manifest.tables.every(({ name }) => found.rows[name] === end.rows[name]) &&
    found.artefacts === end.artefacts
  if (!isWhole) throw damaged('it does not hold what its end says')
}
