// Finds a name that an object of a JSON text has twice. The parser keeps the last of the two, other
// parsers the first: so what one program checked would not be what the next one does.

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c]
const [brace, braceEnd, bracket, bracketEnd] = [0x7b, 0x7d, 0x5b, 0x5d]

/** Of a text that is valid JSON. Null where every name stands once in its object. */
export function repeatedName(json: string): string | null {
  const open: (Set<string> | null)[] = []
  let isName = false
  for (let at = 0; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (char === quote) {
      const end = endOfText(json, at)
      const names = isName ? open.at(-1) : undefined
      if (names) {
        const name = textOf(json, at, end)
        if (names.has(name)) return name
        names.add(name)
      }
      at = end - 1
    } else if (char === comma) isName = true
    else if (char === colon) isName = false
    else if (char === brace) {
      open.push(new Set())
      isName = true
    } else if (char === bracket) open.push(null)
    else if (char === braceEnd || char === bracketEnd) open.pop()
  }
  return null
}

/** Behind the closing quotation mark. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0
    while (json.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end + 1
  }
  return json.length
}

/** Escapes make many spellings of one name. */
function textOf(json: string, start: number, end: number): string {
  const text = json.slice(start + 1, end - 1)
  return text.includes('\\') ? (JSON.parse(json.slice(start, end)) as string) : text
}
