// All files of a tree, each with its final result: first each by itself, then code among the files
// that it leads to, which is known only when all have been met.
import { dataOutline } from '../scanner/code/program/outline.ts'
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
  for await (const scanned of scanFiles(group)) {
    const { outline } = scanned.result
    if (outline !== undefined) outlined.push(scanned)
    // Data that code reads has been looked at like any other file.
    if (outline !== undefined && outline.language !== 'data') continue
    group.onDone?.()
    yield scanned
  }
  yield* scanProgram(outlined, group)
}

/** Code and the data that it reads, after the first look. */
async function* scanProgram<File extends SourceFile>(
  outlined: readonly Scanned<File>[],
  group: TreeGroup<File>,
): AsyncGenerator<Scanned<File>> {
  const known = new Neighbours(outlined)
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
  for (const scanned of done) {
    const { shared: _, ...result } = scanned.result
    const { findings = [], suppressed = [] } = merged.get(result.path) ?? {}
    result.findings = [...result.findings, ...findings]
    result.suppressed = [...result.suppressed, ...suppressed]
    yield { ...scanned, result }
  }
}

/** Who leads to whom. */
class Neighbours {
  readonly #byPath: Map<string, Scanned<SourceFile>>
  readonly #reaches: Reaches

  constructor(outlined: readonly Scanned<SourceFile>[]) {
    this.#byPath = new Map(outlined.map((one) => [one.file.path, one]))
    const files = outlined.flatMap(({ file: { path }, result: { outline } }) =>
      outline === undefined ? [] : [{ path, outline }],
    )
    this.#reaches = new Reaches(new Program(files))
  }

  of(path: string): Reach {
    return this.#reaches.of(path)
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
    const result = cached ?? results.get(slot) ?? lostResult(scanned.file.path)
    if (cached === null && digest !== null) group.scanner.cache?.set(digest, result)
    return { ...scanned, result }
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
  const files = slots.map(({ scanned: { file, blob } }): BatchFile => {
    const { path } = file
    const reach = known.of(path)
    const among = {
      reach: placesOf([path, ...reach.paths, ...reach.cut]),
      cut: placesOf(reach.cut),
    }
    return { path, blob, known: [], among }
  })
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
      }
    }),
    ...(load && { load: (asked) => load(asked.map(({ blob }) => blob ?? '')) }),
  }
}
