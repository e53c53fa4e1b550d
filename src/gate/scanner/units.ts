// Which files are scanned together: members of one kind in one folder, and what they link to.
import { type Membership, type UnitKind, unitKinds } from './engine.ts'

export interface Member {
  path: string
  membership: Membership
}

export interface UnitPlan {
  kind: UnitKind
  /** `terraform:modules/net`: the first of its folders names it. */
  path: string
  /** Paths of its files, sorted. */
  files: string[]
}

/** Every member is in exactly one unit: folders that link to each other are one. */
export function groupUnits(members: readonly Member[]): UnitPlan[] {
  return unitKinds.flatMap((kind) => {
    const own = members.filter(({ membership }) => membership.kind === kind)
    const folders = new Map<string, string[]>()
    for (const { path } of own) {
      append(folders, folderOf(path), path)
    }
    const groups = new Groups(folders.keys())
    const links = new Links([...folders.keys()], groups)
    for (const { path, membership } of own) {
      for (const link of membership.links) {
        const folder = links.follow(link)
        if (folder !== null) groups.join(folderOf(path), folder)
      }
    }
    return groups.all().map((group) => ({
      kind,
      path: `${kind}:${group[0] ?? ''}`,
      files: group.flatMap((folder) => folders.get(folder) ?? []).sort(),
    }))
  })
}

const folderOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/**
 * Where links lead. All folders that one link means belong together, whoever links to them, so each
 * pattern is looked up once: a repository's author chooses how many there are.
 */
class Links {
  readonly #folders: ReadonlySet<string>
  readonly #sorted: readonly string[]
  readonly #children = new Map<string, string[]>()
  readonly #followed = new Map<string, string | null>()
  readonly #groups: Groups

  constructor(folders: readonly string[], groups: Groups) {
    this.#folders = new Set(folders)
    this.#sorted = folders.filter((folder) => folder !== '').sort()
    for (const folder of this.#sorted) append(this.#children, folderOf(folder), folder)
    this.#groups = groups
  }

  /** One of the folders it means, which are joined by then; null for none. */
  follow(link: string): string | null {
    const known = this.#followed.get(link)
    if (known !== undefined) return known
    const [first = null, ...others] = this.#meant(link)
    for (const other of others) if (first !== null) this.#groups.join(first, other)
    this.#followed.set(link, first)
    return first
  }

  #meant(link: string): readonly string[] {
    const [, above, depth] = /^(.*?)\/?(\*\*?)$/.exec(link) ?? []
    if (above === undefined) return this.#folders.has(link) ? [link] : []
    if (depth === '*') return this.#children.get(above) ?? []
    const prefix = above === '' ? '' : `${above}/`
    const start = this.#firstFrom(prefix)
    let end = start
    while (this.#sorted[end]?.startsWith(prefix)) end++
    return this.#sorted.slice(start, end)
  }

  /** Index of the first folder that does not sort before the text. */
  #firstFrom(text: string): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] ?? '') < text) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Disjoint sets of folders. */
class Groups {
  readonly #above = new Map<string, string>()

  constructor(folders: Iterable<string>) {
    for (const folder of folders) this.#above.set(folder, folder)
  }

  join(a: string, b: string): void {
    const [first = '', second = ''] = [this.#top(a), this.#top(b)].sort()
    this.#above.set(second, first)
  }

  /** Each sorted, in the order of their first folders. */
  all(): string[][] {
    const groups = new Map<string, string[]>()
    for (const folder of [...this.#above.keys()].sort()) {
      const top = this.#top(folder)
      append(groups, top, folder)
    }
    return [...groups.values()]
  }

  #top(folder: string): string {
    let top = folder
    for (let above = this.#above.get(top); above !== undefined && above !== top; ) {
      top = above
      above = this.#above.get(top)
    }
    // Every folder on the way points at the top from now on, so that long chains stay short.
    for (let at = folder; at !== top; ) {
      const above = this.#above.get(at) ?? top
      this.#above.set(at, top)
      at = above
    }
    return top
  }
}
