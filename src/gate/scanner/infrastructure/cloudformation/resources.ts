// Resources of a template in the form that checks are written for.
import { made } from '../mapping.ts'
import type { Entry, Mapping, Resource, Value } from '../resource.ts'
import { shapes } from './shapes.ts'
import { resourceTypes } from './types.ts'

/** `properties` are without functions; `key` is the logical id. */
export function resourcesOf(
  key: string,
  type: string,
  properties: Mapping,
  known: Pick<Resource, 'place' | 'scope'>,
): Resource[] {
  const { type: own, names = {} } = resourceTypes[type] ?? { type: typeOf(type) }
  const body = renamed(properties, names)
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

function renamed(map: Mapping, names: Readonly<Record<string, string>>, depth = 0): Mapping {
  const entries = new Map<string, Entry>()
  for (const [key, { value, place }] of map.entries) {
    const name = names[key] ?? snake(key)
    const isKept = verbatim.has(key) || isPolicy(value) || depth > depthMax
    const inside = isKept ? value : renamedIn(value, names, depth + 1)
    if (name === '' && inside.kind === 'map') {
      for (const [inner, entry] of inside.entries) entries.set(inner, entry)
    } else if (name.includes('.')) {
      const [outer = '', inner = ''] = name.split('.')
      entries.set(outer, { value: made({ [inner]: inside }, place), place })
    } else if (name !== '') entries.set(name, { value: inside, place })
  }
  return { ...map, entries }
}

function renamedIn(value: Value, names: Readonly<Record<string, string>>, depth: number): Value {
  if (value.kind === 'map') return renamed(value, names, depth)
  if (value.kind !== 'list') return value
  return { ...value, items: value.items.map((item) => renamedIn(item, names, depth)) }
}

function isPolicy(value: Value): boolean {
  return value.kind === 'map' && value.entries.has('Statement')
}
