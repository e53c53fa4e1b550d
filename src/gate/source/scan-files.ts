// Takes files from a source to their results: from the cache where they are known, else through
// the workers in batches, and back in the order of the source.
import type { FileResult } from '../scanner/scanner.ts'
import type { SizeLimits } from '../scanner/size.ts'
import type { ResultCache } from './cache/results.ts'
import type { FileStamp } from './file-stamp.ts'
import { inOrder } from './ordered.ts'
import type { LoadedFile, ScanPool } from './pool.ts'
import type { SessionScanner } from './session.ts'
import type { WorkerOutcome } from './worker.ts'

export interface SourceFile {
  path: string
  bytes: number
  /** Git name of the content, where it is known without reading. */
  blob: string | null
}

export interface Scanned<File extends SourceFile> {
  file: File
  result: FileResult
  bytes: number
  blob: string | null
  /** Where workers read the file, and it proves that it did not change since. */
  stamp: FileStamp | null
  /** Code in which weaknesses may be missed, as a file that may lead to it was cut short. */
  isUnproved?: boolean
}

export interface FileGroup<File extends SourceFile> {
  pool: ScanPool
  scanner: SessionScanner
  files: Iterable<File> | AsyncIterable<File>
  /** Where workers read the files; null when `load` brings them. */
  root: string | null
  load?: (blobs: readonly string[]) => Promise<(Uint8Array<ArrayBuffer> | null)[]>
  limits: SizeLimits
  /** Whether workers name contents, so that what they find can be kept or told apart. */
  name: boolean
  signal?: AbortSignal | undefined
}

export async function* scanFiles<File extends SourceFile>(
  group: FileGroup<File>,
): AsyncGenerator<Scanned<File>> {
  const batches = batchesOf(group.files, group.scanner.cache)
  const atOnce = group.pool.workers + 2
  for await (const scanned of inOrder(batches, atOnce, (slots) => scanSlots(slots, group))) {
    yield* scanned
  }
}

interface Slot<File> {
  file: File
  /** Null where a worker must look. */
  cached: FileResult | null
}

// Enough for a worker that handing it over costs little, few enough that none waits for another.
const batchFilesMax = 64
const batchBytesMax = 1 << 20
const batchSlotsMax = 1024

async function* batchesOf<File extends SourceFile>(
  files: Iterable<File> | AsyncIterable<File>,
  cache: ResultCache | null,
): AsyncGenerator<Slot<File>[]> {
  let slots: Slot<File>[] = []
  let toScan = { files: 0, bytes: 0 }
  for await (const file of files) {
    const cached = file.blob === null ? null : (cache?.get(file.path, file.blob) ?? null)
    slots.push({ file, cached })
    if (cached === null) toScan = { files: toScan.files + 1, bytes: toScan.bytes + file.bytes }
    const full = toScan.files >= batchFilesMax || toScan.bytes >= batchBytesMax
    if (!full && slots.length < batchSlotsMax) continue
    yield slots
    slots = []
    toScan = { files: 0, bytes: 0 }
  }
  if (slots.length > 0) yield slots
}

async function scanSlots<File extends SourceFile>(
  slots: Slot<File>[],
  group: FileGroup<File>,
): Promise<Scanned<File>[]> {
  const waiting = slots.filter(({ cached }) => cached === null).map(({ file }) => file)
  const outcomes = waiting.length === 0 ? [] : await askPool(waiting, group)
  const byFile = new Map(waiting.map((file, i) => [file, outcomes[i]]))
  return slots.map(({ file, cached }) => {
    const outcome = byFile.get(file)
    if (outcome !== undefined) return fromOutcome(file, outcome, group.scanner.cache)
    const result = cached ?? lostResult(file.path)
    return { file, result, bytes: file.bytes, blob: file.blob, stamp: null }
  })
}

async function askPool<File extends SourceFile>(
  files: File[],
  { pool, scanner, root, load, limits, name, signal }: FileGroup<File>,
): Promise<WorkerOutcome[]> {
  const batch = {
    scanner: scanner.place,
    root,
    limits,
    name,
    files: files.map(({ path, blob }) => {
      // Where the content has a name already, its result was looked for and is not known.
      const known = blob === null ? (scanner.cache?.known(path) ?? []) : []
      return { path, blob, known }
    }),
    ...(load && {
      load: (asked: readonly LoadedFile[]) => load(asked.map(({ blob }) => blob ?? '')),
    }),
  }
  return pool.scan(batch, signal)
}

function fromOutcome<File extends SourceFile>(
  file: File,
  outcome: WorkerOutcome,
  cache: ResultCache | null,
): Scanned<File> {
  const { bytes, stamp } = outcome
  const blob = outcome.blob ?? file.blob
  const known = outcome.result === null && blob !== null ? cache?.get(file.path, blob) : null
  const result = outcome.result ?? known ?? lostResult(file.path)
  if (outcome.result !== null && blob !== null) cache?.set(blob, result)
  return { file, result, bytes, blob, stamp }
}

// A result that was known a moment ago and is not now: the cache was tampered with meanwhile.
export function lostResult(path: string): FileResult {
  const incomplete = 'its known result was lost: scan again'
  return { path, findings: [], suppressed: [], skipped: null, incomplete }
}
