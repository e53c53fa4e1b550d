// Where `break`, `continue`, `return` and `throw` go, with what had changed by then.
import type { Value } from './domain.ts'
import type { Changes, Store } from './store.ts'

export interface Returned {
  changes: Changes
  value: Value
  /** For each parameter, for which rules it is harmless here; null where nothing is known. */
  tells: { whenTrue: bigint; whenFalse: bigint }[] | null
}

export interface Target {
  kind: 'loop' | 'switch' | 'block' | 'function' | 'try'
  label: string | null
  /** What was known before it was entered. */
  outer: Store
  breaks: Changes[]
  continues: Changes[]
  returns: Returned[]
  throws: Changes[]
}

export class Jumps {
  readonly #targets: Target[] = []

  enter(kind: Target['kind'], outer: Store, label: string | null = null): Target {
    const target: Target = {
      kind,
      label,
      outer,
      breaks: [],
      continues: [],
      returns: [],
      throws: [],
    }
    this.#targets.push(target)
    return target
  }

  leave(): void {
    this.#targets.pop()
  }

  clear(): void {
    this.#targets.length = 0
  }

  /** What is left by `break` or `continue`; null where the text has nothing to leave. */
  loopOrBlock(op: 'break' | 'continue', label: string | null): Target | null {
    for (let at = this.#targets.length - 1; at >= 0; at--) {
      const target = this.#targets[at]
      if (target === undefined || target.kind === 'function') return null
      const fits =
        label !== null
          ? target.label === label && (op === 'break' || target.kind === 'loop')
          : target.kind === 'loop' || (op === 'break' && target.kind === 'switch')
      if (fits) return target
    }
    return null
  }

  function(): Target | null {
    return this.#targets.findLast((target) => target.kind === 'function') ?? null
  }

  /** What catches an exception here, also around the functions that are being run. */
  try(): Target | null {
    return this.#targets.findLast((target) => target.kind === 'try') ?? null
  }
}
