// Reads values of unknown shape, out of JSON, YAML or TOML that strangers wrote: what has the wrong
// type counts as missing, and lists are cut.

export type Loose = Readonly<Record<string, unknown>>

export function mapping(value: unknown): Loose {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMapping ? (value as Loose) : {}
}

export function list(value: unknown, max = 2000): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : []
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function texts(value: unknown, max?: number): string[] {
  return list(value, max).flatMap((item) => text(item) ?? [])
}

/** The day of a timestamp or a date, `2024-01-31`; years before 1990 are nobody's. */
export function day(value: unknown): string | null {
  const spelled = value instanceof Date ? isoDay(value) : value
  const [, found, year] = /^((\d{4})-\d\d-\d\d)(?![\d-])/.exec(text(spelled) ?? '') ?? []
  return found === undefined || Number(year) < 1990 ? null : found
}

function isoDay(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** Numbers of weakness classes out of `CWE-79`, ascending; others are left out. */
export function cweNumbers(values: readonly string[]): number[] {
  const numbers = values.flatMap((value) => {
    const [, digits] = /^CWE-0*([1-9]\d{0,4})\b/i.exec(value.trim()) ?? []
    return digits === undefined ? [] : Number(digits)
  })
  return [...new Set(numbers)].sort((a, b) => a - b)
}
