// The models of one language, found by the owner and the member of a name.
import { rulePattern } from '../../rule-pattern.ts'
import { builtInTypes, typeNames } from './built-in-types.ts'
import type {
  EntryModel,
  FunctionModel,
  LanguageModels,
  NameModel,
  ParameterRule,
  PropertyModel,
} from './data.ts'

/** Direct supertypes of a type that the file at hand declares. */
export type LocalTypes = (type: string) => readonly string[]

export class Catalogue {
  readonly entries: readonly EntryModel[]
  readonly parameters: readonly ParameterRule[]
  readonly #names: readonly { pattern: RegExp; model: NameModel }[]
  readonly #byName = new Map<string, readonly NameModel[]>()
  readonly #root: string
  readonly #plain: ReadonlySet<string>
  readonly #functions = new Map<string, Map<string, FunctionModel[]>>()
  readonly #properties = new Map<string, Map<string, PropertyModel[]>>()
  readonly #supertypes: ReadonlyMap<string, readonly string[]>
  readonly #renames: readonly (readonly [string, string])[]
  readonly #known = new Set<string>()
  readonly #lines = new Map<string, readonly string[]>()
  #simple: Map<string, string[]> | null = null

  constructor(models: LanguageModels) {
    this.entries = models.entries
    this.#root = builtInTypes[models.language].root
    this.parameters = models.parameters
    this.#names = models.names.map((model) => ({ pattern: rulePattern(model.pattern), model }))
    this.#renames = models.renames
    this.#plain = new Set(models.plainTypes)
    this.#supertypes = new Map(Object.entries(models.types))
    for (const model of models.functions) add(this.#functions, model)
    for (const model of models.properties) add(this.#properties, model)
    for (const [type, supertypes] of this.#supertypes) {
      for (const name of [type, ...supertypes]) this.#known.add(name)
    }
    for (const name of [...typeNames[models.language], ...models.plainTypes]) this.#known.add(name)
    for (const model of models.functions) {
      for (const name of [...model.names, model.returns]) if (name !== null) this.#learn(name)
    }
    for (const model of models.properties) for (const name of model.names) this.#learn(name)
    for (const rule of models.parameters) {
      for (const name of [...rule.annotations, ...rule.types]) this.#known.add(name)
    }
    for (const entry of models.entries) {
      const { annotations, ownerAnnotations, overrides, except } = entry
      for (const name of [...annotations, ...ownerAnnotations, ...except]) this.#known.add(name)
      for (const name of overrides) this.#learn(name)
    }
  }

  /** `a.b.C.m` makes both `a.b.C` and, as it may be a constructor, itself known. */
  #learn(name: string): void {
    this.#known.add(name)
    const dot = name.lastIndexOf('.')
    if (dot > 0) this.#known.add(name.slice(0, dot))
  }

  renamed(name: string): string {
    for (const [from, to] of this.#renames) {
      if (name.startsWith(from)) return to + name.slice(from.length)
    }
    return name
  }

  isKnown(type: string): boolean {
    return this.#known.has(type)
  }

  /**
   * The one type of a library that is called so without its package, or null: `MessageDigest` is
   * `java.security.MessageDigest`.
   */
  bySimpleName(simple: string): string | null {
    if (this.#simple === null) {
      this.#simple = new Map()
      for (const full of this.#known) {
        const [, name] = packaged.exec(full) ?? []
        if (name === undefined) continue
        this.#simple.set(name, [...(this.#simple.get(name) ?? []), full])
      }
    }
    const found = this.#simple.get(simple) ?? []
    return (found.length === 1 ? found[0] : found.find((full) => platform.test(full))) ?? null
  }

  /** Values of the type carry no text that an attacker could choose. */
  isPlain(type: string): boolean {
    return this.#plain.has(type)
  }

  /** Of the most specific type that has any. */
  functions(owner: string, member: string, local: LocalTypes): readonly FunctionModel[] {
    return this.#search(this.#functions, owner, member, local)
  }

  properties(owner: string, member: string, local: LocalTypes): readonly PropertyModel[] {
    return this.#search(this.#properties, owner, member, local)
  }

  /** What is said of variables, fields and functions of this name. */
  named(name: string): readonly NameModel[] {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const found = this.#names.filter(({ pattern }) => pattern.test(name)).map(({ model }) => model)
    if (this.#byName.size < namesMax) this.#byName.set(name, found)
    return found
  }

  /** Those that hold for receivers of any type. */
  anyReceiver(member: string): readonly FunctionModel[] {
    return this.#functions.get('*')?.get(member) ?? []
  }

  #search<Model>(
    index: ReadonlyMap<string, ReadonlyMap<string, Model[]>>,
    owner: string,
    member: string,
    local: LocalTypes,
  ): readonly Model[] {
    const direct = lookUp(index, owner, member)
    if (direct !== undefined) return direct
    for (const type of this.line(owner, local)) {
      const found = lookUp(index, type, member)
      if (found !== undefined) return found
    }
    return index.get(this.#root)?.get(member) ?? []
  }

  isSubtype(type: string, of: string, local: LocalTypes): boolean {
    return type === of || this.line(type, local).includes(of)
  }

  /** All supertypes, the nearest first. Kept only where the file has no say. */
  line(type: string, local: LocalTypes): readonly string[] {
    const isForeign = (name: string): boolean => local(name).length === 0
    const known = this.#lines.get(type)
    if (known !== undefined && isForeign(type) && known.every(isForeign)) return known
    const line: string[] = []
    const queue = [...local(type), ...(this.#supertypes.get(type) ?? [])]
    let isLocal = local(type).length > 0
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (line.includes(next) || next === type || line.length >= supertypesMax) continue
      line.push(next)
      const direct = local(next)
      isLocal ||= direct.length > 0
      queue.push(...direct, ...(this.#supertypes.get(next) ?? []))
    }
    if (!isLocal) {
      if (this.#lines.size >= namesMax) this.#lines.clear()
      this.#lines.set(type, line)
    }
    return line
  }
}

/** `org.example.Type`, by the convention that packages are written small and types large. */
const packaged = /^(?:[a-z]\w*\.)+([A-Z]\w*)$/
const platform = /^javax?\./

const supertypesMax = 64
const namesMax = 10_000

function add<Model extends { names: string[] }>(
  index: Map<string, Map<string, Model[]>>,
  model: Model,
): void {
  for (const name of model.names) {
    const dot = name.lastIndexOf('.')
    const owner = name.slice(0, Math.max(dot, 0))
    const members = index.get(owner) ?? new Map<string, Model[]>()
    index.set(owner, members)
    const member = name.slice(dot + 1)
    members.set(member, [...(members.get(member) ?? []), model])
  }
}

function lookUp<Model>(
  index: ReadonlyMap<string, ReadonlyMap<string, Model[]>>,
  owner: string,
  member: string,
): Model[] | undefined {
  const members = index.get(owner)
  return members?.get(member) ?? members?.get('*')
}
