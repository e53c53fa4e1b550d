// What a run is made of: values, the functions and objects that they stand for, and the places that
// hold them.
import type { SourceText } from '../../source-text.ts'
import type { IrFile, IrFunction } from '../ir/ir.ts'
import type { Scalar } from '../model/data.ts'
import type { Taints } from './taint.ts'

/**
 * What is known of a value while a program is run with unknown input: which constants it may be,
 * what of it comes from outside, its types, and the objects and functions that it may stand for.
 */
export interface Value {
  /** All that it may be; null where that is not known. */
  readonly constants: readonly Scalar[] | null
  /** How the text begins, where that is known of a text that is not. */
  readonly prefix: string | null
  readonly taints: Taints
  /** Full names; empty where nothing is known. */
  readonly types: readonly string[]
  /** Full names of what it is itself: a type, a module, a function of a library. */
  readonly symbols: readonly string[]
  readonly objects: readonly HeapObject[]
  readonly functions: readonly Closure[]
}

/** A function with what it sees around it. */
export interface Closure {
  readonly function: IrFunction
  readonly frame: Frame
  /** What `this` is in it, where it is bound. */
  readonly self: Value | null
}

export type ObjectKind = 'object' | 'map' | 'list' | 'text'

export class HeapObject {
  readonly id = nextId()
  readonly type: string
  readonly initial: Contents

  constructor(type: string, initial: Contents) {
    this.type = type
    this.initial = initial
  }
}

/** Never changed once it is stored: a change makes another. */
export interface Contents {
  readonly kind: ObjectKind
  /** Fields of an object, entries of a map. What begins with `#` is remembered of the whole. */
  readonly fields: ReadonlyMap<string, Value>
  /** Of a list whose length is known; null otherwise. */
  readonly elements: readonly Value[] | null
  /** What stands at places that are not known, or null where nothing does. */
  readonly rest: Value | null
  /** It may hold what nobody has seen it given. */
  readonly open: boolean
  /** What flowed into it as a whole. */
  readonly taints: Taints
}

let ids = 0

/** Cells and objects are numbered as they are made. */
export function nextId(): number {
  return ids++
}

/** A file of the program that is run: what its functions see around them. */
export interface Module {
  readonly file: IrFile
  readonly source: SourceText
  /** Full name of a type, a function or an annotation as the models write it. */
  readonly resolve: (written: string) => string
}

/** A place for a value; what it holds is in the store. */
export class Cell {
  readonly id = nextId()
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export class Frame {
  readonly function: IrFunction
  readonly module: Module
  readonly parent: Frame | null
  readonly self: Value | null
  /** Names that were assigned to since: what is known of them is no longer of what was given. */
  readonly assigned = new Set<string>()
  readonly #cells = new Map<string, Cell>()

  /** `outer` is the frame that it was written in, or the file where there is none. */
  constructor(run: IrFunction, outer: Frame | Module, self: Value | null) {
    this.function = run
    this.parent = outer instanceof Frame ? outer : null
    this.module = outer instanceof Frame ? outer.module : outer
    this.self = self
  }

  declare(name: string): Cell {
    const known = this.#cells.get(name)
    if (known !== undefined) return known
    const cell = new Cell(name)
    this.#cells.set(name, cell)
    return cell
  }

  /** Of this frame alone. */
  cells(): Iterable<Cell> {
    return this.#cells.values()
  }

  find(name: string): Cell | null {
    for (let frame: Frame | null = this; frame !== null; frame = frame.parent) {
      const cell = frame.#cells.get(name)
      if (cell !== undefined) return cell
    }
    return null
  }
}

/** Without the number that tells it from others of the name. */
export function plainName(name: string): string {
  const mark = name.indexOf('#')
  return mark < 0 ? name : name.slice(0, mark)
}
