// Variables in Compose files: what has a default is taken for that, all else is not known.
import { unknown } from '../mapping.ts'
import type { Entry, Value } from '../resource.ts'

/** The same value with the variables in its texts replaced. */
export function interpolated(value: Value): Value {
  const done = new Map<Value, Value>()
  const visit = (one: Value): Value => {
    let result = done.get(one)
    if (result === undefined) {
      result = once(one)
      done.set(one, result)
    }
    return result
  }
  const once = (one: Value): Value => {
    if (one.kind === 'scalar') {
      if (typeof one.value !== 'string' || !one.value.includes('$')) return one
      const text = withDefaults(one.value)
      return text === null ? unknown(one.place) : { ...one, value: text }
    }
    if (one.kind === 'list') return { ...one, items: one.items.map(visit) }
    if (one.kind === 'unknown') return one
    const entries = new Map<string, Entry>()
    for (const [key, entry] of one.entries)
      entries.set(key, { ...entry, value: visit(entry.value) })
    return { ...one, entries }
  }
  return visit(value)
}

/** Null where a variable has no default: it is set in the environment or in `.env`. */
export function withDefaults(text: string): string | null {
  let isKnown = true
  const result = text.replace(variable, (whole, operator, word) => {
    if (whole === '$$') return '$'
    if (operator === ':-' || operator === '-') return word
    if (operator === undefined || !operator.endsWith('+')) isKnown = false
    return ''
  })
  return isKnown ? result : null
}

const variable = /\$\$|\$(?:[A-Za-z_]\w{0,100}|\{[A-Za-z_]\w{0,100}(?:(:?[-+?])([^{}]{0,500}))?\})/g
