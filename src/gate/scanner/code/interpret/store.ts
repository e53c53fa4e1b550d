// What all places hold at one point of a run. A branch works on a fork, which knows only what it
// has changed; afterwards the forks are merged into what they came from.

import { Cell, type Contents, HeapObject, type Value } from './domain.ts'
import { joinContents, sameContents } from './heap.ts'
import { join, same } from './value.ts'

type Location = Cell | HeapObject
type Held = Value | Contents

/** What has changed since a fork. */
export type Changes = ReadonlyMap<Location, Held>

export class Store {
  readonly #parent: Store | null
  #changes = new Map<Location, Held>()

  constructor(parent: Store | null = null) {
    this.#parent = parent
  }

  fork(): Store {
    return new Store(this)
  }

  value(cell: Cell): Value | null {
    return (this.#get(cell) as Value | undefined) ?? null
  }

  contents(object: HeapObject): Contents {
    return (this.#get(object) as Contents | undefined) ?? object.initial
  }

  setValue(cell: Cell, value: Value): void {
    this.#changes.set(cell, value)
  }

  setContents(object: HeapObject, contents: Contents): void {
    this.#changes.set(object, contents)
  }

  #get(location: Location): Held | undefined {
    for (let store: Store | null = this; store !== null; store = store.#parent) {
      const held = store.#changes.get(location)
      if (held !== undefined) return held
    }
    return undefined
  }

  /** Of this fork and those between it and `ancestor`, which may be this store itself. */
  changesSince(ancestor: Store): Changes {
    if (this.#parent === ancestor) return this.#changes
    const changes = new Map<Location, Held>()
    for (let store: Store | null = this; store !== null && store !== ancestor; ) {
      for (const [location, held] of store.#changes) {
        if (!changes.has(location)) changes.set(location, held)
      }
      store = store.#parent
    }
    return changes
  }

  /** One of several ways was gone: what differs between them is joined. */
  merge(ways: readonly Changes[]): void {
    const [first, ...others] = ways
    if (first === undefined) return
    if (others.length === 0) {
      for (const [location, held] of first) this.#changes.set(location, held)
      return
    }
    const locations = new Set<Location>()
    for (const way of ways) for (const location of way.keys()) locations.add(location)
    for (const location of locations) {
      let joined: Held | undefined
      for (const way of ways) {
        const held = way.get(location) ?? this.#get(location)
        if (held === undefined || held === joined) continue
        joined = joined === undefined ? held : joinHeld(location, joined, held)
      }
      if (joined !== undefined) this.#changes.set(location, joined)
    }
  }

  /** Whether going this way once more would change nothing. */
  covers(way: Changes): boolean {
    for (const [location, held] of way) {
      const known = this.#get(location)
      if (known === held) continue
      // What was made on the way cannot have been seen before it.
      if (known === undefined) continue
      const joined = joinHeld(location, known, held)
      if (!sameHeld(location, joined, known)) return false
    }
    return true
  }
}

function joinHeld(location: Location, a: Held, b: Held): Held {
  return location instanceof HeapObject
    ? joinContents(a as Contents, b as Contents)
    : join(a as Value, b as Value)
}

function sameHeld(location: Location, a: Held, b: Held): boolean {
  return location instanceof Cell
    ? same(a as Value, b as Value)
    : sameContents(a as Contents, b as Contents)
}
