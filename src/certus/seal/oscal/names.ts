// Names and texts in the forms that OSCAL has for them.

/**
 * A control's id as an OSCAL token. Of NIST SP 800-53 it is the id in NIST's own catalogue
 * (`AC-2(1)` is `ac-2.1`); of the others ours, and the id as it is written stands in a `label`.
 */
export function controlToken(framework: string, id: string): string {
  const parts = id
    .toLowerCase()
    .replace(/[()§\s/]+/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|\.$/g, '')
    .replace(/[^\p{L}\p{N}.\-_]/gu, '-')
  return framework === 'nist-800-53' ? parts : `${framework}_${parts}`
}

/** One line without space at its ends, for OSCAL's strings; never empty. */
export function lineOf(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim() || '-'
  )
}
