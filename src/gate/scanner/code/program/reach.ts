// Which files a file is analysed with: those that it leads to, the nearest first, within bounds.
import { createHash } from 'node:crypto'
import type { Program } from './program.ts'

export interface Reach {
  /** The nearest first; the file itself is none of them. */
  paths: string[]
  /** Of those that are as near, what the bounds left out. */
  cut: string[]
}

export interface ReachLimits {
  /** Imports from one file to the next. */
  distanceMax: number
  filesMax: number
}

/** Only what is asked for of them is opened, which has bounds of its own. */
export const reachLimits: ReachLimits = { distanceMax: 4, filesMax: 3_000 }

export class Reaches {
  readonly #program: Program
  readonly #limits: ReachLimits
  readonly #neighbours = new Map<string, string[]>()
  readonly #digests: Map<string, string>[] = []

  constructor(program: Program, limits: ReachLimits = reachLimits) {
    this.#program = program
    this.#limits = limits
  }

  of(path: string): Reach {
    const { distanceMax, filesMax } = this.#limits
    const seen = new Set([path])
    const paths: string[] = []
    const cut: string[] = []
    let edge = [path]
    for (let distance = 0; distance < distanceMax && edge.length > 0; distance++) {
      const next: string[] = []
      for (const at of edge) {
        for (const one of this.#around(at)) {
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
    return { paths, cut }
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
