// What is wrong with an imported document, in words for whoever sent it.

/** A whole sentence without a full stop, which names the place: `runs[0].results[17].ruleId …`. */
export class DocumentError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DocumentError'
  }
}

/** `runs[0].results[17].ruleId must be text, not a number`. */
export function wrongType(place: string, wanted: string, found: unknown): DocumentError {
  return new DocumentError(`${place} must be ${wanted}, not ${kindOf(found)}`)
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}
