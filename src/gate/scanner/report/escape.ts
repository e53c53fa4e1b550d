// Text out of a repository inside markup: nothing of it is obeyed, and nothing of it is lost.

/** For elements and quoted attributes of HTML and XML, without the characters that XML forbids. */
export function escapeMarkup(text: string): string {
  return shown(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const shown = (text: string) => text.toWellFormed().replace(forbidden, '\ufffd')

const forbidden = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For a line of Markdown, in a table too; it mentions nobody and links nothing. */
export function escapeMarkdown(text: string): string {
  // In one go, so that what one character became is not escaped again.
  return shown(text.replace(/\s+/g, ' ').trim()).replace(
    /[&<>"'\\`*_[\]|~#@:]|(?<=^\d+)\.|^[-+]/g,
    (character) => entities[character] ?? `&#${character.codePointAt(0)};`,
  )
}

/** A code span, which shows what it holds as it is. */
export function codeSpan(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`
}
