// One use of a module, with the arguments of its call: what names mean in it, each evaluated when
// it is first asked for.
import type { Place, Value } from '../../resource.ts'
import { evaluate } from '../evaluate/evaluate.ts'
import type { Names, Scope, Space, Target } from '../evaluate/scope.ts'
import { fault, isNull, scalar, unknown } from '../evaluate/value.ts'
import type { Work } from '../evaluate/work.ts'
import { CalledModules } from './called.ts'
import type { Calling } from './calling.ts'
import { convert } from './convert.ts'
import type { ModuleDefinition } from './definition.ts'
import { DeclaredResources } from './resources.ts'

export class ModuleInstance implements Names {
  readonly definition: ModuleDefinition
  readonly calling: Calling
  readonly scope: Scope
  readonly resources: DeclaredResources
  readonly data: DeclaredResources
  readonly modules: CalledModules<ModuleInstance>
  readonly #variables = new Once()
  readonly #locals = new Once()
  readonly #outputs = new Once()

  constructor(definition: ModuleDefinition, calling: Calling, work: Work) {
    this.definition = definition
    this.calling = calling
    this.scope = { work, names: this, bindings: null }
    const { prefix } = calling
    this.resources = new DeclaredResources(definition.resources, prefix, this.scope)
    this.data = new DeclaredResources(definition.data, `${prefix}data.`, this.scope)
    this.modules = new CalledModules(definition, calling, this.scope, (called, by) => {
      return new ModuleInstance(called, by, work)
    })
  }

  find(name: string, place: Place): Target | null {
    switch (name) {
      case 'var':
        return space((key, at) => this.#variable(key, at))
      case 'local':
        return space((key, at) => this.#local(key, at))
      case 'module':
        return space((key, at) => this.modules.target(key, at))
      case 'data':
        return this.data.space()
      case 'path':
      case 'terraform':
        return space((_, at) => unknown(at))
      case 'each':
      case 'count':
      case 'self':
        return unknown(place)
      // Refused by Terraform, but what was meant is clear.
      case 'True':
      case 'False':
        return scalar(name === 'True', place)
      default:
        return this.resources.ofType(name)
    }
  }

  output(name: string, place: Place): Value {
    const expression = this.definition.outputs.get(name)
    if (expression === undefined) return fault(place)
    return this.#outputs.get(name, place, () => evaluate(expression, this.scope))
  }

  #local(name: string, place: Place): Value {
    const expression = this.definition.locals.get(name)
    if (expression === undefined) return unknown(place)
    return this.#locals.get(name, place, () => evaluate(expression, this.scope))
  }

  #variable(name: string, place: Place): Value {
    const variable = this.definition.variables.get(name)
    if (variable === undefined) return unknown(place)
    return this.#variables.get(name, place, () => {
      const { block, fallback, nullable, type } = variable
      const given = this.#argument(name)
      const isGiven = given !== null && (nullable || !isNull(given))
      const fallen = fallback === null ? unknown(block.place) : evaluate(fallback, this.scope)
      return convert(isGiven ? given : fallen, type, this.scope)
    })
  }

  #argument(name: string): Value | null {
    const { args, above } = this.calling
    const arg = args.get(name)
    if (arg !== undefined) return evaluate(arg.expression, arg.scope)
    const value = above.length === 0 ? this.definition.values.get(name) : undefined
    return value === undefined ? null : evaluate(value, this.scope)
  }
}

/** Names whose values are made once; one that needs itself is unknown. */
class Once {
  readonly #values = new Map<string, Value>()
  readonly #making = new Set<string>()

  get(name: string, place: Place, make: () => Value): Value {
    const made = this.#values.get(name)
    if (made !== undefined) return made
    if (this.#making.has(name)) return unknown(place)
    this.#making.add(name)
    const value = make()
    this.#making.delete(name)
    this.#values.set(name, value)
    return value
  }
}

function space(get: (name: string, place: Place) => Target): Space {
  return {
    kind: 'space',
    get: (key, place) => get(String(key), place),
    whole: (place) => unknown(place),
  }
}
