// Runs all of a file: what runs when it is loaded, then each function as somebody might call it.

import type { IrFunction } from '../ir/ir.ts'
import type { Declared } from './declared-types.ts'
import type { Closure, Frame, Value } from './domain.ts'
import type { Given } from './given.ts'
import { makeObject } from './instantiate.ts'
import { stepsAbroadMax } from './invoke.ts'
import { Exhausted, type Machine } from './machine.ts'
import { entriesOf, parametersOf, returnSinksOf } from './parameters.ts'
import type { Store } from './store.ts'

import { only } from './value.ts'
import { update } from './write.ts'

/** They run when an object is made. */
const makers = new Set(['constructor', '__init__', '<initialiser>'])

const stepsPerRunMax = 120_000
const stepsPerFileMax = 4_000_000
const runsMax = 5_000

/** What cut the run short, or null. */
export function runFile(machine: Machine): string | null {
  const runner = new Runner(machine)
  runner.main()
  runner.methods()
  return runner.cut
}

class Runner {
  readonly #machine: Machine
  readonly #root: Store
  readonly #frame: Frame
  readonly #selves = new Map<string, Value>()
  #runs = 0
  #ended: string | null = null
  readonly #cuts = new Set<string>()

  constructor(machine: Machine) {
    this.#machine = machine
    this.#root = machine.store
    this.#frame = machine.frame
  }

  get cut(): string | null {
    if (this.#machine.isStayingHome) {
      this.#cuts.add(`calls into other files were followed for ${stepsAbroadMax} steps only`)
    }
    if (this.#machine.tooDeep) this.#cuts.add('parts of it nest too deep')
    return this.#cuts.size === 0 ? null : [...this.#cuts].join('; ')
  }

  main(): void {
    const { file } = this.#frame.module
    this.#guarded(() => this.#machine.execute(file.main.body))
    this.#machine.dead = false
    this.#within(this.#root)
  }

  methods(): void {
    for (const declared of this.#machine.declared.of(this.#frame.module)) {
      this.#fields(declared)
      for (const method of declared.type.methods) {
        const { name, exported, annotations } = method
        const isSeen = this.#machine.entered.has(method)
        if (makers.has(name) || (isSeen && !exported && annotations.length === 0)) continue
        this.#run(() => {
          const self = method.isStatic ? null : this.#selfOf(declared)
          return { closure: { function: method, frame: declared.frame, self }, declared }
        })
      }
    }
  }

  /** What runs when a type is loaded, and when an object of it is made. */
  #fields(declared: Declared): void {
    const machine = this.#machine
    for (const { isStatic, value } of declared.type.fields) {
      if (!isStatic || value === null || value.op === 'constant') continue
      this.#guarded(() => machine.inFrame(null, declared.frame, () => machine.evaluate(value)))
    }
    this.#guarded(() => this.#selfOf(declared))
    machine.dead = false
    this.#within(this.#root)
  }

  /** Functions that were made but that nobody called; those of a store see what is in it. */
  #waiting(base: Store): void {
    const { waiting } = this.#machine
    for (let rounds = 0; waiting.size > 0 && rounds < runsMax; rounds++) {
      const [next] = waiting
      if (next === undefined || this.#ended !== null) break
      const [run, closure] = next
      waiting.delete(run)
      this.#machine.store = base
      this.#run(() => ({ closure, declared: null }), base)
    }
    waiting.clear()
    this.#machine.store = this.#root
  }

  #run(prepare: () => { closure: Closure; declared: Declared | null }, base = this.#root): void {
    if (this.#ended !== null) return
    if (++this.#runs > runsMax) {
      this.#ended = `only the first ${runsMax} functions were run`
      this.#cuts.add(this.#ended)
      return
    }
    const machine = this.#machine
    const store = base.fork()
    this.#guarded(() => {
      machine.store = base
      machine.frame = this.#frame
      const { closure, declared } = prepare()
      machine.store = store
      const { function: run, frame } = closure
      const entries = entriesOf(machine, run, declared, frame)
      machine.returnSinks = returnSinksOf(machine, run, declared, entries)
      const answer = machine.invoke(closure, parametersOf(machine, run, entries))
      machine.returnSinks = []
      for (const { rule, when } of entries.flatMap(({ faults }) => faults)) {
        const isFault =
          'does' in when
            ? run.body.length === 0
            : !machine.dead && answer !== null && only(answer) === when.answers
        if (isFault) machine.findings.misused(machine, rule, run)
      }
    })
    machine.dead = false
    this.#within(store)
    machine.store = this.#root
  }

  /** What a function has made and nobody has called yet still sees what the function has seen. */
  #within(store: Store): void {
    const { waiting, localTypes, entered } = this.#machine
    if (this.#ended !== null) {
      waiting.clear()
      localTypes.clear()
      return
    }
    const types = [...localTypes]
    localTypes.clear()
    for (const [declared, made] of types) {
      for (const method of declared.type.methods) {
        if (entered.has(method) || makers.has(method.name)) continue
        this.#run(() => {
          const self = method.isStatic ? null : (made ?? makeObject(this.#machine, declared))
          return { closure: { function: method, frame: declared.frame, self }, declared }
        }, store)
      }
    }
    if (waiting.size > 0) this.#waiting(store)
  }

  /** `this` of a method that is called from elsewhere: what a constructor makes of it. */
  #selfOf(declared: Declared): Value {
    const machine = this.#machine
    const { name } = declared.type
    const known = this.#selves.get(name)
    if (known !== undefined) return known
    machine.store = this.#root
    const self = makeObject(machine, declared)
    this.#selves.set(name, self)
    const made = constructorOf(machine, declared)
    if (made !== null) {
      const given: Given[] = parametersOf(machine, made, [])
      machine.invoke({ function: made, frame: declared.frame, self }, given)
      machine.dead = false
    }
    this.#forgetConstants(declared, self)
    return self
  }

  /** Other methods may have been called in between, so that values, unlike types, may differ. */
  #forgetConstants({ type }: Declared, self: Value): void {
    const fixed = new Set(type.fields.filter((one) => one.isConstant).map(({ name }) => name))
    update(this.#machine, self.objects, (contents) => {
      const fields = new Map(contents.fields)
      for (const [name, value] of fields) {
        if (!fixed.has(name)) fields.set(name, { ...value, constants: null, prefix: null })
      }
      return { ...contents, fields }
    })
  }

  #guarded(run: () => void): void {
    const machine = this.#machine
    machine.stepsMax = Math.min(machine.steps + stepsPerRunMax, stepsPerFileMax)
    try {
      run()
    } catch (error) {
      if (error instanceof RangeError) machine.tooDeep = true
      else if (error instanceof Exhausted) this.#exhausted(error.message)
      else throw error
      machine.recover(this.#frame, this.#root)
    }
  }

  #exhausted(what: string): void {
    if (what === 'time') {
      this.#ended = 'the time was up'
      this.#cuts.add('the analysis of its code ran out of time')
    } else if (this.#machine.steps >= stepsPerFileMax) {
      this.#ended = 'steps'
      this.#cuts.add(`the analysis of its code ended after ${stepsPerFileMax} steps`)
    } else this.#cuts.add(`functions were followed for ${stepsPerRunMax} steps only`)
  }
}

function constructorOf(machine: Machine, { type }: Declared): IrFunction | null {
  const found = ['constructor', '__init__'].flatMap((name) =>
    machine.declared.methods(type.name, name),
  )
  return found[0]?.method ?? null
}
