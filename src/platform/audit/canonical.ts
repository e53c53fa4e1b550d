// JSON in the one form that has one hash: RFC 8785.

/** What is nested deeper was not written by us, and would exhaust the stack. */
const depthMax = 64

export class TooDeep extends Error {
  constructor() {
    super(`nested deeper than ${depthMax} levels`)
    this.name = 'TooDeep'
  }
}

/** Of a value that JSON can hold. Throws TooDeep. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > depthMax) throw new TooDeep()
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  // By UTF-16 code units, which is how strings compare.
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  const texts = members.map(([name, item]) => {
    return `${JSON.stringify(name)}:${canonicalJson(item, depth + 1)}`
  })
  return `{${texts.join(',')}}`
}
