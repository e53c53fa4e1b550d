// How much evaluating a unit may cost. What goes beyond becomes unknown, and is said once.
import type { Budget } from '../../../weakness.ts'

export const limits = {
  /** Evaluated expressions and handled items, from one root module. */
  steps: 3_000_000,
  /** The same of a unit, whose roots may share their modules. */
  stepsPerUnit: 30_000_000,
  /** Expressions in expressions and the names that they lead to. */
  depth: 250,
  /** UTF-16 units of one text. */
  text: 300_000,
  /** Items of one list or map. */
  items: 20_000,
  /** Instances of one resource, by `count` or `for_each`. */
  instancesPerResource: 1000,
  instancesPerUnit: 40_000,
  /** Modules in modules. */
  moduleDepth: 12,
}

export class Work {
  readonly #budget: Budget
  readonly #reasons = new Set<string>()
  #steps = 0
  /** Where the steps of the present root end. */
  #stepsMax = limits.steps
  #depth = 0
  #instances = 0
  #ended = false

  constructor(budget: Budget) {
    this.#budget = budget
  }

  /** Null where nothing was cut. */
  get incomplete(): string | null {
    return this.#reasons.size === 0 ? null : [...this.#reasons].join('; ')
  }

  /** Until the next root begins; for good when it was the unit's limit or the time. */
  get ended(): boolean {
    return this.#ended
  }

  beginRoot(): void {
    if (this.#steps > limits.stepsPerUnit || this.#budget.expired()) return
    this.#stepsMax = this.#steps + limits.steps
    this.#ended = false
  }

  /** False when there is no more of it: the value is then unknown. */
  take(steps = 1): boolean {
    if (this.#ended) return false
    const before = this.#steps
    this.#steps += steps
    if (this.#steps > this.#stepsMax) {
      this.#end(`evaluating Terraform took more than ${limits.steps} steps`)
    } else if (before >> 9 !== this.#steps >> 9 && this.#budget.expired()) {
      this.#end('the time limit ended the evaluation of Terraform')
    }
    return !this.#ended
  }

  /** False for what is nested too deeply; otherwise `leave` must follow. */
  enter(): boolean {
    if (!this.take()) return false
    if (this.#depth >= limits.depth) {
      this.cut(`Terraform expressions are nested more than ${limits.depth} deep`)
      return false
    }
    this.#depth++
    return true
  }

  leave(): void {
    this.#depth--
  }

  /** How many of `wanted` instances of one resource there may be. */
  instances(wanted: number): number {
    const { instancesPerResource, instancesPerUnit } = limits
    if (wanted > instancesPerResource) {
      this.cut(`only ${instancesPerResource} instances of a resource are checked`)
    }
    const allowed = Math.min(wanted, instancesPerResource, instancesPerUnit - this.#instances)
    if (allowed < Math.min(wanted, instancesPerResource)) {
      this.cut(`only ${instancesPerUnit} resources of a unit are checked`)
    }
    this.#instances += allowed
    return allowed
  }

  /** Whether a text or a collection of this size may be made. */
  allows(size: number, kind: 'text' | 'items'): boolean {
    if (size > limits[kind]) {
      this.cut(`a ${kind === 'text' ? 'text' : 'collection'} of Terraform is too large`)
      return false
    }
    return this.take(kind === 'text' ? size >> 6 : size)
  }

  cut(reason: string): void {
    this.#reasons.add(reason)
  }

  #end(reason: string): void {
    this.#ended = true
    this.cut(reason)
  }
}
