// Which CWE a result is about. Tools say it in five ways.
import { type JsonObject, listOf, member, objectOf, textOf } from '../json/values.ts'

/** `CWE-89`, from `CWE-089: SQL injection`, `external/cwe/cwe-089` or `cwe:89`; else null. */
export function cweIn(text: string): string | null {
  const match = /\bcwe[-_: ]?0*([1-9][0-9]{0,4})\b/i.exec(text.slice(0, 500))
  return match === null ? null : `CWE-${match[1]}`
}

/** `taxa` of a result, or the targets of a rule's `relationships`: of the taxonomy called CWE. */
export function cweOfTaxa(references: unknown): string | null {
  for (const reference of listOf(references)) {
    const descriptor = isObjectWithTarget(reference) ? member(reference, 'target') : reference
    const id = textOf(member(descriptor, 'id'))
    if (id === null) continue
    const named = cweIn(id)
    if (named !== null) return named
    const taxonomy = textOf(member(member(descriptor, 'toolComponent'), 'name')) ?? ''
    if (/^cwe$/i.test(taxonomy) && /^[0-9]{1,5}$/.test(id)) return cweIn(`CWE-${id}`)
  }
  return null
}

/** The property bag of a result or a rule: `cwe`, `cwe_id` and the like, then `tags`. */
export function cweOfProperties(properties: unknown): string | null {
  const bag = objectOf(properties)
  for (const name of propertyNames) {
    const found = firstCwe(bag, name)
    if (found !== null) return found
  }
  return firstIn(listOf(bag.tags))
}

const propertyNames = ['cwe', 'cwes', 'cwe_id', 'cweId', 'cwe_ids', 'CWE']

function firstCwe(bag: JsonObject, name: string): string | null {
  const value = bag[name]
  const values = Array.isArray(value) ? value : [value]
  return firstIn(values.map((one) => (isNumberOnly(one) ? `CWE-${one}` : one)))
}

function isNumberOnly(value: unknown): boolean {
  return /^[0-9]{1,5}$/.test(String(value))
}

function firstIn(values: readonly unknown[]): string | null {
  for (const value of values.slice(0, 100)) {
    const found = typeof value === 'string' ? cweIn(value) : null
    if (found !== null) return found
  }
  return null
}

function isObjectWithTarget(value: unknown): boolean {
  return member(value, 'target') !== undefined
}
