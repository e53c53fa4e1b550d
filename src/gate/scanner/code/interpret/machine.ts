// The state of one run over one file. What evaluates, executes and calls is handed in, because
// each of them needs the others.

import type { Budget } from '../../weakness.ts'
import type { Call, Expression, IrFunction, Language, Statement } from '../ir/ir.ts'
import { type BuiltInTypes, builtInTypes } from '../model/built-in-types.ts'
import type { Catalogue } from '../model/catalogue.ts'
import type { FunctionModel, ReturnSink, SourceModel } from '../model/data.ts'
import type { Declared, DeclaredTypes } from './declared-types.ts'
import { type Closure, type Contents, Frame, HeapObject, type Value } from './domain.ts'
import type { Findings } from './findings.ts'
import type { Answer, Given } from './given.ts'
import type { Jumps } from './jumps.ts'
import { Memory } from './memory.ts'
import type { ProgramModules } from './program-modules.ts'
import { Store } from './store.ts'
import { cleanFor, joinTaints, type Source, type Spot, type Taints, taintFrom } from './taint.ts'
import { unknown } from './value.ts'

export interface Interpreter {
  evaluate(machine: Machine, expression: Expression): Value
  execute(machine: Machine, statements: readonly Statement[]): void
  /** Runs a function of the file; null where it is not to be entered (again). */
  invoke(machine: Machine, closure: Closure, given: readonly Given[]): Value | null
}

export interface MachineParts {
  budget: Budget
  catalogue: Catalogue
  interpreter: Interpreter
  findings: Findings
  declared: DeclaredTypes
  modules: ProgramModules
  jumps: Jumps
  frame: Frame
  resource: (name: string) => string | null
}

/** Where a run was when another file was to be run first. */
export type Suspended = Pick<
  Machine,
  | 'dead'
  | 'frame'
  | 'isTestWeak'
  | 'jumps'
  | 'loops'
  | 'purposes'
  | 'running'
  | 'statement'
  | 'store'
  | 'told'
  | 'wanted'
>

/** Thrown where steps or time are used up; caught where a run begins. */
export class Exhausted extends Error {
  override name = 'Exhausted'
}

export class Machine {
  readonly language: Language
  readonly catalogue: Catalogue
  readonly findings: Findings
  readonly declared: DeclaredTypes
  readonly modules: ProgramModules
  jumps: Jumps
  readonly types: BuiltInTypes
  /** The text of a file that comes with the program; null where it is not at hand. */
  readonly resource: (name: string) => string | null
  readonly #interpreter: Interpreter
  readonly #budget: Budget
  readonly #root = new Store()
  store = this.#root
  /** No way leads to the statement at hand. */
  dead = false
  frame: Frame
  /** Functions that are being run, the innermost last. */
  running: IrFunction[] = []
  /** Functions that were run at least once. */
  readonly entered = new Set<IrFunction>()
  /** Types declared within functions, with the object of each that was made last. */
  readonly localTypes = new Map<Declared, Value | null>()
  /** Made, but not called yet. */
  readonly waiting = new Map<IrFunction, Closure>()
  /** What the models said of a call when it was last evaluated. */
  readonly modelled = new WeakMap<Call, readonly FunctionModel[]>()
  /** For each of them, what its caller wants the result for. */
  wanted: (readonly string[])[] = []
  /** Names of what the value at hand is for, the nearest first. */
  purposes: readonly string[] = []
  /** Of the statement at hand. */
  statement: { at: number; end: number } = { at: 0, end: 0 }
  /** What the function that a framework calls must not return. */
  returnSinks: readonly ReturnSink[] = []
  /** What the function that was run last tells of its arguments. */
  told: Answer[] = []
  /** What the answer of a call says of its arguments, by their place. */
  readonly answers = new WeakMap<Call, readonly Answer[]>()
  readonly memory = new Memory()
  /** What a matcher was made to look at. */
  readonly matched = new WeakMap<HeapObject, Expression>()
  /** A test was met that was understood, and that does not suffice. */
  isTestWeak = false
  /** Calls that were not followed, because they led too deep. */
  refused = 0
  loops = 0
  stepsMax = 0
  steps = 0
  /** Of those in functions of other files. */
  stepsAbroad = 0
  /** So many that no more of them are entered. */
  isStayingHome = false
  tooDeep = false
  #depth = 0
  readonly #sources = new Map<string, Source>()

  constructor(parts: MachineParts) {
    this.language = parts.frame.module.file.language
    this.catalogue = parts.catalogue
    this.findings = parts.findings
    this.declared = parts.declared
    this.modules = parts.modules
    this.jumps = parts.jumps
    this.types = builtInTypes[this.language]
    this.#interpreter = parts.interpreter
    this.#budget = parts.budget
    this.resource = parts.resource
    this.frame = parts.frame
  }

  /** As the models write it, by the imports of the file at hand. */
  resolve(written: string): string {
    return this.frame.module.resolve(written)
  }

  spot({ at }: { at: number }): Spot {
    return { file: this.frame.module.source, at }
  }

  evaluate(expression: Expression): Value {
    this.#tick()
    if (this.#depth >= depthMax) {
      this.tooDeep = true
      return unknown
    }
    this.#depth++
    try {
      return this.#interpreter.evaluate(this, expression)
    } finally {
      this.#depth--
    }
  }

  execute(statements: readonly Statement[]): void {
    if (this.#depth >= depthMax) {
      this.tooDeep = true
      return
    }
    this.#depth++
    try {
      this.#interpreter.execute(this, statements)
    } finally {
      this.#depth--
    }
  }

  invoke(closure: Closure, given: readonly Given[]): Value | null {
    return this.#interpreter.invoke(this, closure, given)
  }

  /** Evaluates what is to become the value of a variable, a field or a key of this name. */
  evaluateFor(purpose: string, expression: Expression): Value {
    const { purposes } = this
    this.purposes = [purpose, ...purposes.slice(0, purposesMax)]
    const value = this.evaluate(expression)
    this.purposes = purposes
    return value
  }

  /** Something that is no function of the text but has an object around it: a field's value. */
  inFrame<Result>(self: Value | null, outer: Frame, run: () => Result): Result {
    const { frame } = this
    this.frame = new Frame(outer.module.file.main, outer, self)
    try {
      return run()
    } finally {
      this.frame = frame
    }
  }

  /** What is made there is there on all ways. */
  atRoot<Result>(run: () => Result): Result {
    const { store } = this
    this.store = this.#root
    const result = run()
    this.store = store
    return result
  }

  /** Begins at the outermost, in another file; the answer is for `putBack`. */
  setAside(frame: Frame, jumps: Jumps): Suspended {
    const { dead, running, wanted, purposes, statement, told, loops, isTestWeak } = this
    const more = { dead, running, wanted, purposes, statement, told, loops, isTestWeak }
    const before = { ...more, frame: this.frame, store: this.store, jumps: this.jumps }
    const begun = { dead: false, running: [], wanted: [], purposes: [], loops: 0 }
    Object.assign(this, begun, { frame, jumps, store: this.#root })
    return before
  }

  putBack(before: Suspended): void {
    Object.assign(this, before)
  }

  /** Forgets what a run that ended early has left behind. */
  recover(frame: Frame, store: Store): void {
    this.frame = frame
    this.store = store
    this.dead = false
    this.running.length = 0
    this.wanted.length = 0
    this.purposes = []
    this.loops = 0
    this.#depth = 0
    this.jumps.clear()
  }

  /** A run that has become long goes on without entering functions and without repeating loops. */
  get isCoarse(): boolean {
    return this.stepsMax - this.steps < coarseSteps
  }

  #tick(): void {
    this.steps++
    if (this.steps > this.stepsMax) throw new Exhausted('steps')
    if ((this.steps & 1023) === 0 && this.#budget.expired()) throw new Exhausted('time')
  }

  allocate(type: string, contents: Contents): Value {
    const object = new HeapObject(type, contents)
    this.store.setContents(object, contents)
    const types = type === '' ? [] : [type]
    return { ...unknown, types, objects: [object] }
  }

  /** The same place is one source, however often it is passed. */
  sourceAt(model: SourceModel, { at, end }: { at: number; end: number }): Taints {
    const file = this.frame.module.source
    const key = `${at} ${model.label} ${file.path}`
    const known = this.#sources.get(key)
    const source = known ?? { kind: model.kind, label: model.label, file, at, end }
    if (known === undefined) this.#sources.set(key, source)
    return [taintFrom(source, this.findings.bitsOf(model.cleans))]
  }

  /** All that is in a value, also in the objects that it stands for: each is looked at once. */
  deepTaints(value: Value): Taints {
    let { taints } = value
    if (value.objects.length === 0) return taints
    const seen = new Set<HeapObject>()
    let level: readonly Value[] = [value]
    for (let depth = 0; depth <= deepMax && level.length > 0; depth++) {
      const next: Value[] = []
      const add = (held: Value): void => {
        taints = joinTaints(taints, held.taints)
        if (held.objects.length > 0) next.push(held)
      }
      for (const { objects } of level) {
        for (const object of objects) {
          if (seen.has(object)) continue
          seen.add(object)
          const whole = this.#heldBy(object, add)
          taints = joinTaints(taints, whole)
        }
      }
      level = next
    }
    return taints
  }

  /** What is in the object as a whole; its parts are handed on. */
  #heldBy(object: HeapObject, add: (held: Value) => void): Taints {
    const contents = this.store.contents(object)
    if (contents.rest !== null) add(contents.rest)
    for (const element of contents.elements ?? []) add(element)
    for (const [name, field] of contents.fields) {
      if (!name.startsWith('#') || name === '#text') add(field)
    }
    return contents.taints
  }

  cleaned(taints: Taints, rules: readonly string[]): Taints {
    return rules.length === 0 ? taints : cleanFor(taints, this.findings.bitsOf(rules))
  }
}

const depthMax = 260
const deepMax = 3
const purposesMax = 5
const coarseSteps = 60_000
