// Types that the program declares, as far as its files are at hand: their members, also inherited.

import type { IrField, IrFunction, IrType } from '../ir/ir.ts'
import type { Frame, HeapObject, Module, Value } from './domain.ts'

/** Other files of the program, by the outermost frame of each. */
export interface Elsewhere {
  /** That which declares a type of this name; null where none does. */
  file(type: string): Frame | null
  /** What a type of another module is called within the run. */
  names(type: string): readonly string[]
  /** False while what is not there yet may still come. */
  isSettled(): boolean
  /** Those with types that extend this one. */
  subtypes(type: string): readonly Frame[]
}

export interface Declared {
  readonly type: IrType
  /** What its methods see around them. */
  readonly frame: Frame
  /** `this` where it was declared within a method. */
  readonly outer: Value | null
}

export class DeclaredTypes {
  readonly #types = new Map<string, Declared>()
  readonly #methods = new Map<IrType, ReadonlyMap<string, IrFunction[]>>()
  /** What stands for the type itself: its static fields. */
  readonly statics = new Map<string, HeapObject>()
  /** Values of constant fields that are being worked out or are known. */
  readonly constants = new Map<IrField, Value | null>()

  /** Of files beside the one that is analysed; names that nothing was found for are remembered. */
  readonly #elsewhere: Elsewhere
  readonly #missing = new Set<string>()
  /** Types whose subtypes were looked for. */
  readonly #extended = new Set<string>()

  constructor(elsewhere: Elsewhere) {
    this.#elsewhere = elsewhere
  }

  addFile(frame: Frame): void {
    for (const type of frame.module.file.types) this.add({ type, frame, outer: null })
  }

  add(declared: Declared): void {
    this.#types.set(declared.type.name, declared)
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  get(name: string): Declared | null {
    const known = this.#types.get(name)
    if (known !== undefined) return known
    if (this.#missing.has(name)) return null
    // Whoever asks for it while it is being looked for is told that it is missing.
    this.#missing.add(name)
    const frame = this.#elsewhere.file(name)
    if (frame !== null) this.addFile(frame)
    const other = frame === null ? this.#elsewhere.names(name) : []
    const found = [name, ...other].map((one) => this.#types.get(one)).find((one) => one) ?? null
    if (found !== null || !this.#elsewhere.isSettled()) this.#missing.delete(name)
    return found
  }

  /** Of one file, in the order of its text. */
  of(module: Module): Declared[] {
    return [...this.#types.values()].filter(({ frame }) => frame.module === module)
  }

  readonly supertypes = (name: string): readonly string[] => {
    const declared = this.get(name)
    return declared === null ? [] : declared.type.extends.map(declared.frame.module.resolve)
  }

  /** The type and those it extends, as far as the file declares them. */
  line(name: string): Declared[] {
    const line: Declared[] = []
    const queue = [name]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const declared = this.get(next)
      if (declared === null || line.includes(declared) || line.length >= lineMax) continue
      line.push(declared)
      queue.push(...this.supertypes(next))
    }
    return line
  }

  /** Overloads stay together: those of the nearest type that has any. */
  methods(type: string, name: string): { declared: Declared; method: IrFunction }[] {
    for (const declared of this.line(type)) {
      const found = this.#methodsOf(declared).get(name)
      if (found !== undefined) return found.map((method) => ({ declared, method }))
    }
    return []
  }

  #methodsOf({ type }: Declared): ReadonlyMap<string, IrFunction[]> {
    const known = this.#methods.get(type)
    if (known !== undefined) return known
    const methods = new Map<string, IrFunction[]>()
    for (const method of type.methods) {
      const overloads = methods.get(method.name)
      if (overloads === undefined) methods.set(method.name, [method])
      else overloads.push(method)
    }
    this.#methods.set(type, methods)
    return methods
  }

  /** Of types that extend it: what a call of an abstract method may run. */
  overriding(type: string, name: string): { declared: Declared; method: IrFunction }[] {
    if (!this.#extended.has(type)) {
      this.#extended.add(type)
      for (const frame of this.#elsewhere.subtypes(type)) {
        const isKnown = frame.module.file.types.some((one) => this.#types.has(one.name))
        if (!isKnown) this.addFile(frame)
      }
    }
    const found: { declared: Declared; method: IrFunction }[] = []
    for (const declared of this.#types.values()) {
      if (found.length >= overridingMax) break
      if (!this.supertypes(declared.type.name).includes(type)) continue
      for (const method of declared.type.methods) {
        if (method.name === name) found.push({ declared, method })
      }
    }
    return found
  }

  field(type: string, name: string): { declared: Declared; field: IrField } | null {
    for (const declared of this.line(type)) {
      const field = declared.type.fields.find((one) => one.name === name)
      if (field !== undefined) return { declared, field }
    }
    return null
  }
}

const lineMax = 16
const overridingMax = 4
