// Finds a name that an object of a JSON text has twice. The parser keeps the last of the two, other
// parsers the first: so what one program checked would not be what the next one does.

/** Of a text that is valid JSON. Null where every name stands once in its object. */
export function repeatedName(json: string): string | null {
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < json.length; at++) {
    const char = json[at]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(null)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfText(json, at)
      const names = open.at(-1) ?? null
      if (names !== null && isBeforeColon(json, end)) {
        // Escapes make many spellings of one name.
        const name = JSON.parse(json.slice(at, end)) as string
        if (names.has(name)) return name
        names.add(name)
      }
      at = end - 1
    }
  }
  return null
}

/** Behind the closing quotation mark. */
function endOfText(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function isBeforeColon(json: string, from: number): boolean {
  let at = from
  while (' \t\r\n'.includes(json[at] ?? '-')) at++
  return json[at] === ':'
}
