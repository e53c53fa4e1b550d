// Word lists and long alternations, written so that each part can be read.

/** One expression that matches what any of `parts` matches. */
export function anyOf(flags: string, ...parts: readonly RegExp[]): RegExp {
  return new RegExp(parts.map(({ source }) => source).join('|'), flags)
}

/** The words of a text. */
export function wordSet(...texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.join(' ').split(' '))
}
