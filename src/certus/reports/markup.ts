// Pages as text in which nothing but our own words is markup.

/** Text that may stand in a page as it is. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | readonly Part[]

/** A template: what is put in is escaped, unless it is markup already; null is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const all = texts.map((text, index) => {
    return index === 0 ? text : `${shown(parts[index - 1] ?? null)}${text}`
  })
  return new Markup(all.join(''))
}

function shown(part: Part): string {
  if (part instanceof Markup) return part.text
  if (part === null) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return part.map(shown).join('')
}

/** Also in quoted attributes. Controls and marks that reorder text are shown as replaced. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
