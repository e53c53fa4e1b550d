// Which names stand for locals and members at a place of a Java file. Classes within methods see
// the locals around them, so that both kinds are one chain.

export interface Members {
  /** Full name of the type. */
  type: string
  /** Name -> whether it is static. */
  fields: Map<string, boolean>
  methods: Map<string, boolean>
  /** It has a superclass, whose members may not be known. */
  inherits: boolean
}

export type Found =
  | { kind: 'local'; name: string }
  /** `depth` counts the classes that lie between. */
  | { kind: 'member'; members: Members; isStatic: boolean; depth: number }

type Level = { kind: 'locals'; names: Map<string, string> } | { kind: 'class'; members: Members }

export class Scope {
  readonly #levels: Level[] = []
  readonly #uses = new Map<string, number>()

  enterBlock(): void {
    this.#levels.push({ kind: 'locals', names: new Map() })
  }

  enterClass(members: Members): void {
    this.#levels.push({ kind: 'class', members })
  }

  leave(): void {
    this.#levels.pop()
  }

  /** The local's name in the intermediate representation: one that hides another has a number. */
  declare(name: string): string {
    const level = this.#levels.at(-1)
    const hides = this.#find(name) !== null
    const uses = (this.#uses.get(name) ?? 0) + (hides ? 1 : 0)
    this.#uses.set(name, uses)
    const unique = hides ? `${name}#${uses + 1}` : name
    if (level?.kind === 'locals') level.names.set(name, unique)
    return unique
  }

  #find(name: string): string | null {
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at]
      const found = level?.kind === 'locals' ? level.names.get(name) : undefined
      if (found !== undefined) return found
    }
    return null
  }

  /** A variable: a local or a field. */
  variable(name: string): Found | null {
    return this.#search(name, (members) => members.fields.get(name), true)
  }

  method(name: string): Found | null {
    return this.#search(name, (members) => members.methods.get(name), false)
  }

  #search(
    name: string,
    memberOf: (members: Members) => boolean | undefined,
    withLocals: boolean,
  ): Found | null {
    let depth = 0
    for (let at = this.#levels.length - 1; at >= 0; at--) {
      const level = this.#levels[at]
      if (level?.kind === 'class') {
        const isStatic = memberOf(level.members)
        const { members } = level
        if (isStatic !== undefined) return { kind: 'member', members, isStatic, depth }
        depth++
      } else if (withLocals) {
        const local = level?.names.get(name)
        if (local !== undefined) return { kind: 'local', name: local }
      }
    }
    return null
  }

  /** The innermost class, and those around it. */
  classes(): Members[] {
    return this.#levels
      .flatMap((level) => (level.kind === 'class' ? [level.members] : []))
      .reverse()
  }
}
