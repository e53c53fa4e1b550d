// All files of a tree, each with its final result: first each by itself, then code among the files
// that it leads to, which is known only when all have been met.
import { setImmediate } from 'node:timers/promises'
import type { Language } from '../scanner/code/ir/ir.ts'
import { dataOutline, type Outline } from '../scanner/code/program/outline.ts'
import { Program } from '../scanner/code/program/program.ts'
import { type Reach, Reaches } from '../scanner/code/program/reach.ts'
import { mergeShared } from '../scanner/merge-shared.ts'
import type { FileResult } from '../scanner/scanner.ts'
import { inOrder } from './ordered.ts'
import type { Batch, BatchFile } from './pool.ts'
import {
  type FileGroup,
  lostResult,
  type Scanned,
  type SourceFile,
  scanFiles,
} from './scan-files.ts'
import type { Shelf } from './shelf.ts'
import { isCut, languageOf, unprovedOf } from './unproved.ts'

export interface TreeGroup<File extends SourceFile> extends FileGroup<File> {
  /** Where workers find contents that are not below a root. */
  shelf?: Shelf
  /** Called as often as there are files, each time one is done. */
  onDone?: () => void
}

export async function* scanTree<File extends SourceFile>(
  group: TreeGroup<File>,
): AsyncGenerator<Scanned<File>> {
  const outlined: Scanned<File>[] = []
  const lost = new Set<Language>()
  for await (const scanned of scanFiles(group)) {
    const outline = scanned.result.outline ?? outlineOfLost(scanned, group)
    const { file, result } = scanned
    if (outline !== undefined) outlined.push({ ...scanned, result: { ...result, outline } })
    const language = languageOf(file.path)
    if (language !== null && isCut(result)) lost.add(language)
    // Data that code reads has been looked at like any other file.
    if (outline !== undefined && outline.language !== 'data') continue
    group.onDone?.()
    yield scanned
  }
  yield* scanProgram(outlined, lost, group)
}

/**
 * Of code that the first look failed at, before anything was looked for in it: it is scanned as
 * one that leads nowhere, so that only what it leads to is missed.
 */
function outlineOfLost<File extends SourceFile>(
  { file, result }: Scanned<File>,
  { scanner }: TreeGroup<File>,
): Outline | undefined {
  const language = languageOf(file.path)
  const isCode = scanner.rules.some(({ scanType }) => scanType === 'sast')
  if (language === null || !isCode || result.incomplete === null) return undefined
  if (result.skipped !== null || result.findings.length > 0) return undefined
  return { language, declares: [], extends: [], wants: [] }
}

/** Code and the data that it reads, after the first look. */
async function* scanProgram<File extends SourceFile>(
  outlined: readonly Scanned<File>[],
  lost: ReadonlySet<Language>,
  group: TreeGroup<File>,
): AsyncGenerator<Scanned<File>> {
  const known = new Neighbours(outlined)
  await known.prepare()
  const code = outlined.filter(({ result }) => result.outline?.language !== 'data')
  const done: Scanned<File>[] = []
  const batches = batchesOf(code, known, group)
  const atOnce = group.pool.workers + 2
  for await (const results of inOrder(batches, atOnce, (slots) => scanSlots(slots, known, group))) {
    for (const scanned of results) {
      done.push(scanned)
      group.onDone?.()
    }
  }
  const merged = mergeShared(done.flatMap(({ result }) => result.shared ?? []))
  const looked = done.map(({ file, result }) => ({ path: file.path, result }))
  const unproved = unprovedOf(looked, lost, (path) => {
    const { paths, cut, isOver } = known.of(path)
    return isOver ? code.map(({ file }) => file.path) : [...paths, ...cut]
  })
  for (const scanned of done) {
    const { shared: _, ...result } = scanned.result
    const { findings = [], suppressed = [] } = merged.get(result.path) ?? {}
    result.findings = [...result.findings, ...findings]
    result.suppressed = [...result.suppressed, ...suppressed]
    yield { ...scanned, result, isUnproved: unproved.has(scanned.file.path) }
  }
}

/** Who leads to whom. */
class Neighbours {
  readonly #byPath: Map<string, Scanned<SourceFile>>
  readonly #reaches: Reaches
  readonly #over = new Set<string>()

  constructor(outlined: readonly Scanned<SourceFile>[]) {
    this.#byPath = new Map(outlined.map((one) => [one.file.path, one]))
    const files = outlined.flatMap(({ file: { path }, result: { outline } }) =>
      outline === undefined ? [] : [{ path, outline }],
    )
    this.#reaches = new Reaches(new Program(files))
  }

  /** A server answers others meanwhile. */
  prepare(): Promise<void> {
    const blobOf = (path: string) => this.#byPath.get(path)?.blob ?? null
    return this.#reaches.prepare([...this.#byPath.keys()], blobOf, setImmediate)
  }

  of(path: string): Reach {
    const reach = this.#reaches.of(path)
    if (reach.isOver) this.#over.add(path)
    return reach
  }

  /** Whether less of its reach than it has was told. */
  isOver(path: string): boolean {
    return this.#over.has(path)
  }

  /** Names all contents that the result may depend on; null where one has no name. */
  digest(path: string): string | null {
    return this.#reaches.digest(path, (one) => this.#byPath.get(one)?.blob ?? null)
  }

  get(path: string): Scanned<SourceFile> | undefined {
    return this.#byPath.get(path)
  }
}

interface Slot<File extends SourceFile> {
  scanned: Scanned<File>
  digest: string | null
  /** Null where a worker must look. */
  cached: FileResult | null
}

// Neighbours lead to much the same files, which are sent and opened once for all of a batch.
const batchFilesMax = 32
const batchBytesMax = 512 << 10
const batchSlotsMax = 1024

function* batchesOf<File extends SourceFile>(
  code: readonly Scanned<File>[],
  known: Neighbours,
  { scanner }: TreeGroup<File>,
): Generator<Slot<File>[]> {
  let slots: Slot<File>[] = []
  let toScan = { files: 0, bytes: 0 }
  for (const scanned of code) {
    const { path } = scanned.file
    const digest = known.digest(path)
    const cached = digest === null ? null : (scanner.cache?.get(path, digest) ?? null)
    slots.push({ scanned, digest, cached })
    if (cached === null) toScan = { files: toScan.files + 1, bytes: toScan.bytes + scanned.bytes }
    const full = toScan.files >= batchFilesMax || toScan.bytes >= batchBytesMax
    if (!full && slots.length < batchSlotsMax) continue
    yield slots
    slots = []
    toScan = { files: 0, bytes: 0 }
  }
  if (slots.length > 0) yield slots
}

async function scanSlots<File extends SourceFile>(
  slots: readonly Slot<File>[],
  known: Neighbours,
  group: TreeGroup<File>,
): Promise<Scanned<File>[]> {
  const waiting = slots.filter(({ cached }) => cached === null)
  const outcomes =
    waiting.length === 0
      ? []
      : await group.pool.scan(await batchOf(waiting, known, group), group.signal)
  const results = new Map(waiting.map((slot, i) => [slot, outcomes[i]?.result]))
  return slots.map((slot) => {
    const { scanned, digest, cached } = slot
    const { path } = scanned.file
    const result = cached ?? results.get(slot) ?? lostResult(path)
    if (known.isOver(path)) result.incomplete ??= 'it leads to more files than are followed'
    if (cached === null && digest !== null) group.scanner.cache?.set(digest, result)
    const incomplete = result.incomplete ?? scanned.result.incomplete
    return { ...scanned, result: { ...result, incomplete } }
  })
}

async function batchOf<File extends SourceFile>(
  slots: readonly Slot<File>[],
  known: Neighbours,
  { scanner, root, limits, load, shelf }: TreeGroup<File>,
): Promise<Batch> {
  const others = new Map<string, number>()
  const placesOf = (paths: readonly string[]): number[] =>
    paths.map((path) => {
      const place = others.get(path) ?? others.size
      others.set(path, place)
      return place
    })
  const files: BatchFile[] = []
  for (const { scanned } of slots) {
    const { path } = scanned.file
    await setImmediate()
    const reach = known.of(path)
    const among = {
      reach: placesOf([path, ...reach.paths, ...reach.cut]),
      cut: placesOf(reach.cut),
    }
    files.push({ path, blob: scanned.blob, known: [], among })
  }
  const found = [...others.keys()].flatMap((path) => known.get(path) ?? [])
  await shelf?.put(found.map(({ blob }) => blob))
  return {
    scanner: scanner.place,
    root,
    limits,
    name: false,
    files,
    others: found.map(({ file: { path }, blob, result: { outline = dataOutline } }) => {
      // What it wants itself has been looked up.
      return {
        path,
        outline: { ...outline, wants: [], words: '' },
        place: shelf?.placeOf(blob) ?? null,
        blob,
      }
    }),
    ...(load && { load: (asked) => load(asked.map(({ blob }) => blob ?? '')) }),
  }
}
