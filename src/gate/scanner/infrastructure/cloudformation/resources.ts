// Resources of a template in the form that checks are written for.
import { made, unknown } from '../mapping.ts'
import type { Entry, Mapping, Resource, Value } from '../resource.ts'
import { shapes } from './shapes.ts'
import { resourceTypes } from './types.ts'
import type { Work } from './work.ts'

/** `properties` are without functions; `key` is the logical id. */
export function resourcesOf(
  key: string,
  type: string,
  properties: Mapping,
  known: Pick<Resource, 'place' | 'scope'>,
  work: Work,
): Resource[] {
  const { type: own, names = {} } = resourceTypes[type] ?? { type: typeOf(type) }
  const body = new Renaming(names, work).map(properties)
  const shape = shapes[own]
  const shared = { ...known, platform: 'terraform' as const }
  const resource = { ...shared, type: own, address: key, body: shape?.body?.(body) ?? body }
  const more = shape?.beside?.(body, { kind: 'unknown', place: known.place, references: [key] })
  const beside = (more ?? []).map((other): Resource => {
    return { ...shared, ...other, address: `${key}/${other.type}`, place: other.body.place }
  })
  return [resource, ...beside]
}

/** `AWS::MemoryDB::Cluster` -> `aws_memorydb_cluster`: most go by the same words. */
function typeOf(type: string): string {
  const [, service = '', resource = ''] = type.split('::')
  return `aws_${service.toLowerCase()}_${snake(resource)}`
}

function snake(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
}

/** What people name themselves, or what is a language of its own. */
const verbatim = new Set(['Tags', 'Variables', 'ContainerDefinitions', 'SecretString'])

const depthMax = 30

class Renaming {
  readonly #names: Readonly<Record<string, string>>
  readonly #work: Work
  /** What aliases share stays shared. */
  readonly #done = new Map<Value, Value>()
  #depth = 0

  constructor(names: Readonly<Record<string, string>>, work: Work) {
    this.#names = names
    this.#work = work
  }

  map(map: Mapping): Mapping {
    const entries = new Map<string, Entry>()
    for (const [key, { value, place }] of map.entries) {
      const name = this.#names[key] ?? snake(key)
      const inside = verbatim.has(key) || isPolicy(value) ? value : this.#value(value)
      if (name === '' && inside.kind === 'map') {
        for (const [inner, entry] of inside.entries) entries.set(inner, entry)
      } else if (name.includes('.')) {
        const [outer = '', inner = ''] = name.split('.')
        entries.set(outer, { value: made({ [inner]: inside }, place), place })
      } else if (name !== '') entries.set(name, { value: inside, place })
    }
    return { ...map, entries }
  }

  #value(value: Value): Value {
    if (value.kind !== 'map' && value.kind !== 'list') return value
    const done = this.#done.get(value)
    if (done !== undefined) return done
    if (this.#depth >= depthMax || !this.#work.mayLook()) return unknown(value.place)
    this.#depth++
    const renamed =
      value.kind === 'map'
        ? this.map(value)
        : { ...value, items: value.items.map((item) => this.#value(item)) }
    this.#depth--
    this.#done.set(value, renamed)
    return renamed
  }
}

function isPolicy(value: Value): boolean {
  return value.kind === 'map' && value.entries.has('Statement')
}
