// Runs in the threads of the pool: reads files, names their contents and scans them.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { basename, join } from 'node:path'
import { workerData } from 'node:worker_threads'
import type { FileResult, Scanner } from '../scanner/scanner.ts'
import type { EngineSettings } from './engine.ts'
import { type FileStamp, isRacy, stampOf } from './file-stamp.ts'

export interface WorkerData {
  /** URL of a module that exports an `Engine`; null for the one of every scan. */
  engine: string | null
  /** A task names the one it wants by its place. */
  scanners: EngineSettings[]
  /** Where the process keeps compiled modules: threads do not know it by themselves. */
  compileCache: string | null
}

export interface WorkerTask {
  scanner: number
  /** Where files without bytes are read; null when all bytes come along. */
  root: string | null
  fileBytesMax: number
  /** Whether to answer the git name of each content. */
  name: boolean
  files: WorkerFile[]
  /** One `Int32`: the file at work, counted from 1, or 0. It tells the pool which one hangs. */
  beat: SharedArrayBuffer
}

export interface WorkerFile {
  path: string
  /** Null where it is to be read, or could not be. */
  bytes: Uint8Array<ArrayBuffer> | null
  /** Names of contents whose result is known: one of these needs no scan. */
  known: readonly string[]
}

export interface WorkerOutcome {
  /** Null for a content whose result is known. */
  result: FileResult | null
  bytes: number
  /** SHA-1 of the content as a git blob, or null when it was not asked for. */
  blob: string | null
  /** Only where it proves that the file did not change since. */
  stamp: FileStamp | null
}

/** What a scanner is, for whoever keeps its results or reports on its rules. */
export async function describeScanner(place: number): Promise<ScannerDescription> {
  const { rules, digest } = await scannerAt(place)
  return { rules, digest }
}

export type ScannerDescription = Pick<Scanner, 'rules' | 'digest'>

/** Scans a batch; a file that cannot be read or scanned is an outcome like any other. */
export async function scanBatch(task: WorkerTask): Promise<WorkerOutcome[]> {
  const scanner = await scannerAt(task.scanner)
  const beat = new Int32Array(task.beat)
  const outcomes = task.files.map((file, index) => {
    Atomics.store(beat, 0, index + 1)
    return outcomeOf(file, task, scanner)
  })
  Atomics.store(beat, 0, 0)
  return outcomes
}

const { engine, scanners, compileCache } = workerData as WorkerData
if (compileCache !== null) enableCompileCache(compileCache)
const built = new Map<number, Promise<Scanner>>()

function scannerAt(index: number): Promise<Scanner> {
  const scanner = built.get(index) ?? build(index)
  built.set(index, scanner)
  return scanner
}

async function build(index: number): Promise<Scanner> {
  const settings = scanners[index]
  if (settings === undefined) throw new RangeError(`no scanner has the number ${index}`)
  // Only here, when compiled modules are already looked up where the process keeps them.
  const { loadEngine } = await import('./engine.ts')
  return (await loadEngine(engine)).buildScanner(settings)
}

function outcomeOf(file: WorkerFile, task: WorkerTask, scanner: Scanner): WorkerOutcome {
  const read = task.root === null ? contentOf(file) : readFile(join(task.root, file.path), task)
  if (typeof read === 'string') {
    return {
      result: withoutFindings(file.path, { skipped: read }),
      bytes: 0,
      blob: null,
      stamp: null,
    }
  }
  const { bytes, stamp } = read
  const blob = task.name ? blobName(bytes) : null
  const outcome = { bytes: bytes.length, blob, stamp }
  if (blob !== null && file.known.includes(blob)) return { ...outcome, result: null }
  return { ...outcome, result: scanSafely(scanner, file.path, bytes) }
}

interface Content {
  bytes: Uint8Array
  stamp: FileStamp | null
}
type Unread = 'unreadable' | 'too-large'

const contentOf = ({ bytes }: WorkerFile): Content | Unread =>
  bytes === null ? 'unreadable' : { bytes, stamp: null }

let buffer = Buffer.allocUnsafeSlow(1 << 20)

/** Reads into one buffer, several times faster than a new one for every small file. */
function readFile(path: string, { fileBytesMax }: WorkerTask): Content | Unread {
  let file: number
  try {
    // Never through a link that took the file's place, never waiting for a pipe.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return 'unreadable'
  }
  try {
    const takenAt = Date.now()
    const stats = fstatSync(file, { bigint: true })
    if (!stats.isFile()) return 'unreadable'
    const bytes = fill(file, Math.min(Number(stats.size), fileBytesMax) + 1)
    if (bytes.length > fileBytesMax) return 'too-large'
    const stamp = stampOf(stats)
    return { bytes, stamp: isRacy(stamp, takenAt) ? null : stamp }
  } catch {
    return 'unreadable'
  } finally {
    closeSync(file)
  }
}

/** Up to `length` bytes; a file that grew meanwhile is read no further. */
function fill(file: number, length: number): Uint8Array {
  if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(length)
  let end = 0
  while (end < length) {
    const read = readSync(file, buffer, end, length - end, null)
    if (read === 0) break
    end += read
  }
  return buffer.subarray(0, end)
}

function blobName(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

function scanSafely(scanner: Scanner, path: string, bytes: Uint8Array): FileResult {
  try {
    return scanner.scanFile({ path, bytes })
  } catch (error) {
    return withoutFindings(path, { incomplete: `the scanner failed: ${whereOf(error)}` })
  }
}

/** Kind and place of an error, not its message, which may quote the file. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return 'with no error'
  const [, place, line] = /\(?((?:file:|\/)[^\s()]+?):(\d+):\d+\)?$/m.exec(error.stack ?? '') ?? []
  return place === undefined ? error.name : `${error.name} in ${basename(place)}:${line}`
}

function withoutFindings(path: string, reason: Partial<FileResult>): FileResult {
  return { path, findings: [], suppressed: [], skipped: null, incomplete: null, ...reason }
}
