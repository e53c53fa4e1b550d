// Which resources of a scope refer to one another: by address where the platform has references,
// by equal texts where it has names.
import type { Resource, Value } from '../resource.ts'
import { type Instance, instancesAt } from './instances.ts'
import type { Path, Related } from './rule-data.ts'

export interface Neighbour {
  other: Resource
  /** False where a value that is not known may be the reference. */
  isSure: boolean
}

export class Neighbours {
  readonly #resources: readonly Resource[]
  readonly #byType = new Map<string, Resource[]>()
  readonly #addresses: ReadonlySet<string>
  readonly #relations = new Map<string, Relation>()

  constructor(resources: readonly Resource[]) {
    this.#resources = resources
    this.#addresses = new Set(resources.map(({ address }) => plain(address)))
  }

  /** All others of these types in the same scope. */
  besides(resource: Resource, types: readonly string[]): Neighbour[] {
    return this.#ofTypes(types)
      .filter((other) => other !== resource && other.scope === resource.scope)
      .map((other) => ({ other, isSure: true }))
  }

  relatedTo(resource: Resource, { resources, via, key }: Omit<Related, 'kind'>): Neighbour[] {
    const name = JSON.stringify([resources, via?.text, key?.text])
    let relation = this.#relations.get(name)
    if (relation === undefined) {
      relation = new Relation(this.#ofTypes(resources), { via, key, known: this.#addresses })
      this.#relations.set(name, relation)
    }
    return relation.of(resource)
  }

  #ofTypes(types: readonly string[]): Resource[] {
    const key = types.join('\n')
    let found = this.#byType.get(key)
    if (found === undefined) {
      found = this.#resources.filter(({ type }) => types.some((each) => matchesType(each, type)))
      this.#byType.set(key, found)
    }
    return found
  }
}

interface Form {
  via: Path | null
  key: Path | null
  /** Addresses of all resources. */
  known: ReadonlySet<string>
}

/** All candidates of one kind of relation, so that each resource finds its own by look-up. */
class Relation {
  readonly #form: Form
  readonly #candidates: readonly Resource[]
  readonly #byAddress = new Lists()
  readonly #byName = new Lists()
  readonly #byReference = new Lists()
  readonly #byText = new Lists()
  /** Those of which it is not known what they refer to. */
  readonly #open: Resource[] = []

  constructor(candidates: readonly Resource[], form: Form) {
    this.#form = form
    this.#candidates = candidates
    for (const candidate of candidates) {
      const { addresses, texts, isOpen } = referencesOf(candidate, form)
      this.#byAddress.add(plain(candidate.address), candidate)
      for (const name of namesOf(candidate, form)) this.#byName.add(name, candidate)
      for (const address of addresses) this.#byReference.add(address, candidate)
      if (form.key !== null) for (const text of texts) this.#byText.add(text, candidate)
      if (isOpen) this.#open.push(candidate)
    }
  }

  of(resource: Resource): Neighbour[] {
    const own = referencesOf(resource, this.#form)
    const sure = new Set<Resource>(this.#byReference.at(plain(resource.address)))
    for (const address of own.addresses) addAll(sure, this.#byAddress.at(address))
    for (const name of namesOf(resource, this.#form)) addAll(sure, this.#byText.at(name))
    if (this.#form.key !== null) {
      for (const text of own.texts) addAll(sure, this.#byName.at(text))
    }
    const perhaps = own.isOpen ? this.#candidates : this.#open
    const isNear = (other: Resource) => other !== resource && other.scope === resource.scope
    return [
      ...[...sure].filter(isNear).map((other) => ({ other, isSure: true })),
      ...perhaps
        .filter((other) => isNear(other) && !sure.has(other))
        .map((other) => ({ other, isSure: false })),
    ]
  }
}

class Lists {
  readonly #lists = new Map<string, Resource[]>()

  add(key: string, resource: Resource): void {
    const list = this.#lists.get(key)
    if (list === undefined) this.#lists.set(key, [resource])
    else list.push(resource)
  }

  at(key: string): readonly Resource[] {
    return this.#lists.get(key) ?? []
  }
}

function addAll(set: Set<Resource>, resources: readonly Resource[]): void {
  for (const resource of resources) set.add(resource)
}

interface References {
  addresses: Set<string>
  texts: Set<string>
  /** Holds a value of which not even the origin is known. */
  isOpen: boolean
}

function referencesOf(resource: Resource, { via, known }: Form): References {
  const references: References = { addresses: new Set(), texts: new Set(), isOpen: false }
  const seen = new Set<Value>()
  const values = via === null ? [resource.body] : valuesAt(via, resource)
  for (const value of values) collect(value, references, known, seen)
  // Anywhere in a body there is something unknown: that alone makes no relation.
  if (via === null) references.isOpen = false
  return references
}

const valuesMax = 20_000

/** Values may be shared (aliases of YAML): each is looked at once. */
function collect(
  value: Value,
  into: References,
  known: ReadonlySet<string>,
  seen: Set<Value>,
): void {
  if (seen.has(value) || seen.size > valuesMax) return
  seen.add(value)
  if (value.kind === 'list') {
    for (const item of value.items) collect(item, into, known, seen)
  } else if (value.kind === 'map') {
    for (const entry of value.entries.values()) collect(entry.value, into, known, seen)
  } else if (value.kind === 'scalar') {
    if (value.value !== null) into.texts.add(String(value.value))
  } else {
    for (const reference of value.references) into.addresses.add(plain(reference))
    const isOwn = value.references.some((reference) => known.has(plain(reference)))
    if (!isOwn) into.isOpen = true
  }
}

/** The known texts by which others may refer to it. */
function namesOf(resource: Resource, { key }: Form): string[] {
  if (key === null) return []
  return valuesAt(key, resource).flatMap((value) =>
    value.kind === 'scalar' && value.value !== null && value.value !== ''
      ? [String(value.value)]
      : [],
  )
}

function valuesAt(path: Path, { body, place }: Resource): Value[] {
  const from: Instance = { value: body, place, path: '' }
  return instancesAt(path, from).flatMap(({ value }) => (value === null ? [] : [value]))
}

/** Without the indices of `count` and `for_each`, which references often leave out. */
function plain(address: string): string {
  return address.replace(/\[[^\]]*\]/g, '')
}

export function matchesType(wanted: string, type: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type
}
