// What names of other files of the program stand for: their modules are run once, when something
// of them is first asked for.

import type { Closure, HeapObject, Value } from './domain.ts'
import { openObject, withField } from './heap.ts'
import { Jumps } from './jumps.ts'
import { Exhausted, type Machine } from './machine.ts'
import type { FoundModule, ProgramModule } from './program-modules.ts'
import { join, unknown } from './value.ts'

/** Of a full name; itself where it is of no module of the program. */
export function symbolValue(machine: Machine, name: string): Value {
  if (machine.language === 'javascript' && name === 'module') return moduleItself(machine)
  return programValue(machine, name) ?? { ...unknown, symbols: [name] }
}

/** Null where the name is of no module of the program, or of nothing in it. */
export function programValue(machine: Machine, name: string): Value | null {
  if (machine.language === 'java') return null
  const { modules, frame } = machine
  const found = modules.find(name, frame.module.source)
  return found === null ? null : valueIn(machine, found, name)
}

/** What a name of another module stands for as a type: its name within the run. */
export function typeElsewhere(machine: Machine, name: string): readonly string[] {
  return programValue(machine, name)?.symbols.filter((symbol) => symbol !== name) ?? []
}

function valueIn(machine: Machine, { module, members }: FoundModule, name: string): Value | null {
  load(machine, module)
  const whole = { ...unknown, symbols: [name] }
  if (machine.language === 'python') {
    const [first, ...others] = members
    if (first === undefined) return whole
    const value = ofPython(machine, module, first, 0)
    return value === null ? null : memberOf(machine, value, others)
  }
  const exports = exportsOf(machine, module)
  if (members.length > 0) return ofScript(machine, module, exports, members)
  const isPlain = exports.objects.length === 1 && exports.objects[0] === module.exports
  return isPlain ? { ...whole, objects: exports.objects } : exports
}

function ofPython(
  machine: Machine,
  module: ProgramModule,
  name: string,
  depth: number,
): Value | null {
  const cell = module.frame.find(name)
  const value = cell === null ? null : machine.store.value(cell)
  if (value !== null) return value
  const { imports } = module.frame.module.file
  const imported = imports.get(name)
  if (depth >= passedOnMax) return null
  const named = [...imports].filter(([written]) => written.endsWith('.*'))
  const names = imported === undefined ? named.map(([, from]) => `${from}.${name}`) : [imported]
  return passedOn(machine, module, names, depth)
}

function ofScript(
  machine: Machine,
  module: ProgramModule,
  exports: Value,
  [first = '', ...others]: readonly string[],
  depth = 0,
): Value | null {
  const value = memberOf(machine, exports, [first])
  if (value !== null) return memberOf(machine, value, others)
  // Compilers take what a module of the older kind exports for its default.
  if (first === 'default') return memberOf(machine, exports, others)
  if (depth >= passedOnMax) return null
  const { imports } = module.frame.module.file
  const stars = [...imports].filter(([written]) => written.startsWith('* '))
  const names = stars.map(([, from]) => [from, first, ...others].join('.'))
  return passedOn(machine, module, names, depth)
}

/** What a module has only taken from another one. */
function passedOn(
  machine: Machine,
  module: ProgramModule,
  names: readonly string[],
  depth: number,
): Value | null {
  for (const name of names.slice(0, starsMax)) {
    const found = machine.modules.find(name, module.source)
    if (found === null || found.module === module) continue
    load(machine, found.module)
    const [first, ...others] = found.members
    if (first === undefined) return { ...unknown, symbols: [name] }
    const value =
      machine.language === 'python'
        ? ofPython(machine, found.module, first, depth + 1)
        : ofScript(
            machine,
            found.module,
            exportsOf(machine, found.module),
            found.members,
            depth + 1,
          )
    if (value === null) continue
    return machine.language === 'python' ? memberOf(machine, value, others) : value
  }
  return null
}

const passedOnMax = 5
const starsMax = 20

/** Null where nothing of these names was seen. */
function memberOf(machine: Machine, value: Value, names: readonly string[]): Value | null {
  let found: Value | null = value
  for (const name of names) {
    let next: Value | null = null
    for (const object of found.objects) {
      const held = machine.store.contents(object).fields.get(name)
      if (held !== undefined) next = next === null ? held : join(next, held)
    }
    for (const symbol of found.symbols) {
      const closures: Closure[] = machine.declared
        .methods(symbol, name)
        .map(({ declared, method }) => ({ function: method, frame: declared.frame, self: null }))
      if (closures.length === 0) continue
      const methods = { ...unknown, functions: closures }
      next = next === null ? methods : join(next, methods)
    }
    if (next === null) return null
    found = next
  }
  return found
}

function moduleItself(machine: Machine): Value {
  const symbols = ['module']
  const module = machine.modules.of(machine.frame)
  if (module === null) return { ...unknown, symbols }
  return { ...unknown, symbols, objects: [ownOf(machine, module)] }
}

function ownOf(machine: Machine, module: ProgramModule): HeapObject {
  if (module.own !== null) return module.own
  return machine.atRoot(() => {
    const exports = machine.allocate('', openObject)
    const [held] = exports.objects
    const [own] = machine.allocate('', withField(openObject, 'exports', exports)).objects
    module.exports = held ?? null
    module.own = own as HeapObject
    return module.own
  })
}

function exportsOf(machine: Machine, module: ProgramModule): Value {
  const own = ownOf(machine, module)
  return machine.store.contents(own).fields.get('exports') ?? unknown
}

/** Runs what stands outside of functions, from wherever it is asked for. */
function load(machine: Machine, module: ProgramModule): void {
  const { modules } = machine
  if (module.state !== 'new' || modules.running >= nestingMax || modules.count >= modulesMax) return
  module.state = 'running'
  modules.running++
  modules.count++
  const { stepsMax, steps } = machine
  const before = machine.setAside(module.frame, new Jumps())
  machine.stepsMax = Math.min(stepsMax, steps + stepsPerModuleMax)
  try {
    machine.execute(module.frame.function.body)
  } catch (error) {
    // Time is up for all; steps only for this module, of which is kept what was reached.
    if (!(error instanceof Exhausted) || error.message === 'time') throw error
  } finally {
    machine.putBack(before)
    machine.stepsMax = stepsMax + (machine.steps - steps)
    modules.running--
    module.state = 'ready'
  }
}

const nestingMax = 8
const modulesMax = 80
const stepsPerModuleMax = 70_000
