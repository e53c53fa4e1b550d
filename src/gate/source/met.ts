// Which kinds of files a scan met, each with one of them: enough to tell afterwards which rules had
// anything to look at.
import { extname } from 'node:path'

export interface Kind {
  /** `dockerfile`, `workflow`, `compose`, or the end of the name: `.ts`. */
  kind: string
  /** One of these files. */
  sample: string
  files: number
}

/** Kinds of infrastructure that a path alone gives away, and whose rules are about them. */
const infrastructure: readonly [kind: string, path: RegExp, rules: RegExp][] = [
  ['dockerfile', /(?:^|[/.])(?:docker|container)file(?:\.[^/]*)?$/i, /^dockerfile-/],
  ['workflow', /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/, /^actions-/],
  ['action', /(?:^|\/)action\.ya?ml$/, /^actions-/],
  ['compose', /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/, /^compose-/],
  ['terraform', /\.tf(?:\.json)?$/, /^(?!actions-|compose-|dockerfile-|kubernetes-)/],
]

/** Of which infrastructure such files are; null where their path does not tell. */
export function infrastructureRules(kind: string): RegExp | null {
  return infrastructure.find(([name]) => name === kind)?.[2] ?? null
}

const kindsMax = 1_000

export class Met {
  readonly #kinds = new Map<string, Kind>()

  meet(path: string): void {
    const kind = kindOf(path)
    const known = this.#kinds.get(kind)
    if (known !== undefined) known.files += 1
    else if (this.#kinds.size < kindsMax) this.#kinds.set(kind, { kind, sample: path, files: 1 })
  }

  kinds(): Kind[] {
    return [...this.#kinds.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1))
  }
}

function kindOf(path: string): string {
  return infrastructure.find(([, form]) => form.test(path))?.[0] ?? extname(path).toLowerCase()
}
