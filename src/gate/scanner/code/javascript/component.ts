// Scripts of single-file components (Vue, Svelte), so that every place keeps its offset.

/** The text with blanks for all that is not inside of a `script` element. */
export function componentScripts(text: string): string {
  let result = ''
  let at = 0
  for (const { start, end } of scripts(text)) {
    result += blank(text.slice(at, start)) + text.slice(start, end)
    at = end
  }
  return result + blank(text.slice(at))
}

function* scripts(text: string): Generator<{ start: number; end: number }> {
  const opening = /<script(?=[\s>])[^>]{0,1000}>/gi
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const start = found.index + found[0].length
    const closing = /<\/script\s*>/gi
    closing.lastIndex = start
    const end = closing.exec(text)?.index ?? text.length
    yield { start, end }
    opening.lastIndex = end
  }
}

const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ')
