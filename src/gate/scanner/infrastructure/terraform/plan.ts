// Plans of Terraform, as `terraform show -json` writes them: what will be there, every variable
// and module resolved. What only applying it can tell is unknown, and refers to what it comes from.
// https://developer.hashicorp.com/terraform/internals/json-format
import type { SourceText } from '../../source-text.ts'
import type { Budget } from '../../weakness.ts'
import { entryAt, itemsAt, mapAt, textAt, textOf, valueAt } from '../mapping.ts'
import { fileBytesMax, holds, type PlatformReader, type ReadResources } from '../reader.ts'
import type { Entry, Mapping, Resource, Value } from '../resource.ts'
import { readDocument } from '../yaml/documents.ts'
import { structured } from './evaluate/json-text.ts'
import { kubernetesObjectsIn } from './kubernetes.ts'

export const planReader: PlatformReader = {
  wants: (path) => /\.(?:json|tfplan)$/i.test(path),
  read(source, budget) {
    const isPlan = holds(source, '"planned_values"') && holds(source, '"format_version"')
    if (!isPlan || source.bytes.length > fileBytesMax) return { resources: [], problem: null }
    return readPlan(source, budget)
  },
}

const resourcesMax = 10_000
const depthMax = 30

interface Plan {
  source: SourceText
  /** What is known only after applying, by address. */
  unknown: ReadonlyMap<string, Value>
  into: Resource[]
}

function readPlan(source: SourceText, budget: Budget): ReadResources {
  const range = { start: 0, end: source.text.length }
  const { value, problem } = readDocument(source, source.text, range, budget)
  if (value?.kind !== 'map') return { resources: [], problem }
  const unknown = new Map<string, Value>()
  for (const change of itemsAt(value, 'resource_changes')) {
    const after = valueAt(change, 'change', 'after_unknown')
    const address = textAt(change, 'address')
    if (address !== null && after !== undefined) unknown.set(address, after)
  }
  const plan: Plan = { source, unknown, into: [] }
  const configuration = valueAt(value, 'configuration', 'root_module')
  addModule(valueAt(value, 'planned_values', 'root_module'), configuration, '', plan, 0)
  const resources = [...plan.into, ...kubernetesObjectsIn(plan.into)]
  const isCut = plan.into.length >= resourcesMax
  return { resources, problem: isCut ? `only ${resourcesMax} resources were read` : null }
}

function addModule(
  module: Value | undefined,
  configuration: Value | undefined,
  prefix: string,
  plan: Plan,
  depth: number,
): void {
  if (depth > depthMax) return
  const written = new Map(
    itemsAt(configuration, 'resources').map((one) => [textAt(one, 'address'), one]),
  )
  for (const resource of itemsAt(module, 'resources')) {
    if (plan.into.length >= resourcesMax) return
    const address = textAt(resource, 'address') ?? ''
    const own = address.slice(prefix.length).replace(/\[[^\]]*\]$/, '')
    const expressions = valueAt(written.get(own), 'expressions')
    addResource(resource, address, { expressions, prefix }, plan)
  }
  for (const child of itemsAt(module, 'child_modules')) {
    const address = textAt(child, 'address') ?? ''
    const name = /module\.([^.[]+)(?:\[[^\]]*\])?$/.exec(address)?.[1] ?? ''
    const called = valueAt(configuration, 'module_calls', name, 'module')
    addModule(child, called, `${address}.`, plan, depth + 1)
  }
}

interface Written {
  expressions: Value | undefined
  prefix: string
}

function addResource(resource: Value, address: string, written: Written, plan: Plan): void {
  const type = textAt(resource, 'type')
  const values = mapAt(resource, 'values')
  if (type === null || values === null || resource.kind !== 'map') return
  const isData = textAt(resource, 'mode') === 'data'
  const known = settled(values, 0)
  const body = withUnknown(known, plan.unknown.get(address), written)
  const place = entryAt(resource, 'address')?.place ?? resource.place
  plan.into.push({
    platform: 'terraform',
    type: isData ? `data.${type}` : type,
    address,
    body,
    place,
    scope: plan.source.path,
  })
}

/** A plan writes null and empty lists for all that was left out. */
function settled(map: Mapping, depth: number): Mapping {
  const entries = new Map<string, Entry>()
  for (const [key, { value, place }] of map.entries) {
    const isLeftOut =
      (value.kind === 'scalar' && value.value === null) ||
      (value.kind === 'list' && value.items.length === 0)
    if (!isLeftOut) entries.set(key, { value: settledIn(value, depth), place })
  }
  return { ...map, entries }
}

function settledIn(value: Value, depth: number): Value {
  if (depth > depthMax) return value
  if (value.kind === 'map') return settled(value, depth + 1)
  if (value.kind === 'scalar') return structured(value)
  if (value.kind !== 'list') return value
  return { ...value, items: value.items.map((item) => settledIn(item, depth + 1)) }
}

/** `true` stands where an attribute will be known; blocks have their own inside. */
function withUnknown(body: Mapping, after: Value | undefined, written: Written): Mapping {
  if (after?.kind !== 'map') return body
  const entries = new Map(body.entries)
  for (const [key, { value, place }] of after.entries) {
    const references = referencesOf(valueAt(written.expressions, key, 'references'), written.prefix)
    if (value.kind === 'scalar' && value.value === true) {
      if (references.length === 0 && written.expressions !== undefined) continue
      entries.set(key, { value: { kind: 'unknown', place: body.place, references }, place })
    } else if (value.kind === 'list' && value.items.some((item) => item.kind === 'map')) {
      const entry = entries.get(key)
      if (entry !== undefined) entries.set(key, insideOf(entry, value.items))
    }
  }
  return { ...body, entries }
}

function insideOf({ value, place }: Entry, after: readonly Value[]): Entry {
  const items = itemsAt(value).map((item, index) => {
    const nowhere = { expressions: undefined, prefix: '' }
    return item.kind === 'map' ? withUnknown(item, after[index], nowhere) : item
  })
  return { value: { kind: 'list', items, place: value.place }, place }
}

function referencesOf(references: Value | undefined, prefix: string): string[] {
  return itemsAt(references).flatMap((one) => {
    const parts = (textOf(one) ?? '').split('.')
    const length = parts[0] === 'data' || parts[0] === 'module' ? 3 : 2
    return parts.length >= 2 ? [prefix + parts.slice(0, length).join('.')] : []
  })
}
