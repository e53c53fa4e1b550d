// Types that the program declares, as far as its files are at hand: their members, also inherited.

import type { IrField, IrFunction, IrType } from '../ir/ir.ts'
import type { Frame, HeapObject, Module, Value } from './domain.ts'

/** The outermost frame of the file that declares a type of this name; null where none does. */
export type Elsewhere = (type: string) => Frame | null

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
    const frame = this.#elsewhere(name)
    if (frame !== null) this.addFile(frame)
    const found = this.#types.get(name) ?? null
    if (found === null) this.#missing.add(name)
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
