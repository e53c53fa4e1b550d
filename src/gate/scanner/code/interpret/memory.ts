// Remembers what calls answered, so that a function is not run again where nothing that it sees
// is different. Only calls count that leave nothing behind but their answer.
import type { Closure, HeapObject, Value } from './domain.ts'
import type { Answer, Given } from './given.ts'
import type { Changes, Store } from './store.ts'

export interface Remembered {
  value: Value
  told: Answer[]
}

const keptMax = 20_000
const objectsMax = 12

export class Memory {
  readonly #kept = new Map<string, Remembered>()
  readonly #numbers = new WeakMap<object, number>()
  #next = 1

  get(key: string): Remembered | null {
    return this.#kept.get(key) ?? null
  }

  set(key: string, remembered: Remembered): void {
    if (this.#kept.size < keptMax) this.#kept.set(key, remembered)
  }

  /** Null where more plays a part than can be compared: what comes from outside, functions. */
  keyOf(store: Store, { function: run, frame, self }: Closure, given: readonly Given[]) {
    // What a function sees in other functions around it may have changed.
    if (frame.parent !== null || frame.function !== frame.module.file.main) return null
    const objects = new Set<HeapObject>()
    const parts = [String(this.#number(run))]
    const values = given.map(({ value }) => value)
    for (const value of self === null ? values : [self, ...values]) {
      const part = this.#part(value, objects)
      if (part === null) return null
      parts.push(part)
    }
    for (const { name } of given) if (name !== null) parts.push(name)
    for (const object of objects) {
      const contents = store.contents(object)
      if (contents.taints.length > 0) return null
      parts.push(`${object.id}@${this.#number(contents)}`)
      const held = [...contents.fields.values(), ...(contents.elements ?? [])]
      if (contents.rest !== null) held.push(contents.rest)
      for (const value of held) if (this.#part(value, objects) === null) return null
      if (objects.size > objectsMax) return null
    }
    return parts.join('|')
  }

  #part(value: Value, objects: Set<HeapObject>): string | null {
    if (value.taints.length > 0 || value.functions.length > 0) return null
    for (const object of value.objects) objects.add(object)
    const { constants, prefix, types, symbols } = value
    const shown = constants === null ? (prefix ?? '?') : JSON.stringify(constants)
    return `${shown}:${types.join()}:${symbols.join()}:${value.objects.map(({ id }) => id).join()}`
  }

  #number(of: object): number {
    const known = this.#numbers.get(of)
    if (known !== undefined) return known
    const number = this.#next++
    this.#numbers.set(of, number)
    return number
  }
}

/** Nothing that was there before `first` was made is different, and the answer is nothing new. */
export function isQuiet(ways: readonly Changes[], answer: Value, first: number): boolean {
  if (answer.functions.length > 0 || answer.objects.some(({ id }) => id >= first)) return false
  for (const way of ways) for (const { id } of way.keys()) if (id < first) return false
  return true
}
