// The files of a program by the names under which others ask for them.
import type { Outline } from './outline.ts'
import { type Among, PathsByName } from './paths-by-name.ts'

export interface ProgramFile {
  /** From the root, with `/`. */
  path: string
  outline: Outline
}

export interface Module {
  path: string
  members: string[]
}

export class Program {
  readonly #paths = new Map<string, Outline>()
  /** Full name of a type -> files that declare it. */
  readonly #types = new PathsByName()
  /** The same, only where the file is called like the type. */
  readonly #ownFiles = new PathsByName()
  /** Package -> names of its types, without and with it. */
  readonly #packages = new Map<string, Map<string, string>>()
  readonly #subtypes = new PathsByName()
  /** Data by the last part of its path. */
  readonly #data = new PathsByName()

  constructor(files: Iterable<ProgramFile>) {
    for (const { path, outline } of files) {
      this.#paths.set(path, outline)
      if (outline.language === 'data') this.#data.add(nameOf(path), path)
      for (const name of outline.declares) {
        this.#types.add(name, path)
        if (nameOf(path) === `${lastOf(name)}.java`) this.#ownFiles.add(name, path)
        this.#addToPackage(name)
      }
      for (const name of outline.extends) this.#subtypes.add(name, path)
    }
  }

  /**
   * The file that `name` means in the file `from`: a type, a module or a member of one. Of several
   * the nearest; null where it is no file of the program.
   */
  find(name: string, from: string, among?: Among): string | null {
    const { language } = this.#paths.get(from) ?? {}
    if (language === 'java') return this.#type(name, from, among)
    return this.findModule(name, from, among)?.path ?? null
  }

  /** A file of a module with the part of the name that stands for what is in it. */
  findModule(name: string, from: string, among?: Among): Module | null {
    const { language } = this.#paths.get(from) ?? {}
    if (language === 'python') return this.#module(name, from, among)
    return language === 'javascript' ? this.#script(name, among) : null
  }

  /** A file that code reads by its name. */
  data(name: string, from: string, among?: Among): string | null {
    const wanted = name.slice(name.lastIndexOf('/') + 1)
    return this.#data.nearest(wanted, { from, among, countMax: 1 })[0] ?? null
  }

  /** Files with types that extend this one, the nearest first. */
  subtypes(name: string, from: string, among?: Among): string[] {
    return this.#subtypes.nearest(name, { from, among, countMax: subtypesMax })
  }

  /** All files that this one may lead to at once, sorted. */
  neighbours(path: string): string[] {
    const outline = this.#paths.get(path)
    const found = new Set<string>()
    for (const name of outline?.wants ?? []) {
      const file = name.endsWith('.properties') ? this.data(name, path) : this.find(name, path)
      if (file !== null) found.add(file)
    }
    const { words = '', packages = [] } = outline ?? {}
    const simple = words === '' ? [] : words.split(' ')
    for (const name of packages) {
      const types = this.#packages.get(name)
      if (types === undefined) continue
      for (const word of simple) {
        const full = types.get(word)
        const file = full === undefined ? null : this.#type(full, path)
        if (file !== null) found.add(file)
      }
    }
    for (const name of outline?.declares ?? []) {
      for (const file of this.subtypes(name, path)) found.add(file)
    }
    // A package's own file says what its name brings.
    found.delete(path)
    return [...found].sort()
  }

  #addToPackage(name: string): void {
    const dot = name.lastIndexOf('.')
    const namespace = name.slice(0, Math.max(dot, 0))
    const types = this.#packages.get(namespace) ?? new Map<string, string>()
    types.set(name.slice(dot + 1), name)
    this.#packages.set(namespace, types)
  }

  /** `p.Outer.Inner` is in the file of `p.Outer`. */
  #type(name: string, from: string, among?: Among): string | null {
    for (let at = name; ; at = at.slice(0, at.lastIndexOf('.'))) {
      const asked = { from, among, countMax: 1 }
      const [own] = this.#ownFiles.nearest(at, asked)
      const [file] = own === undefined ? this.#types.nearest(at, asked) : [own]
      if (file !== undefined) return file
      if (!at.includes('.')) return null
    }
  }

  #script(name: string, among?: Among): Module | null {
    if (!name.startsWith('./')) return null
    return this.#split(name, (module) => {
      const bare = module.slice(2)
      const stem = bare === '' ? '' : `${bare}/`
      const candidates = [
        bare,
        ...scriptEndings.map((end) => bare + end),
        ...scriptEndings.map((end) => `${stem}index${end}`),
      ]
      return candidates.find((path) => this.#isOf(path, 'javascript', among)) ?? null
    })
  }

  /** Folders that hold the importing file may be where Python looks for modules. */
  #module(name: string, from: string, among?: Among): Module | null {
    return this.#split(name, (module) => {
      const bare = module.replaceAll('.', '/')
      for (const folder of foldersAbove(from)) {
        const found = [`${bare}.py`, `${bare}/__init__.py`]
          .flatMap((path) => [folder + path, `${folder}src/${path}`])
          .find((path) => this.#isOf(path, 'python', among))
        if (found !== undefined) return found
      }
      return null
    })
  }

  /** The longest part of the name that is a module. */
  #split(name: string, file: (module: string) => string | null): Module | null {
    const members: string[] = []
    for (let module = name; members.length <= membersMax; ) {
      const path = file(module)
      if (path !== null) return { path, members }
      const dot = module.lastIndexOf('.')
      if (dot <= module.lastIndexOf('/') || dot <= 0) return null
      members.unshift(module.slice(dot + 1))
      module = module.slice(0, dot)
    }
    return null
  }

  #isOf(path: string, language: Outline['language'], among: Among | undefined): boolean {
    return this.#paths.get(path)?.language === language && (among?.has(path) ?? true)
  }
}

const scriptEndings = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.vue']
const membersMax = 4
const subtypesMax = 4

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/** `a/b/`, `a/`, `` of `a/b/c.py`. */
function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end + 1))
    if (end === 0) break
  }
  return [...folders, '']
}
