// Which declaration a name stands for. Names are collected when a scope is entered, as JavaScript
// hoists them, so that a function sees what is declared below it.

/** A local by its id, or something of another module by its full name. */
type Binding = { local: string } | { symbol: string }

export class Scope {
  readonly parent: Scope | null
  /** Where `var` and parameters live. */
  readonly isFunction: boolean
  readonly #bindings = new Map<string, Binding>()

  constructor(parent: Scope | null, isFunction: boolean) {
    this.parent = parent
    this.isFunction = isFunction
  }

  find(name: string): Binding | null {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent) {
      const binding = scope.#bindings.get(name)
      if (binding !== undefined) return binding
    }
    return null
  }

  has(name: string): boolean {
    return this.#bindings.has(name)
  }

  /** The id of a local: its name, with a number where it shadows another of that name. */
  declare(name: string): string {
    const known = this.#bindings.get(name)
    if (known !== undefined && 'local' in known) return known.local
    const outer = this.parent?.find(name) ?? null
    const local = outer !== null && 'local' in outer ? following(name, outer.local) : name
    this.#bindings.set(name, { local })
    return local
  }

  /** What is declared by its import alone is read as what it stands for. */
  alias(name: string, symbol: string): void {
    if (!this.#bindings.has(name)) this.#bindings.set(name, { symbol })
  }
}

function following(name: string, id: string): string {
  const number = id.length > name.length ? Number(id.slice(name.length + 1)) : 1
  return `${name}#${number + 1}`
}
