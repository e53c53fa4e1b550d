// Finds a number of a JSON text that the parser rounds to an integer. What is compared with whole
// numbers would meet another one than was sent.

/** Only these can be; in texts it may stand, too. */
const fraction = /[:[,\s]-?\d+[.eE]/

interface Place {
  value: unknown
  step: string
  above: Place | null
}

/**
 * Of a text that is valid JSON. Where it stands; null where there is none. Throws a RangeError
 * where it is nested by thousands.
 */
export function roundedNumber(json: string): string | null {
  if (!fraction.test(json)) return null
  const rounded = {}
  let isThere = false
  const value: unknown = parse(json, (_name, part, { source }) => {
    if (typeof part !== 'number' || source === undefined || !isRounded(part, source)) return part
    isThere = true
    return rounded
  })
  return isThere ? placeOf(rounded, value) : null
}

/** `source` is there for what is no object and no array. */
type Reviver = (name: string, value: unknown, context: { source?: string }) => unknown
const parse = JSON.parse as (json: string, reviver: Reviver) => unknown

function isRounded(value: number, source: string): boolean {
  return Number.isInteger(value) && !isWhole(source)
}

/** Whether the digits behind the point, shifted by the exponent, are zeros. */
function isWhole(source: string): boolean {
  const [mantissa = '', exponent = '0'] = source.toLowerCase().split('e')
  const [whole = '', behind = ''] = mantissa.split('.')
  const digits = (whole + behind).replace('-', '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return true
  const zeros = digits.length - significant.length
  return Number(exponent) - behind.length + zeros >= 0
}

function placeOf(wanted: object, root: unknown): string {
  const rest: Place[] = [{ value: root, step: '', above: null }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value } = next
    if (value === wanted) return written(next)
    if (typeof value !== 'object' || value === null) continue
    const isList = Array.isArray(value)
    for (const [name, part] of Object.entries(value)) {
      rest.push({ value: part, step: isList ? `[${name}]` : `.${name}`, above: next })
    }
  }
  return 'body'
}

/** `requests[0].context.score` */
function written(place: Place): string {
  const steps: string[] = []
  for (let at: Place | null = place; at !== null; at = at.above) steps.push(at.step)
  return steps.toReversed().join('').replace(/^\./, '').slice(0, 200) || 'body'
}
