// Looks into parsed documents of any shape: nothing is trusted to be of its type, and only own
// keys count, so that `constructor` and `__proto__` are names like all others.

export function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

/** The value under a chain of keys. */
export const fieldAt = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce(field, value)

/** Keys and values of an object; nothing for all else, arrays included. */
export function entriesOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value)
}

export const keysOf = (value: unknown): string[] => entriesOf(value).map(([key]) => key)

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** null for what is no text, or empty. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

export const textsOf = (value: unknown): string[] =>
  listOf(value).filter((item): item is string => typeof item === 'string')
