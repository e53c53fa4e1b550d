// Makes text of a document fit to be stored and shown: bounded, and without characters that
// terminals obey.

/** Control characters but tab and line feed, and what turns the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unwanted = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

export function clean(text: string, charsMax: number): string {
  return bounded(text.trim(), charsMax)
}

/** With its indentation. Cut texts end in an ellipsis and have `charsMax` characters with it. */
export function bounded(text: string, charsMax: number): string {
  const isCut = text.length > charsMax
  const shown = (isCut ? copy(text.slice(0, charsMax - 1)) : text).replace(unwanted, '')
  return (isCut ? `${shown}…` : shown).toWellFormed()
}

/** The same on one line. */
export function cleanLine(text: string, charsMax: number): string {
  // Before the cut only as much as can be left after it: the rest may be a megabyte of spaces.
  const near = text.slice(0, charsMax * 8)
  return clean(near.replace(/\s+/g, ' '), charsMax)
}

/** Up to the first full stop that ends a sentence, or the first line. */
export function firstSentence(text: string): string {
  const line = text.trim().slice(0, 2_000).split('\n', 1)[0] ?? ''
  return /^.{8,}?[.!?](?=\s)/.exec(line)?.[0] ?? line
}

/** A slice alone would keep the whole text that it was cut from in memory. */
function copy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
