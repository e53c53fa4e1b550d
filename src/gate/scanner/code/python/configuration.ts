// `configparser`: sections of entries, which are maps of maps by other names.
import type { Call, Expression } from '../ir/ir.ts'
import { type Lowering, spanOf } from './lowering.ts'

/** `conf.set(section, key, value)` and its like; null for any other call. */
export function lowerConfiguration(file: Lowering, call: Call): Expression | null {
  const { callee, arguments: given } = call
  if (callee.op !== 'field' || callee.object.op !== 'local') return null
  const made = file.once.get(callee.object.name)
  if (made?.op !== 'call' || !isParser(made.callee)) return null
  const [section, key, value] = given.map((argument) => argument.value)
  if (section === undefined) return null
  const span = spanOf(call)
  const entries = { op: 'index', object: callee.object, key: section, ...span } as const
  if (callee.name === 'add_section') {
    return { op: 'assign', target: entries, value: { op: 'map', entries: [], ...span }, ...span }
  }
  if (key === undefined) return null
  const entry = { op: 'index', object: entries, key, ...span } as const
  if (callee.name === 'get') return entry
  if (callee.name !== 'set' || value === undefined) return null
  return { op: 'assign', target: entry, value, ...span }
}

const names = /^(?:Raw|Safe)?ConfigParser$/

function isParser(callee: Expression): boolean {
  if (callee.op === 'field') return names.test(callee.name)
  return callee.op === 'symbol' && names.test(callee.name.replace(/^.*\./, ''))
}
