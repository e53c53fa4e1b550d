// Gathers which limits cut the analysis of a file short.
import type { Budget } from './weakness.ts'

interface CutLimits {
  fileMs: number
  findingsPerFileMax: number
}

/** `repeatable` where another attempt would be cut short in the same way. */
interface Told {
  incomplete: string | null
  repeatable?: true
}

/** What was cut in one file, or in one unit. */
export class Cuts {
  readonly #limits: CutLimits
  readonly #reasons = new Set<string>()

  constructor(limits: CutLimits) {
    this.#limits = limits
  }

  /** What ran out of time may get further the next time; all else is cut in the same place. */
  told(budget: Budget): Told {
    if (this.#reasons.size === 0) return { incomplete: null }
    const incomplete = [...this.#reasons].join('; ')
    return budget.expired() ? { incomplete } : { incomplete, repeatable: true }
  }

  add(reason: string | null): void {
    if (reason !== null) this.#reasons.add(reason)
  }

  time(): void {
    this.add(`the time limit of ${this.#limits.fileMs} ms ended the scan of this file`)
  }

  within<Item>(items: Item[]): Item[] {
    const { findingsPerFileMax } = this.#limits
    if (items.length <= findingsPerFileMax) return items
    this.add(`only the first ${findingsPerFileMax} of ${items.length} findings are listed`)
    return items.slice(0, findingsPerFileMax)
  }
}
