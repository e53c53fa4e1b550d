// Escapes of quoted strings and of templates.

/** What a quoted literal stands for; `text` is without its quotes. */
export function unquoted(text: string): string {
  if (!text.includes('\\')) return withoutMarkers(text)
  const plain = text.replace(
    escapeSequence,
    (whole, short?: string, hex4?: string, hex8?: string) => {
      const hex = hex4 ?? hex8
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), whole)
      return shortEscapes[short ?? ''] ?? whole
    },
  )
  return withoutMarkers(plain)
}

/** `$${` and `%%{` stand for themselves less one sign, in heredocs too. */
export function withoutMarkers(text: string): string {
  return text.includes('{') ? text.replace(/([$%])\1(?=\{)/g, '$1') : text
}

const escapeSequence = /\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g
const shortEscapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

function codePoint(code: number, whole: string): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole
}
