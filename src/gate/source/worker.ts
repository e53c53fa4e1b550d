// The process that scans: answers what the pool asks, reads files, names their contents.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Program, type ProgramFile } from '../scanner/code/program/program.ts'
import type { Around, UnitKind } from '../scanner/engine.ts'
import type { FileResult, Scanner } from '../scanner/scanner.ts'
import { bytesMaxOf, type SizeLimits } from '../scanner/size.ts'
import type { SourceText } from '../scanner/source-text.ts'
import { type EngineSettings, loadEngine } from './engine.ts'
import { type FileStamp, isRacy, stampOf } from './file-stamp.ts'
import { OpenedFiles } from './opened.ts'

/** The first message. */
export interface WorkerSetup {
  /** URL of a module that exports an `Engine`; null for the one of every scan. */
  engine: string | null
  /** A request names the one it wants by its place. */
  scanners: EngineSettings[]
}

/** Every further message; one answer to each, in order. */
export type WorkerRequest = { kind: 'describe'; place: number } | { kind: 'scan'; task: WorkerTask }

export type WorkerAnswer =
  | { kind: 'described'; scanner: ScannerDescription }
  | { kind: 'scanned'; outcomes: WorkerOutcome[] }
  /** The engine does not load. A file that cannot be scanned is an outcome. */
  | { kind: 'failed'; message: string }

export type ScannerDescription = Pick<Scanner, 'rules' | 'digest'>

export interface WorkerTask {
  scanner: number
  /** Where files without bytes are read; null when all bytes come along. */
  root: string | null
  limits: SizeLimits
  /** Whether to answer the git name of each content. */
  name: boolean
  files: WorkerFile[]
  /** What some of them are seen among. */
  others?: WorkerOther[]
}

/** A file that is opened only when the analysis of another one asks for it. */
export interface WorkerOther extends ProgramFile {
  /** Where its content lies; null where it is read below the root, or cannot be read. */
  place: string | null
  /** Git name of the content that its outline is of, where it is known. */
  blob: string | null
}

export interface WorkerFile {
  /** Of the file, or the name of the unit. */
  path: string
  /** Null where it is to be read, or could not be. */
  bytes: Uint8Array<ArrayBuffer> | null
  /** Names of contents whose result is known: one of these needs no scan. */
  known: readonly string[]
  /** Set where it is a unit of files: these, in the place of `bytes`. */
  unit?: WorkerUnit
  /** Set where it is to be seen among others: which of `others` it may lead to, and itself. */
  among?: { reach: number[]; cut: number[] }
}

export interface WorkerUnit {
  kind: UnitKind
  /** Each with the git name of what was seen of it before, where that is known. */
  files: { path: string; blob: string | null; bytes: Uint8Array<ArrayBuffer> | null }[]
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

let setup: WorkerSetup | null = null
process.on('message', (message: WorkerSetup | WorkerRequest) => {
  if ('kind' in message) answer(message).then((reply) => process.send?.(reply))
  else setup = message
})

// Ctrl-C reaches the whole group; the pool decides what it means for its workers.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))

// Busy with a file, this thread would not notice that the pool's process is gone.
const watchdog = new Worker(
  `const { ppid } = process
  setInterval(() => { if (process.ppid !== ppid) process.kill(process.pid, 'SIGKILL') }, 500)
  require('node:worker_threads').parentPort.postMessage('watching')`,
  { eval: true, env: {} },
)
watchdog.unref()
// A thread does not start by itself while the one that made it is busy.
const watched = once(watchdog, 'message')

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  try {
    if (request.kind === 'scan') {
      return { kind: 'scanned', outcomes: await scanBatch(request.task) }
    }
    const { rules, digest } = await scannerAt(request.place)
    return { kind: 'described', scanner: { rules, digest } }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

/** A file that cannot be read or scanned is an outcome like any other. */
async function scanBatch(task: WorkerTask): Promise<WorkerOutcome[]> {
  tellAt(0)
  const [scanner] = await Promise.all([scannerAt(task.scanner), watched])
  await scanner.prepare(task.files.flatMap(pathsOf))
  const around = surroundingsOf(task)
  const outcomes = task.files.map((file, index) => {
    tellAt(index + 1)
    return file.unit === undefined
      ? outcomeOf(file, { task, scanner, around: around(file) })
      : outcomeOfUnit(file.path, file.unit, { task, scanner })
  })
  tellAt(0)
  return outcomes
}

const beatFd = 4

/** Tells the pool, past all queues, which file is at work: it is the one to blame. */
function tellAt(file: number): void {
  try {
    writeSync(beatFd, Uint8Array.of(file))
  } catch {
    // The pool does not read just now; the next one will tell.
  }
}

const built = new Map<number, Promise<Scanner>>()

function scannerAt(place: number): Promise<Scanner> {
  const scanner = built.get(place) ?? build(place)
  built.set(place, scanner)
  return scanner
}

async function build(place: number): Promise<Scanner> {
  const settings = setup?.scanners[place]
  if (setup === null || settings === undefined) throw new RangeError(`no scanner at ${place}`)
  return (await loadEngine(setup.engine)).buildScanner(settings)
}

const sources = new OpenedFiles()

/** What the files of a task are seen among; each other file is read once for all of them. */
function surroundingsOf(task: WorkerTask): (file: WorkerFile) => Surroundings | undefined {
  const others = task.others ?? []
  const program = new Program(others)
  const known = new Map(others.map((other) => [other.path, other]))
  const opened = new Map<string, SourceText | null>()
  const changed = new Set<string>()
  const read = (path: string): SourceText | null => {
    const { place = null, blob = null } = known.get(path) ?? {}
    const at = task.root === null ? place : join(task.root, path)
    const content = at === null ? 'unreadable' : readFile(at, task)
    if (isOther(content, blob, task)) changed.add(path)
    return typeof content === 'string' ? null : sources.open(path, content.bytes)
  }
  const open = (path: string): SourceText | null => {
    const before = opened.get(path)
    if (before !== undefined) return before
    const source = read(path)
    opened.set(path, source)
    return source
  }
  const at = (indexes: readonly number[]) =>
    new Set(indexes.flatMap((index) => others[index]?.path ?? []))
  return ({ path: own, among }) => {
    if (among === undefined) return undefined
    const asked = new Set<string>()
    return {
      program,
      reach: at(among.reach),
      cut: at(among.cut),
      open: (path) => {
        asked.add(path)
        return open(path)
      },
      isStale: (content) =>
        isOther(content, known.get(own)?.blob ?? null, task) ||
        [...asked].some((path) => changed.has(path)),
    }
  }
}

interface Surroundings extends Around {
  /** Whether this content, or what was opened for it, is another than the first look saw. */
  isStale: (content: Content) => boolean
}

/** Contents that have been named and laid down by their names are those, where they are there. */
function isOther(content: Content | Unread, blob: string | null, { root }: WorkerTask): boolean {
  if (blob === null) return false
  if (typeof content === 'string') return true
  return root !== null && blobName(content.bytes) !== blob
}

/** A result of contents that nobody has named: the names of before must not stand for it. */
function staled(result: FileResult): FileResult {
  const { repeatable: _, ...rest } = result
  return { ...rest, incomplete: rest.incomplete ?? 'files changed while they were scanned' }
}

function outcomeOf(
  file: WorkerFile,
  {
    task,
    scanner,
    around,
  }: { task: WorkerTask; scanner: Scanner; around: Surroundings | undefined },
): WorkerOutcome {
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
  const { path } = file
  // The buffer is read into again when other files are opened.
  const given = { path, bytes: around === undefined ? bytes : Uint8Array.from(bytes) }
  const own = { bytes: given.bytes, stamp }
  const result = safely(path, () => {
    if (around !== undefined) return scanner.scanFile(given, around)
    return scanner.glance?.(given) ?? scanner.scanFile(given)
  })
  return { ...outcome, result: around?.isStale(own) ? staled(result) : result }
}

const pathsOf = ({ path, unit }: WorkerFile) => unit?.files.map((file) => file.path) ?? [path]

function outcomeOfUnit(
  path: string,
  { kind, files }: WorkerUnit,
  { task, scanner }: { task: WorkerTask; scanner: Scanner },
): WorkerOutcome {
  let isStale = false
  const read = files.flatMap((file) => {
    // Copied, because the next file is read into the same buffer.
    const content =
      task.root === null ? contentOf(file) : copied(readFile(join(task.root, file.path), task))
    isStale ||= isOther(content, file.blob, task)
    return typeof content === 'string' ? [] : [{ path: file.path, bytes: content.bytes }]
  })
  const bytes = read.reduce((sum, file) => sum + file.bytes.length, 0)
  const missing = files.length - read.length
  const result = safely(path, () => scanner.scanUnit({ kind, path, files: read }))
  if (missing > 0) {
    result.incomplete ??= `${missing} of its files could not be read a second time`
  }
  return { result: isStale ? staled(result) : result, bytes, blob: null, stamp: null }
}

const copied = (read: Content | Unread): Content | Unread =>
  typeof read === 'string' ? read : { ...read, bytes: Uint8Array.from(read.bytes) }

interface Content {
  bytes: Uint8Array
  stamp: FileStamp | null
}
type Unread = 'unreadable' | 'too-large'

const contentOf = ({ bytes }: Pick<WorkerFile, 'bytes'>): Content | Unread =>
  bytes === null ? 'unreadable' : { bytes, stamp: null }

let buffer = Buffer.allocUnsafeSlow(1 << 20)

/** Reads into one buffer, several times faster than a new one for every small file. */
function readFile(path: string, { limits }: WorkerTask): Content | Unread {
  const fileBytesMax = bytesMaxOf(path, limits)
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

function safely(path: string, scan: () => FileResult): FileResult {
  try {
    return scan()
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
