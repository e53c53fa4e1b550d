// Which functions of the file a call may run.

import type { IrFunction } from '../ir/ir.ts'
import type { Declared } from './declared-types.ts'
import type { Closure, Value } from './domain.ts'
import type { Given } from './given.ts'
import type { Machine } from './machine.ts'
import { programValue } from './modules.ts'
import { ownersOf } from './owners.ts'
import { staticsOf } from './read.ts'
import type { Site } from './site.ts'
import { unknown } from './value.ts'

const targetsMax = 4

export interface Targets {
  closures: Closure[]
  /** Full names of functions of libraries that a field holds. */
  symbols: string[]
}

export function functionTargets(callee: Value): Closure[] {
  return callee.functions.slice(0, targetsMax)
}

export function methodTargets(machine: Machine, site: Site, name: string): Targets {
  const receiver = site.receiver ?? unknown
  const targets: Targets = { closures: [], symbols: [] }
  const add = (value: Value | undefined): void => {
    targets.closures.push(...(value?.functions ?? []))
    targets.symbols.push(...(value?.symbols ?? []))
  }
  const seen = new Set<string>()
  // An object of Java that is nothing but a function has one method, however it is called.
  if (machine.language === 'java' && !combining.test(name))
    targets.closures.push(...receiver.functions)
  for (const object of receiver.objects) {
    const held = machine.store.contents(object).fields.get(name)
    if (held !== undefined) add(held)
    seen.add(object.type)
    if (held !== undefined && held.functions.length > 0) continue
    const self: Value = { ...unknown, types: [object.type], objects: [object] }
    targets.closures.push(...methodsOf(machine, site, { type: object.type, name, self }))
  }
  for (const type of receiver.types) {
    if (seen.has(type)) continue
    targets.closures.push(...methodsOf(machine, site, { type, name, self: receiver }))
  }
  for (const symbol of receiver.symbols) {
    const member = programValue(machine, `${symbol}.${name}`)
    if (member !== null) add(member)
    if (!machine.declared.has(symbol)) continue
    targets.closures.push(...methodsOf(machine, site, { type: symbol, name, self: receiver }))
    add(machine.store.contents(staticsOf(machine, symbol)).fields.get(name))
  }
  targets.closures = distinct(targets.closures)
  return targets
}

/** What functional interfaces do with functions, instead of running them. */
const combining = /^(?:andThen|compose|negate|and|or|equals|hashCode|toString)$/

function distinct(closures: readonly Closure[]): Closure[] {
  const different: Closure[] = []
  for (const closure of closures) {
    const isKnown = different.some(
      (one) => one.function === closure.function && one.self === closure.self,
    )
    if (!isKnown && different.length < targetsMax) different.push(closure)
  }
  return different
}

function methodsOf(
  machine: Machine,
  site: Site,
  { type, name, self }: { type: string; name: string; self: Value },
): Closure[] {
  const { declared } = machine
  if (!declared.has(type)) return []
  let found = fitting(machine, declared.methods(type, name), site.given)
  const running = machine.running.at(-1)
  // A method that calls itself on `this` from where it overrides another means the other.
  if (site.receiverNode?.op === 'self' && found.some(({ method }) => method === running)) {
    found = superMethods(machine, found, name, site.given)
  }
  if (found.length === 0) found = fitting(machine, declared.overriding(type, name), site.given)
  return found.map((one) => ({
    function: one.method,
    frame: one.declared.frame,
    self: one.method.isStatic ? null : self,
  }))
}

interface Method {
  declared: Declared
  method: IrFunction
}

function superMethods(
  machine: Machine,
  found: readonly Method[],
  name: string,
  given: readonly Given[],
): Method[] {
  const owner = found[0]?.declared.type
  const types = owner === undefined ? [] : machine.declared.supertypes(owner.name)
  const above = types.flatMap((type) => machine.declared.methods(type, name))
  return fitting(machine, above, given)
}

/** By the number of arguments, where that tells them apart. */
export function fitting(
  machine: Machine,
  methods: readonly Method[],
  given: readonly Given[],
): Method[] {
  const written = given.filter(({ name }) => name !== '$for')
  const fits = methods.filter(({ method }) => accepts(method, written.length))
  const [first, ...others] = fits.length > 0 ? fits : methods
  if (first === undefined) return []
  if (others.length === 0) return [first]
  const typed = [first, ...others].filter((one) => isTypedFor(machine, one, written))
  return typed.length > 0 ? typed : [first, ...others]
}

/** No argument has a type that the parameter cannot take. */
function isTypedFor(machine: Machine, { declared, method }: Method, given: readonly Given[]) {
  return given.every(({ value }, index) => {
    const parameter = method.parameters[index]
    if (!parameter?.type || parameter.rest !== null) return true
    const type = declared.frame.module.resolve(parameter.type)
    const owners = ownersOf(machine, value)
    if (owners.length === 0 || takesAll.test(type)) return true
    const { catalogue } = machine
    if (catalogue.isPlain(type)) return owners.some((owner) => catalogue.isPlain(owner))
    const { supertypes } = machine.declared
    return owners.some(
      (owner) => !isExact(machine, owner) || catalogue.isSubtype(owner, type, supertypes),
    )
  })
}

const takesAll = /(?:^|\.)(?:Object|CharSequence|Comparable|Serializable|[A-Z])$/

/** A type of which all supertypes are known that matter. */
function isExact({ types, catalogue, declared }: Machine, type: string): boolean {
  return type === types.text || catalogue.isPlain(type) || declared.has(type)
}

function accepts({ parameters }: IrFunction, count: number): boolean {
  const least = parameters.filter((one) => one.default === null && one.rest === null).length
  const hasRest = parameters.some((one) => one.rest !== null)
  return count >= least && (hasRest || count <= parameters.length)
}
