// Recognises by its first bytes what cannot be a JSON document, so that the answer can say what it
// is instead of which byte is wrong.

/** Null where it may be one. */
export function notJson(start: Uint8Array): string | null {
  const [first, second] = start
  if (first === undefined) return null
  if (isUtf16(first, second)) return 'UTF-16 text; send it as UTF-8'
  if (first === 0x50 && second === 0x4b) return 'a ZIP archive; send the document itself, or gzip'
  if (first === 0x1f && second === 0x8b) return 'compressed more than twice; compress it once'
  const text = Buffer.from(start.subarray(0, 200)).toString('latin1').trimStart()
  if (text.startsWith('<')) return 'XML or HTML; send JSON'
  if (text.startsWith('[')) return 'a list; SARIF and CycloneDX are objects'
  if (text.startsWith('%PDF-')) return 'a PDF; send JSON'
  return null
}

/** With a mark, or with a NUL in the first character, as `{` has it. */
function isUtf16(first: number, second: number | undefined): boolean {
  const mark = first * 256 + (second ?? 0)
  return mark === 0xfeff || mark === 0xfffe || first === 0 || second === 0
}
