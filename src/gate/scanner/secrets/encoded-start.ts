// How tokens begin that were encoded in base64 once more.

/**
 * How a token of this pattern begins in base64, or null where the pattern names no beginning that
 * is long enough. Only whole groups of six bits are the same for every token.
 */
export function encodedStart(pattern: string): string | null {
  const [, start = ''] = fixedStart.exec(pattern) ?? []
  const encoded = Buffer.from(start, 'latin1').toString('base64')
  const chars = Math.floor((start.length * 8) / 6)
  return chars < startCharsMin ? null : encoded.slice(0, chars)
}

/** Behind what must not stand before it, letters that are no part of a choice or a repetition. */
const fixedStart = /^(?:\(\?<![^)]{1,40}\))?\(\?<secret>([A-Za-z0-9_-]{4,16})(?![?*+{|])/
/** Fewer would stand in any text. */
export const startCharsMin = 5
