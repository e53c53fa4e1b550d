// Keeps secrets that callers put into a context out of the log.

const sensitive = /passw|secret|token|authorization|cookie|credential|api_?key|private_?key/i
export const mask = '[masked]'

/** The context as JSON, with the values of sensitive names masked. `text`: it as it is. */
export function masked(context: Readonly<Record<string, unknown>>, text: string): string {
  if (!sensitive.test(text)) return text
  return JSON.stringify(context, (name, value: unknown) => (sensitive.test(name) ? mask : value))
}
