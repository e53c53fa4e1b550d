// What names mean where an expression stands.
import type { Place, Value } from '../../resource.ts'
import { refersTo } from './value.ts'
import type { Work } from './work.ts'

export interface Scope {
  work: Work
  /** `var`, `local`, `module`, types of resources: what a name of the module stands for. */
  names: Names
  bindings: Binding | null
}

/** A name that an expression introduced: of a `for`, a splat, `each`, `count`, a dynamic block. */
export interface Binding {
  name: string
  value: Value
  outer: Binding | null
}

export interface Names {
  /** Null where the module has no such name. */
  find(name: string, place: Place): Target | null
}

/** What may stand before a dot: a value, or a space of names that are evaluated one by one. */
export type Target = Value | Space

export interface Space {
  kind: 'space'
  /** `key` is a name, or the text or number of an index. */
  get(key: string | number, place: Place): Target
  /** All of it as one value. */
  whole(place: Place): Value
}

export function bind(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, bindings: { name, value, outer: scope.bindings } }
}

export function lookUp(scope: Scope, name: string, place: Place): Target | null {
  for (let binding = scope.bindings; binding !== null; binding = binding.outer) {
    if (binding.name === name) return binding.value
  }
  return scope.names.find(name, place)
}

export const asValue = (target: Target, place: Place): Value =>
  target.kind === 'space' ? target.whole(place) : target

/** A space of which nothing is known but what it is called. */
export function unknownSpace(address: string): Space {
  return {
    kind: 'space',
    get: (key) => unknownSpace(`${address}.${key}`),
    whole: (place) => refersTo(address, place),
  }
}
