// The modules of the program that a run has met: each is one frame, whoever names it.
import type { SourceText } from '../../source-text.ts'
import type { IrType } from '../ir/ir.ts'
import type { Frame, HeapObject } from './domain.ts'
import type { Neighbour, Surroundings } from './surroundings.ts'

export interface ProgramModule {
  /** Of what stands outside of all functions. */
  frame: Frame
  source: SourceText
  /** What `module` is in a file of JavaScript; made when it is asked for. */
  own: HeapObject | null
  /** What it holds from the start in `exports`. */
  exports: HeapObject | null
  state: 'new' | 'running' | 'ready'
}

export interface FoundModule {
  module: ProgramModule
  /** What of it the name goes on to: `find` of `./users.find`. */
  members: readonly string[]
}

export class ProgramModules {
  readonly home: ProgramModule
  readonly #surroundings: Surroundings
  readonly #frameOf: (at: Neighbour) => Frame
  readonly #bySource = new Map<SourceText, ProgramModule>()
  readonly #found = new Map<SourceText, Map<string, FoundModule | null>>()
  readonly #types = new WeakMap<IrType, IrType>()
  /** How many are being run, one within the other. */
  running = 0
  /** How many were run. */
  count = 0

  /** `home` is the frame of the file that is analysed. */
  constructor(home: Frame, surroundings: Surroundings, frameOf: (at: Neighbour) => Frame) {
    this.#surroundings = surroundings
    this.#frameOf = frameOf
    const { source } = home.module
    this.home = { frame: home, source, own: null, exports: null, state: 'ready' }
    this.#bySource.set(source, this.home)
  }

  /** Null where the name is of no module of the program. */
  find(name: string, from: SourceText): FoundModule | null {
    const known = this.#found.get(from) ?? new Map<string, FoundModule | null>()
    this.#found.set(from, known)
    const before = known.get(name)
    if (before !== undefined) return before
    const near = this.#surroundings.module(name, from)
    const found = near === null ? null : { module: this.#module(near), members: near.members }
    known.set(name, found)
    return found
  }

  /** The module that a frame belongs to. */
  of({ module }: Frame): ProgramModule | null {
    return this.#bySource.get(module.source) ?? null
  }

  isHome({ module }: Frame): boolean {
    return module.source === this.home.source
  }

  /**
   * The type under a name that no other file has. Where paths name modules, the file at hand is
   * the only one whose types keep their own.
   */
  typeIn({ module }: Frame, type: IrType): IrType {
    const { file, source } = module
    if (file.language === 'java' || source === this.home.source) return type
    const known = this.#types.get(type)
    if (known !== undefined) return known
    const named = { ...type, name: qualified(source, type.name) }
    this.#types.set(type, named)
    return named
  }

  #module(near: Neighbour): ProgramModule {
    const { source } = near
    const known = this.#bySource.get(source)
    if (known !== undefined) return known
    const frame = this.#frameOf(near)
    const made = { frame, source, own: null, exports: null, state: 'new' as const }
    this.#bySource.set(source, made)
    return made
  }
}

/** The full name of a type that a file of a language without namespaces declares. */
export const qualified = ({ path }: SourceText, name: string): string => `${path}#${name}`
