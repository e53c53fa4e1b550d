// The files around the one that is analysed: opened and parsed when the analysis asks for them.
import type { Around } from '../../engine.ts'
import type { SourceText } from '../../source-text.ts'
import type { Lowered } from '../frontend.ts'
import type { Neighbour, Surroundings } from '../interpret/surroundings.ts'

export class Neighbourhood implements Surroundings {
  readonly #source: SourceText
  readonly #around: Around
  readonly #lower: (source: SourceText) => Lowered | null
  readonly #opened = new Map<string, Neighbour | null>()
  readonly #missed = new Set<string>()
  #bytes = 0

  constructor(source: SourceText, around: Around, lower: (source: SourceText) => Lowered | null) {
    this.#source = source
    this.#around = around
    this.#lower = lower
  }

  /** What was asked for and is not at hand. */
  get incomplete(): string | null {
    const { size } = this.#missed
    if (size === 0) return null
    return `calls into ${size} other ${size === 1 ? 'file was' : 'files were'} not followed`
  }

  type(name: string): Neighbour | null {
    const { program, reach } = this.#around
    const path = program.find(name, this.#source.path, reach)
    return path === null || path === this.#source.path ? null : this.#open(path)
  }

  subtypes(name: string): Neighbour[] {
    const { program, reach } = this.#around
    const paths = program.subtypes(name, this.#source.path, reach)
    return paths.flatMap((path) => (path === this.#source.path ? [] : (this.#open(path) ?? [])))
  }

  module(name: string, from: SourceText): (Neighbour & { members: string[] }) | null {
    const { program, reach } = this.#around
    const found = program.findModule(name, from.path, reach)
    const opened = found === null ? null : this.#open(found.path)
    return found === null || opened === null ? null : { ...opened, members: found.members }
  }

  resource(name: string): string | null {
    const { program, reach } = this.#around
    const path = program.data(name, this.#source.path, reach)
    return path === null ? null : (this.#around.open(path)?.text ?? null)
  }

  #open(path: string): Neighbour | null {
    const known = this.#opened.get(path)
    if (known !== undefined) return known
    const source = this.#sourceOf(path)
    const lowered = source === null ? null : this.#lower(source)
    const opened = source === null || lowered === null ? null : { file: lowered.file, source }
    if (opened === null) this.#missed.add(path)
    this.#opened.set(path, opened)
    return opened
  }

  #sourceOf(path: string): SourceText | null {
    if (path === this.#source.path) return this.#source
    const isOver = this.#opened.size >= openedMax || this.#bytes > bytesMax
    if (isOver || this.#around.cut.has(path)) return null
    const source = this.#around.open(path)
    this.#bytes += source?.bytes.length ?? 0
    return source
  }
}

/** Files and their bytes that are opened for one. */
const openedMax = 250
const bytesMax = 4 << 20
