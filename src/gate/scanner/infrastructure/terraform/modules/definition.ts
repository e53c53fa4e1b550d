// What the files of one folder declare: a module, before anything in it is evaluated.
import type { Attribute, Block, Body, Expression, ParsedFile } from '../syntax/tree.ts'

export interface ModuleDefinition {
  /** Relative to the root of the scan; `''` is the root itself. */
  folder: string
  variables: ReadonlyMap<string, Variable>
  locals: ReadonlyMap<string, Expression>
  /** By `type.name`. */
  resources: ReadonlyMap<string, Declared>
  data: ReadonlyMap<string, Declared>
  calls: ReadonlyMap<string, ModuleCall>
  outputs: ReadonlyMap<string, Expression>
  /** `provider` and `terraform` blocks. */
  settings: readonly Block[]
  /** Values for variables, as Terraform loads them without being told: later ones win. */
  values: ReadonlyMap<string, Expression>
}

export interface Variable {
  type: Expression | null
  fallback: Expression | null
  nullable: boolean
  block: Block
}

export interface Declared {
  type: string
  name: string
  block: Block
}

export interface ModuleCall {
  name: string
  /** As written; null where it is no plain text. */
  source: string | null
  block: Block
}

export function defineModule(folder: string, files: readonly ParsedFile[]): ModuleDefinition {
  const module = new Declarations()
  const sorted = files.toSorted((a, b) => rankOf(a.path) - rankOf(b.path))
  for (const { path, body } of sorted) {
    if (isValues(path)) module.addValues(path, body)
    else module.add(body)
  }
  return { folder, ...module.all() }
}

/** What comes later wins: override files, and values that are loaded on their own. */
const rankOf = (path: string) => Number(isOverride(path) || /\.auto\.tfvars/.test(path))

const isOverride = (path: string) => /(?:^|[/_])override\.(?:tf|tofu)(?:\.json)?$/.test(path)

export const isValues = (path: string) => /\.tfvars(?:\.json)?$/.test(path)

const isLoaded = (path: string) =>
  /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/.test(path)

class Declarations {
  readonly #variables = new Map<string, Variable>()
  readonly #locals = new Map<string, Expression>()
  readonly #resources = new Map<string, Declared>()
  readonly #data = new Map<string, Declared>()
  readonly #calls = new Map<string, ModuleCall>()
  readonly #outputs = new Map<string, Expression>()
  readonly #settings: Block[] = []
  readonly #values = new Map<string, Expression>()

  all(): Omit<ModuleDefinition, 'folder'> {
    return {
      variables: this.#variables,
      locals: this.#locals,
      resources: this.#resources,
      data: this.#data,
      calls: this.#calls,
      outputs: this.#outputs,
      settings: this.#settings,
      values: this.#values,
    }
  }

  addValues(path: string, body: Body): void {
    if (!isLoaded(path)) return
    for (const { name, expression } of body.attributes) this.#values.set(name, expression)
  }

  add(body: Body): void {
    for (const block of body.blocks) {
      const [first = '', second = ''] = block.labels
      if (block.type === 'resource') this.#declare(this.#resources, block, first, second)
      else if (block.type === 'data') this.#declare(this.#data, block, first, second)
      else if (block.type === 'variable') this.#variables.set(first, variableOf(block))
      else if (block.type === 'module') this.#call(first, block)
      else if (block.type === 'output') {
        const value = expressionOf(block.body, 'value')
        if (value !== null) this.#outputs.set(first, value)
      } else if (block.type === 'locals') {
        for (const { name, expression } of block.body.attributes) this.#locals.set(name, expression)
      } else if (block.type === 'provider' || block.type === 'terraform') this.#settings.push(block)
    }
  }

  #declare(into: Map<string, Declared>, block: Block, type: string, name: string): void {
    const key = `${type}.${name}`
    const before = into.get(key)?.block ?? null
    into.set(key, { type, name, block: before === null ? block : overridden(before, block) })
  }

  #call(name: string, block: Block): void {
    const before = this.#calls.get(name)?.block ?? null
    const merged = before === null ? block : overridden(before, block)
    const source = expressionOf(merged.body, 'source')
    const text = source?.kind === 'literal' ? String(source.value) : null
    this.#calls.set(name, { name, source: text, block: merged })
  }
}

/** Attributes of the later replace those of the earlier; its blocks replace those of their type. */
function overridden(before: Block, after: Block): Block {
  const names = new Set(after.body.attributes.map(({ name }) => name))
  const types = new Set(after.body.blocks.map(({ type }) => type))
  const attributes: Attribute[] = before.body.attributes.filter(({ name }) => !names.has(name))
  const blocks = before.body.blocks.filter(({ type }) => !types.has(type))
  const body = {
    attributes: [...attributes, ...after.body.attributes],
    blocks: [...blocks, ...after.body.blocks],
  }
  return { ...before, body }
}

function variableOf(block: Block): Variable {
  const nullable = expressionOf(block.body, 'nullable')
  return {
    type: expressionOf(block.body, 'type'),
    fallback: expressionOf(block.body, 'default'),
    nullable: !(nullable?.kind === 'literal' && nullable.value === false),
    block,
  }
}

export function expressionOf(body: Body, name: string): Expression | null {
  return body.attributes.find((attribute) => attribute.name === name)?.expression ?? null
}
