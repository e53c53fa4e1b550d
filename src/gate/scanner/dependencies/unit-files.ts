// The files of a unit by their paths, each parsed once however many readers look into it.
import type { SourceText } from '../source-text.ts'
import { parseJson } from './formats/json.ts'
import { parseToml } from './formats/toml.ts'

/** A file as readers see it; places in `text` are places in the source. */
export interface ProjectFile {
  path: string
  text: string
}

/** A byte order mark counts as an empty first line, so that no reader has to know of it. */
export function projectFile({ path, text }: SourceText): ProjectFile {
  return { path, text: text.startsWith('\ufeff') ? `\n${text.slice(1)}` : text }
}

export class UnitFiles {
  readonly #byPath: ReadonlyMap<string, ProjectFile>
  readonly #views = new Map<unknown, unknown>()
  readonly #parsed = new Map<unknown, Map<ProjectFile, unknown>>()

  constructor(files: readonly SourceText[]) {
    this.#byPath = new Map(files.map((file) => [file.path, projectFile(file)]))
  }

  get paths(): IterableIterator<string> {
    return this.#byPath.keys()
  }

  get(path: string): ProjectFile | undefined {
    return this.#byPath.get(path)
  }

  has(path: string): boolean {
    return this.#byPath.has(path)
  }

  /** undefined where there is no such file, or none that can be read. */
  json(path: string): unknown {
    return this.#parse(path, jsonOf)
  }

  toml(path: string): unknown {
    return this.#parse(path, tomlOf)
  }

  /** What `parse` makes of the file, or `otherwise` where it throws. Call it with one `parse`. */
  once<T>(file: ProjectFile, parse: (file: ProjectFile) => T, otherwise: T): T {
    const known = this.#parsed.get(parse) ?? new Map<ProjectFile, unknown>()
    this.#parsed.set(parse, known)
    if (!known.has(file)) {
      try {
        known.set(file, parse(file))
      } catch {
        // Its own reader says what is wrong with it.
        known.set(file, otherwise)
      }
    }
    return known.get(file) as T
  }

  /** One view of all files, for all readers that ask for it. */
  whole<T>(View: new (unit: UnitFiles) => T): T {
    const view = (this.#views.get(View) as T | undefined) ?? new View(this)
    this.#views.set(View, view)
    return view
  }

  #parse(path: string, parse: (file: ProjectFile) => unknown): unknown {
    const file = this.#byPath.get(path)
    return file === undefined ? undefined : this.once(file, parse, undefined)
  }
}

const jsonOf = ({ text }: ProjectFile) => parseJson(text)
const tomlOf = ({ text }: ProjectFile) => parseToml(text)
