// How much of a template may be looked at: aliases of YAML make a short file mean any amount.
import type { Budget } from '../../weakness.ts'

const looksMax = 1_000_000
const looksPerAsking = 1024

/** Shared by all that reads one template. */
export class Work {
  readonly #budget: Budget
  #left = looksMax

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Whether another value may be looked at. */
  mayLook(): boolean {
    if (this.#left > 0) this.#left--
    if (this.#left % looksPerAsking === 0 && this.#budget.expired()) this.#left = 0
    return this.#left > 0
  }

  get isSpent(): boolean {
    return this.#left === 0
  }
}
