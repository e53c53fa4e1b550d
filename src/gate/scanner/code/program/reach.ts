// Which files a file is analysed with: those that it leads to, the nearest first, within bounds.
import { createHash } from 'node:crypto'
import type { Program } from './program.ts'

export interface Reach {
  /** The nearest first; the file itself is none of them. */
  paths: string[]
  /** Of those that are as near, what the bounds left out. */
  cut: string[]
  /** Whether there is more, of which not even the names are told. */
  isOver: boolean
}

export interface ReachLimits {
  /** Imports from one file to the next. */
  distanceMax: number
  filesMax: number
  /** Imports that are looked at for one file, and for all files together. */
  edgesMax: number
  allEdgesMax: number
}

/** Only what is asked for of them is opened, which has bounds of its own. */
export const reachLimits: ReachLimits = {
  distanceMax: 4,
  filesMax: 3_000,
  edgesMax: 50_000,
  allEdgesMax: 100_000_000,
}

export class Reaches {
  readonly #program: Program
  readonly #limits: ReachLimits
  readonly #neighbours = new Map<string, string[]>()
  readonly #digests: Map<string, string>[] = []
  #edges = 0

  constructor(program: Program, limits: Partial<ReachLimits> = {}) {
    this.#program = program
    this.#limits = { ...reachLimits, ...limits }
  }

  of(path: string): Reach {
    const { distanceMax, filesMax, edgesMax, allEdgesMax } = this.#limits
    const lastEdge = Math.min(this.#edges + edgesMax, allEdgesMax)
    const seen = new Set([path])
    const paths: string[] = []
    const cut: string[] = []
    let edge = [path]
    for (let distance = 0; distance < distanceMax && edge.length > 0; distance++) {
      const next: string[] = []
      for (const at of edge) {
        for (const one of this.#around(at)) {
          if (this.#edges >= lastEdge) return { paths, cut, isOver: true }
          this.#edges++
          if (seen.has(one)) continue
          seen.add(one)
          if (paths.length >= filesMax) {
            if (cut.length < cutMax) cut.push(one)
            continue
          }
          paths.push(one)
          next.push(one)
        }
      }
      edge = next
    }
    return { paths, cut, isOver: false }
  }

  /**
   * Works out beforehand what `digest` asks for, in small steps with `pause` between them: at once
   * it may keep a process busy for long.
   */
  async prepare(
    paths: readonly string[],
    blobOf: (path: string) => string | null,
    pause: () => Promise<unknown>,
  ): Promise<void> {
    let steps = 0
    for (let distance = 0; distance <= this.#limits.distanceMax; distance++) {
      for (const path of paths) {
        this.#named(path, distance, blobOf)
        steps += 1 + this.#around(path).length
        if (steps < stepsMax) continue
        steps = 0
        await pause()
      }
    }
  }

  /**
   * Names the contents of all files that the reach of this one depends on; null where one of them
   * has no name. Each distance is worked out from the one before, for all files only once.
   */
  digest(path: string, blobOf: (path: string) => string | null): string | null {
    const name = this.#named(path, this.#limits.distanceMax, blobOf)
    return name === '' ? null : name
  }

  #named(path: string, distance: number, blobOf: (path: string) => string | null): string {
    const level = this.#digests[distance] ?? new Map<string, string>()
    this.#digests[distance] = level
    const known = level.get(path)
    if (known !== undefined) return known
    const blob = blobOf(path)
    let name = blob ?? ''
    if (blob !== null && distance > 0) {
      const parts = this.#around(path).map((one) => [one, this.#named(one, distance - 1, blobOf)])
      const isWhole = parts.every(([, part]) => part !== '')
      const all = parts.map((part) => part.join('\0')).join('\n')
      name = isWhole ? createHash('sha1').update(`${path}\0${blob}\n${all}`).digest('hex') : ''
    }
    level.set(path, name)
    return name
  }

  #around(path: string): string[] {
    const known = this.#neighbours.get(path)
    if (known !== undefined) return known
    const found = this.#program.neighbours(path)
    this.#neighbours.set(path, found)
    return found
  }
}

const cutMax = 500
const stepsMax = 2_000
