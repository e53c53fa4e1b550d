// Places at a call, as models write them: `receiver`, `0`, `1+`, `shell`, `1.options.shell`.
import { RuleError } from '../../secrets/fields.ts'
import type { Flow, Position } from './data.ts'

/** @throws {RuleError} naming `where`. */
export function parsePosition(value: unknown, where: string): Position {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 100) {
    return { ...anywhere, root: 'argument', index: value }
  }
  if (typeof value !== 'string' || !form.test(value)) {
    throw new RuleError(
      `${where}: a position is receiver, return, all, 0, 0+, a name or 0.path, ` +
        `is ${JSON.stringify(value)}`,
    )
  }
  // A name with a colon holds dots of its own: `receiver.feature:http://example.org/x`.
  const [, head = '', rest = ''] = /^([^.]+)\.?(.*)$/.exec(value) ?? []
  const path = rest === '' ? [] : rest.includes(':') ? [rest] : rest.split('.')
  if (head === '$for') return { ...anywhere, root: 'purpose', path }
  if (head === 'receiver' || head === 'return' || head === 'all' || head === 'purpose') {
    return { ...anywhere, root: head, path }
  }
  const [, digits, plus] = /^(\d+)(\+?)$/.exec(head) ?? []
  if (digits === undefined) return { ...anywhere, root: 'argument', name: head, path }
  return { ...anywhere, root: 'argument', index: Number(digits), onwards: plus === '+', path }
}

/** `0 -> receiver`. */
export function parseFlow(text: string, where: string): Flow {
  const [from, to, ...more] = text.split('->').map((part) => part.trim())
  if (from === undefined || to === undefined || more.length > 0) {
    throw new RuleError(`${where}: a flow is written "0 -> return", is ${JSON.stringify(text)}`)
  }
  return { from: parsePosition(from, where), to: parsePosition(to, where) }
}

const form = /^[\w$*-]+\+?(?:\.[^.\s]+)*$/

const anywhere: Position = { root: 'all', index: null, name: null, onwards: false, path: [] }
