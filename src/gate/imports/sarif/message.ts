// The text of a message: found by its id, its arguments put in, its links made text (SARIF 2.1.0,
// section 3.11).
import { listOf, member, textOf } from '../json/values.ts'

/** Null where the message has no text. `templates` holds a rule's `messageStrings`. */
export function messageText(
  message: unknown,
  templates: ReadonlyMap<string, string> | null = null,
): string | null {
  const id = textOf(member(message, 'id'))
  const template =
    textOf(member(message, 'text')) ??
    templates?.get(id ?? '') ??
    textOf(member(message, 'markdown'))
  if (template === null) return null
  return withoutLinks(filled(template, listOf(member(message, 'arguments'))))
}

/** Braces stay as they are without arguments: most tools then do not double them. */
function filled(template: string, values: readonly unknown[]): string {
  if (values.length === 0 || !template.includes('{')) return template
  return template.replace(/\{\{|\}\}|\{([0-9]{1,4})\}/g, (found, index: string | undefined) => {
    if (index === undefined) return found.charAt(0)
    const value = values[Number(index)]
    return typeof value === 'string' ? value : found
  })
}

/** `[the value](1)` points at a related location; only its words are of use. */
function withoutLinks(text: string): string {
  return text.includes('](')
    ? text.replace(/\[((?:[^[\]\\]|\\.){1,500})\]\(-?[0-9]+\)/g, '$1')
    : text
}
