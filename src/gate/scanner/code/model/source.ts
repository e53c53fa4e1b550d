// Reads what is said of a source.
import type { Fields } from '../../secrets/fields.ts'
import { type SourceModel, sourceKinds } from './data.ts'

/** `source: { kind: request, label: request parameter }`, or null where nothing is said. */
export function parseSource(fields: Fields): SourceModel | null {
  const child = fields.childOr('source')
  if (child === null) return null
  const source: SourceModel = {
    kind: child.oneOf('kind', sourceKinds),
    label: child.text('label'),
    cleans: child.textsOr('cleans', []),
  }
  child.nothingElse()
  return source
}
