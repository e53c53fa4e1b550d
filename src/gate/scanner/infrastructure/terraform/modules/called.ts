// The modules that a module calls, as far as they are in the unit.
import { posix } from 'node:path'
import type { Entry, Place } from '../../resource.ts'
import type { Scope, Space, Target } from '../evaluate/scope.ts'
import { list, map, refersTo, unknown } from '../evaluate/value.ts'
import { limits } from '../evaluate/work.ts'
import type { Argument, Calling } from './calling.ts'
import type { ModuleCall, ModuleDefinition } from './definition.ts'
import { type Expansion, expand, indexText } from './expand.ts'

/** What is seen of a module from outside. */
export interface Callee {
  definition: ModuleDefinition
  output(name: string, place: Place): Target
}

interface Called<Module> {
  shape: Expansion['shape']
  modules: readonly { key: string | number | null; module: Module }[]
}

export class CalledModules<Module extends Callee> {
  readonly #definition: ModuleDefinition
  readonly #calling: Calling
  readonly #scope: Scope
  readonly #create: (definition: ModuleDefinition, calling: Calling) => Module
  readonly #called = new Map<string, Called<Module> | null>()

  constructor(
    definition: ModuleDefinition,
    calling: Calling,
    scope: Scope,
    create: (definition: ModuleDefinition, calling: Calling) => Module,
  ) {
    this.#definition = definition
    this.#calling = calling
    this.#scope = scope
    this.#create = create
  }

  *all(): Generator<Module> {
    for (const name of this.#definition.calls.keys()) {
      for (const { module } of this.#find(name)?.modules ?? []) yield module
    }
  }

  target(name: string, place: Place): Target {
    const address = `${this.#calling.prefix}module.${name}`
    const called = this.#find(name)
    if (called === null) return refersTo(address, place)
    const [only] = called.modules
    if (called.shape === 'single' && only !== undefined) return outputsOf(only.module)
    return {
      kind: 'space',
      get: (key, at) => {
        const found = called.shape === 'unknown' ? only : called.modules.find(isAt(key))
        return found === undefined ? refersTo(address, at) : outputsOf(found.module)
      },
      whole: (at) => wholeOf(called, at) ?? refersTo(address, at),
    }
  }

  /** Null for what is not in the unit, and for a module that is within itself. */
  #find(name: string): Called<Module> | null {
    const known = this.#called.get(name)
    if (known !== undefined) return known
    this.#called.set(name, null)
    const call = this.#definition.calls.get(name)
    const called = call === undefined ? null : this.#make(call)
    this.#called.set(name, called)
    return called
  }

  #make(call: ModuleCall): Called<Module> | null {
    const folder = localFolder(this.#definition.folder, call.source)
    const { definitions, above, prefix } = this.#calling
    const definition = folder === null ? undefined : definitions.get(folder)
    const path = [...above, this.#definition.folder]
    if (definition === undefined || path.includes(definition.folder)) return null
    if (path.length >= limits.moduleDepth) {
      this.#scope.work.cut(`modules are nested more than ${limits.moduleDepth} deep`)
      return null
    }
    const { shape, instances } = expand(call.block, this.#scope)
    const modules = instances.map(({ key, scope }) => {
      const own = `${prefix}module.${call.name}${indexText(key)}.`
      const args = argumentsOf(call, scope)
      const module = this.#create(definition, { prefix: own, args, definitions, above: path })
      return { key, module }
    })
    return { shape, modules }
  }
}

/** The folder of a module with a local source; null for others, and above the root. */
export function localFolder(from: string, source: string | null): string | null {
  if (source === null || !/^\.\.?(?:\/|$)/.test(source)) return null
  const folder = posix.normalize(posix.join(from, source)).replace(/\/$/, '')
  if (folder === '..' || folder.startsWith('../')) return null
  return folder === '.' ? '' : folder
}

const metaArguments = new Set(['source', 'version', 'count', 'for_each', 'providers', 'depends_on'])

function argumentsOf({ block }: ModuleCall, scope: Scope): Map<string, Argument> {
  return new Map(
    block.body.attributes
      .filter(({ name }) => !metaArguments.has(name))
      .map(({ name, expression }) => [name, { expression, scope }]),
  )
}

function outputsOf(module: Callee): Space {
  return {
    kind: 'space',
    get: (key, place) => module.output(String(key), place),
    whole: (place) => {
      const entries = Array.from(module.definition.outputs.keys(), (name): [string, Entry] => {
        const value = module.output(name, place)
        return [name, { value: value.kind === 'space' ? unknown(place) : value, place }]
      })
      return map(entries, place)
    },
  }
}

function wholeOf(called: Called<Callee>, place: Place) {
  if (called.shape === 'unknown') return null
  const wholes = called.modules.map(({ key, module }) => {
    return { key, value: outputsOf(module).whole(place) }
  })
  if (called.shape === 'list') {
    return list(
      wholes.map(({ value }) => value),
      place,
    )
  }
  return map(
    wholes.map(({ key, value }) => [String(key), { value, place }]),
    place,
  )
}

const isAt =
  (wanted: string | number) =>
  ({ key }: { key: string | number | null }) =>
    String(key) === String(wanted)
