// What texts and numbers mean as they are written.

/** Without its escapes: `\\n` is a line feed. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(escaped, (whole, x, u, long, octal, one) => {
    const hex = x ?? u ?? long
    if (hex !== undefined) return fromCode(Number.parseInt(hex, 16))
    if (octal !== undefined) return fromCode(Number.parseInt(octal, 8))
    if (one === undefined) return whole.startsWith('\\N') ? '?' : ''
    return escapes.get(one) ?? (`'"\\`.includes(one) ? one : whole)
  })
}

const escaped = new RegExp(
  String.raw`\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}` +
    String.raw`|([0-7]{1,3})|\r?\n|([\s\S]))`,
  'g',
)

const fromCode = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '?')

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** Null for what is no real number. */
export function numberOf(text: string): number | null {
  const digits = text.replaceAll('_', '').replace(/[lL]$/, '')
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8)
  const value = Number(digits)
  return Number.isNaN(value) ? null : value
}
