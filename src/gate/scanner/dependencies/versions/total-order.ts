// What all ecosystems' orders of versions have in common: they are total, and garbage is only low.

export interface VersionOrder {
  /**
   * Negative, 0 or positive. Never throws: what is no version of the ecosystem comes before all
   * versions, and among itself in the order of the text.
   */
  compare(a: string, b: string): number
  isValid(version: string): boolean
}

/** `parse` gives null for garbage; `compare` must be a total preorder of what it gives. */
export function versionOrder<T>(
  parse: (version: string) => T | null,
  compare: (a: T, b: T) => number,
): VersionOrder {
  const read = (text: string) => (text.length > versionCharsMax ? null : parse(text))
  return {
    compare(a, b) {
      if (a === b) return 0
      const first = read(a)
      const second = read(b)
      if (first === null || second === null) {
        if (first === second) return compareText(a, b)
        return first === null ? -1 : 1
      }
      return compare(first, second)
    },
    isValid: (version) => read(version) !== null,
  }
}

/** Longer than any version that was ever published. */
const versionCharsMax = 256

/** By UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Decimal digits of any length, as dates and commit counts in versions are. */
export function compareDigits(a: string, b: string): number {
  const first = a.replace(/^0+(?=\d)/, '')
  const second = b.replace(/^0+(?=\d)/, '')
  return first.length - second.length || compareText(first, second)
}

/** Numbers of a dotted release; missing ones are zero. */
export function compareReleases(a: readonly string[], b: readonly string[]): number {
  const length = Math.max(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const order = compareDigits(a[at] ?? '0', b[at] ?? '0')
    if (order !== 0) return order
  }
  return 0
}
