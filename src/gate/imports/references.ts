// Where to read more about a finding.

const referencesMax = 10
const charsMax = 2_000

/** Only addresses that a browser opens. */
export function referencesOf(values: readonly unknown[]): string[] {
  const found = new Set<string>()
  for (const value of values) {
    if (found.size === referencesMax) break
    if (typeof value !== 'string' || value.length > charsMax) continue
    if (/^https?:\/\//i.test(value) && URL.canParse(value)) found.add(new URL(value).href)
  }
  return [...found]
}
