// Files of one name, the nearest first. However many share it, all are kept: which of them count is
// known only when somebody asks, and must not depend on what else is at hand.

/** Where only some files of the program count. */
export type Among = ReadonlySet<string>

export interface Asked {
  from: string
  among?: Among | undefined
  countMax: number
}

export class PathsByName {
  readonly #paths = new Map<string, string[]>()
  /** Of names of several files: folder -> files below it, sorted. */
  readonly #folders = new Map<string, Map<string, string[]>>()

  /** Files are added one after the other, each with all its names. */
  add(name: string, path: string): void {
    const paths = this.#paths.get(name)
    if (paths === undefined) this.#paths.set(name, [path])
    else if (paths.at(-1) !== path) paths.push(path)
    this.#folders.delete(name)
  }

  /** By the folders that both share, then by the text. */
  nearest(name: string, { from, among, countMax }: Asked): string[] {
    const paths = this.#paths.get(name) ?? []
    const isOf = (path: string) => among?.has(path) ?? true
    if (paths.length < 2) return paths.filter(isOf)
    const folders = this.#foldersOf(name, paths)
    const found = new Set<string>()
    for (const folder of foldersOf(from).reverse()) {
      for (const path of folders.get(folder) ?? []) {
        if (isOf(path)) found.add(path)
        if (found.size >= countMax) return [...found]
      }
    }
    return [...found]
  }

  #foldersOf(name: string, paths: readonly string[]): Map<string, string[]> {
    const known = this.#folders.get(name)
    if (known !== undefined) return known
    const folders = new Map<string, string[]>()
    for (const path of [...paths].sort()) {
      for (const folder of foldersOf(path)) {
        const below = folders.get(folder)
        if (below === undefined) folders.set(folder, [path])
        else below.push(path)
      }
    }
    this.#folders.set(name, folders)
    return folders
  }
}

/** ``, `a/`, `a/b/` of `a/b/c.py`; what lies deeper than that is equally near. */
function foldersOf(path: string): string[] {
  const folders = ['']
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (folders.length > depthMax) break
    folders.push(path.slice(0, at + 1))
  }
  return folders
}

const depthMax = 40
