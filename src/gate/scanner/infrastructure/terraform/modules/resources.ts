// The resources or data sources of one use of a module: their instances, and what a reference to
// them gives.
import type { List, Mapping, Place, Resource, Value } from '../../resource.ts'
import type { Scope, Space, Target } from '../evaluate/scope.ts'
import { type Addressed, type Instances, list, map, refersTo, unknown } from '../evaluate/value.ts'
import { evaluateBody } from './blocks.ts'
import { computedBy } from './data-sources.ts'
import type { Declared } from './definition.ts'
import { type Expansion, expand, indexText } from './expand.ts'

export class DeclaredResources {
  readonly #declared: ReadonlyMap<string, Declared>
  readonly #prefix: string
  readonly #scope: Scope
  readonly #types: ReadonlySet<string>
  readonly #expanded = new Map<string, Expanded>()
  readonly #values = new Map<string, Value>()
  readonly #making = new Set<string>()

  constructor(declared: ReadonlyMap<string, Declared>, prefix: string, scope: Scope) {
    this.#declared = declared
    this.#prefix = prefix
    this.#scope = scope
    this.#types = new Set(Array.from(declared.values(), ({ type }) => type))
  }

  space(): Space {
    return {
      kind: 'space',
      get: (type) => this.ofType(String(type)) ?? this.#ofNone(String(type)),
      whole: (place) => unknown(place),
    }
  }

  /** Names of resources of one type; null where the module has none. */
  ofType(type: string): Target | null {
    if (!this.#types.has(type)) return type.includes('_') ? this.#ofNone(type) : null
    return {
      kind: 'space',
      get: (name, place) => this.#value(type, String(name), place),
      whole: (place) => unknown(place),
    }
  }

  /** Of a type that is declared elsewhere, or in a file that could not be read. */
  #ofNone(type: string): Space {
    const address = `${this.#prefix}${type}`
    return {
      kind: 'space',
      get: (name, place) => refersTo(`${address}.${name}`, place),
      whole: (place) => unknown(place),
    }
  }

  *all(scopeName: string): Generator<Resource> {
    for (const [key, { type, block }] of this.#declared) {
      const expanded = this.#expand(key)
      for (const [index, { key: own }] of expanded.expansion.instances.entries()) {
        const body = this.#body(key, index)
        if (body === null) continue
        const address = `${this.#prefix}${key}${indexText(own)}`
        const { place } = block
        yield { platform: 'terraform', type, address, body, place, scope: scopeName }
      }
    }
  }

  #value(type: string, name: string, place: Place): Value {
    const key = `${type}.${name}`
    const address = `${this.#prefix}${key}`
    if (!this.#declared.has(key)) return refersTo(address, place)
    const known = this.#values.get(key)
    if (known !== undefined) return known
    // A resource that needs itself is one that only the provider can know.
    if (this.#making.has(key) || !this.#scope.work.enter()) return refersTo(address, place)
    this.#making.add(key)
    try {
      const value = this.#make(key, address, place)
      this.#values.set(key, value)
      return value
    } finally {
      this.#making.delete(key)
      this.#scope.work.leave()
    }
  }

  #make(key: string, address: string, place: Place): Value {
    const { shape, instances } = this.#expand(key).expansion
    const bodies = instances.flatMap(({ key: own }, index) => {
      const body = this.#body(key, index)
      return body === null ? [] : [{ own, body: addressed(body, address + indexText(own)) }]
    })
    const [only] = bodies
    if (shape === 'single') return only?.body ?? refersTo(address, place)
    if (shape === 'unknown') {
      if (only === undefined) return refersTo(address, place)
      const value: Instances = { ...refersTo(address, place), each: only.body }
      return value
    }
    const values = bodies.map(({ body }) => body)
    const { place: at } = (this.#declared.get(key) as Declared).block
    if (shape === 'list') return instancesOf(list(values, at), address)
    const entries = bodies.map(({ own, body }) => {
      return [String(own), { value: body, place: body.place }] as const
    })
    return instancesOf(map(entries, at), address)
  }

  #expand(key: string): Expanded {
    const known = this.#expanded.get(key)
    if (known !== undefined) return known
    // Until it is known: what it is made of may ask for it.
    const expanded: Expanded = {
      expansion: { shape: 'single', instances: [], cause: null },
      bodies: [],
    }
    this.#expanded.set(key, expanded)
    expanded.expansion = expand((this.#declared.get(key) as Declared).block, this.#scope)
    return expanded
  }

  /** Null while it is being made. */
  #body(key: string, index: number): Mapping | null {
    const { expansion, bodies } = this.#expand(key)
    const made = bodies[index]
    if (made !== undefined) return made
    const instance = expansion.instances[index]
    const declared = this.#declared.get(key)
    if (instance === undefined || declared === undefined || made === null) return null
    bodies[index] = null
    const { block, type } = declared
    const body = evaluateBody(block.body, block.place, instance.scope)
    const whole = computedBy(type, body)
    bodies[index] = whole
    return whole
  }
}

interface Expanded {
  expansion: Expansion
  /** Null while it is being made, undefined before. */
  bodies: (Mapping | null | undefined)[]
}

function addressed(body: Mapping, address: string): Mapping {
  const value: Mapping & { address: string } = { ...body, address }
  return value
}

/** A collection of all instances: its items are known, unlike those of a resource's own lists. */
function instancesOf(value: Mapping | List, address: string): Value {
  const collection: Addressed = { ...value, address, instances: true }
  return collection
}
