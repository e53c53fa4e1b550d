// Gathers what one lock file names, and works out how each package came in: directly or by which
// way, and whether anything that is shipped needs it.
import type { SourceText } from '../source-text.ts'
import type { Budget } from '../weakness.ts'
import { Unreadable } from './formats/unreadable.ts'
import { bareUrl } from './origin-url.ts'
import { type Ecosystem, type Package, packageKey } from './package.ts'

export interface PackageNode {
  name: string
  version: string | null
  range?: string | null
  /** Where the file names it: UTF-16 units of its text; the end is exclusive. */
  start: number
  end: number
  /** What the file itself says; left out, it follows from the roots. */
  direct?: boolean | null
  development?: boolean | null
  /** Names of other nodes, as `add` was told; unknown ones are passed over. */
  dependsOn?: readonly string[]
  licence?: string | null
  integrity?: string | null
  origin?: string | null
}

export const packagesPerFileMax = 100_000
const nameCharsMax = 300
/** Longer ways are cycles or attacks; the package then stands alone. */
const pathLengthMax = 64
const nodesPerLook = 256

export class PackageGraph {
  readonly #source: SourceText
  readonly #ecosystem: Ecosystem
  readonly #budget: Budget
  readonly #nodes = new Map<string, PackageNode>()
  /** What the project itself asks for, and whether it does so for development only. */
  readonly #roots = new Map<string, boolean>()
  #looks = 0
  #leftOut = 0

  constructor(source: SourceText, ecosystem: Ecosystem, budget: Budget) {
    this.#source = source
    this.#ecosystem = ecosystem
    this.#budget = budget
  }

  /** `id` is how the file's own edges name the node. Ends the reading when a limit is met. */
  add(id: string, node: PackageNode): void {
    this.look()
    if (this.#nodes.size >= packagesPerFileMax) {
      throw new Unreadable(`only its first ${packagesPerFileMax} packages were read`)
    }
    const { name, version } = node
    if (name === '') return
    if (name.length > nameCharsMax || (version?.length ?? 0) > nameCharsMax) {
      this.#leftOut++
      return
    }
    if (!this.#nodes.has(id)) this.#nodes.set(id, withoutCredentials(node))
  }

  /** What was passed over, for the reader; null where nothing was. */
  get shortfall(): string | null {
    if (this.#leftOut === 0) return null
    const packages = this.#leftOut === 1 ? 'a package' : `${this.#leftOut} packages`
    return `${packages} with a name or version of over ${nameCharsMax} characters left out`
  }

  has(id: string): boolean {
    return this.#nodes.has(id)
  }

  /** Says that the project itself asks for a node. */
  require(id: string, { development }: { development: boolean }): void {
    this.look()
    this.#roots.set(id, development && (this.#roots.get(id) ?? true))
  }

  /** To be called in long loops that add nothing. */
  look(): void {
    if (++this.#looks % nodesPerLook === 0 && this.#budget.expired()) {
      throw new Unreadable('time was up before all of it was read')
    }
  }

  /** In the order of the file; one for all nodes of the same name and version. */
  packages(): Package[] {
    const ways = this.#ways()
    const shipped = this.#shipped()
    const merged = new Map<string, Merged>()
    const nodes = [...this.#nodes].sort(([, a], [, b]) => a.start - b.start)
    for (const [id, node] of nodes) {
      const found = this.#package(id, node, { ways, shipped })
      const key = packageKey(node)
      const known = merged.get(key) ?? { found, dependsOn: null }
      known.found = known.found === found ? found : mergePackages(known.found, found)
      known.dependsOn = this.#withKeys(known.dependsOn, node.dependsOn)
      merged.set(key, known)
    }
    return [...merged].map(([key, { found, dependsOn }]) => {
      dependsOn?.delete(key)
      return dependsOn === null ? found : { ...found, dependsOn: [...dependsOn] }
    })
  }

  #package(id: string, node: PackageNode, { ways, shipped }: Reach): Package {
    const { name, version, range = null, start, end } = node
    const { line, column } = this.#source.positionAt(start)
    const known = this.#roots.size > 0
    return {
      ecosystem: this.#ecosystem,
      name,
      version,
      range: version === null ? range : null,
      place: {
        path: this.#source.path,
        line,
        column,
        endColumn: column + Math.max(end - start, 0),
      },
      direct: node.direct ?? (known ? this.#roots.has(id) : ways.get(id) === null || null),
      development: node.development ?? (known && ways.has(id) && !shipped.has(id)),
      path: this.#pathTo(id, ways),
      dependsOn: [],
      licence: node.licence ?? null,
      integrity: node.integrity ?? null,
      origin: node.origin ?? null,
    }
  }

  #withKeys(known: Set<string> | null, ids: readonly string[] = []): Set<string> | null {
    if (ids.length === 0) return known
    const keys = known ?? new Set()
    for (const id of ids) {
      const node = this.#nodes.get(id)
      if (node !== undefined) keys.add(packageKey(node))
    }
    return keys
  }

  /** For each reached node the one before it on its shortest way; null for where ways begin. */
  #ways(): Map<string, string | null> {
    const starts = this.#roots.size > 0 ? this.#roots.keys() : this.#unasked()
    const ways = new Map<string, string | null>()
    for (const id of starts) if (this.#nodes.has(id)) ways.set(id, null)
    this.#spread(ways, (id, from) => ways.set(id, from))
    return ways
  }

  /** Nodes that something shipped needs. */
  #shipped(): Set<string> {
    const shipped = new Set<string>()
    for (const [id, development] of this.#roots) {
      if (!development && this.#nodes.has(id)) shipped.add(id)
    }
    this.#spread(shipped, (id) => shipped.add(id))
    return shipped
  }

  /** Breadth first: what `reach` adds to `reached` is visited in its turn. */
  #spread(
    reached: { has(id: string): boolean; keys(): Iterable<string> },
    reach: (id: string, from: string) => void,
  ): void {
    for (const from of reached.keys()) {
      for (const id of this.#nodes.get(from)?.dependsOn ?? []) {
        if (!reached.has(id) && this.#nodes.has(id)) reach(id, from)
      }
    }
  }

  /** Where the file does not tell what the project asks for: what no other package asks for. */
  #unasked(): string[] {
    const asked = new Set<string>()
    for (const [id, { dependsOn = [] }] of this.#nodes) {
      for (const other of dependsOn) if (other !== id) asked.add(other)
    }
    // Without any edge nothing is known of how packages came in.
    if (asked.size === 0) return []
    return [...this.#nodes.keys()].filter((id) => !asked.has(id))
  }

  #pathTo(id: string, ways: ReadonlyMap<string, string | null>): string[] {
    const path: string[] = []
    for (let at: string | null | undefined = id; typeof at === 'string'; at = ways.get(at)) {
      const node = this.#nodes.get(at)
      if (node !== undefined) path.push(packageKey(node))
      if (path.length > pathLengthMax) return path.slice(0, 1)
    }
    return path.reverse()
  }
}

/** Where packages come from may say with which password: no report may repeat it. */
function withoutCredentials(node: PackageNode): PackageNode {
  const { version, range, origin } = node
  return {
    ...node,
    version: version === null ? null : bareUrl(version),
    ...(range ? { range: bareUrl(range) } : {}),
    ...(origin ? { origin: bareUrl(origin) } : {}),
  }
}

interface Reach {
  ways: ReadonlyMap<string, string | null>
  shipped: ReadonlySet<string>
}

interface Merged {
  found: Package
  /** null where there is nothing yet. */
  dependsOn: Set<string> | null
}

function mergePackages(a: Package, b: Package): Package {
  return {
    ...a,
    direct: a.direct === true || b.direct === true ? true : (a.direct ?? b.direct),
    development: a.development && b.development,
    path: isNearer(b, a) ? b.path : a.path,
    licence: a.licence ?? b.licence,
    integrity: a.integrity ?? b.integrity,
    origin: a.origin ?? b.origin,
  }
}

/** A package alone on its path came in directly, or by a way that is not known. */
function isNearer(a: Package, b: Package): boolean {
  const known = ({ path, direct }: Package) => path.length > 1 || direct === true
  if (known(a) !== known(b)) return known(a)
  return a.path.length < b.path.length
}
