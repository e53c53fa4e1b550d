// Values of Cedar as people read them in an explanation.
import type { Evaluation } from './evaluation.ts'
import { entityText } from './expression-text.ts'
import type { CedarJson } from './json.ts'
import { isUid } from './json-value.ts'
import { operationOf } from './malformed.ts'
import { EntityRef, RecordValue, SetValue, type Value } from './value.ts'

const lengthMax = 200
const elementsMax = 20
const groupsMax = 20

/** Text stands in quotes, as it does in policies. */
export function valueWords(value: Value): string {
  return shorten(written(value, 0))
}

function written(value: Value, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value))
  if (typeof value !== 'object') return String(value)
  if (value instanceof EntityRef) return `${value.type} ${JSON.stringify(value.id)}`
  if (depth > 3) return '…'
  if (value instanceof SetValue) {
    const shown = value.elements.slice(0, elementsMax).map((each) => written(each, depth + 1))
    return `[${shown.join(', ')}${value.elements.length > elementsMax ? ', …' : ''}]`
  }
  if (value instanceof RecordValue) {
    const fields = [...value.fields].slice(0, elementsMax)
    return `{${fields.map(([name, each]) => `${name}: ${written(each, depth + 1)}`).join(', ')}}`
  }
  return 'arg' in value.written ? String(value.written.arg) : value.canonical
}

/** The action by its name; who asks with the groups, of which policies mostly speak. */
export function entityWords(variable: string, entity: Value, { entities }: Evaluation): string {
  if (!(entity instanceof EntityRef)) return ''
  if (variable === 'action') return `the action was ${shorten(entity.id)}`
  const groups = [...entities.ancestors(entity.key)]
    .map((key) => EntityRef.fromKey(key))
    .filter(({ type }) => type === 'Group')
    .map(({ id }) => id)
  const shown = groups.slice(0, groupsMax).join(', ')
  const who = `the ${variable} was ${entity.type} ${JSON.stringify(entity.id)}`
  const told = groups.length === 0 ? 'in no group' : `in groups: ${shown}`
  return shorten(variable === 'principal' ? `${who}, ${told}` : who)
}

const days = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

/** Rules read the clock in minutes and numbers of days; null for everything else. */
export function clockText(path: string, value: Value, by: unknown): string | null {
  const [, zone, what] =
    /^context\.panthera\.time(?:\["(.*)"\]|\.\w+)\.(minute_of_day|day_of_week)$/.exec(path) ?? []
  if (what === undefined || typeof value !== 'number') return null
  const where = `in ${zone ?? path.split('.')[3]}`
  if (what === 'day_of_week') return `it was ${days[value - 1] ?? value} ${where}`
  const bound = boundOf(by)
  const limit = bound === null ? '' : `, the bound is ${hour(bound)}`
  return `it was ${hour(value)} ${where}${limit}`
}

function boundOf(by: unknown): number | null {
  const { operand } = operationOf(by)
  if (typeof operand !== 'object' || operand === null || !('right' in operand)) return null
  const { operator, operand: bound } = operationOf(operand.right)
  return operator === 'Value' && typeof bound === 'number' ? bound : null
}

function hour(minute: number): string {
  return [Math.floor(minute / 60), minute % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

const needs: readonly (readonly [failure: RegExp, words: string])[] = [
  [/^ip is not defined/, 'which is no IP address'],
  [/^type error: expected long, datetime/, 'where a number is needed'],
  [/^type error: expected long/, 'where a number is needed'],
  [/^type error: expected string/, 'where text is needed'],
  [/^type error: expected bool/, 'where true or false is needed'],
  [/^type error: expected set/, 'where a list is needed'],
]

/** What was wrong with a value over which an expression failed. */
export function needOf(failure: string): string {
  const [, words] = needs.find(([pattern]) => pattern.test(failure)) ?? []
  return words === undefined ? '' : `, ${words}`
}

/** For answers: entities and addresses as Cedar writes them, integers beyond JSON's as text. */
export function readableJson(json: CedarJson): unknown {
  if (typeof json === 'bigint') return String(json)
  if (typeof json !== 'object') return json
  if (Array.isArray(json)) return json.map(readableJson)
  const fields: Readonly<Record<string, unknown>> = { ...json }
  const { __entity: entity, __extn: call } = fields
  if (isUid(entity)) return entityText(entity.type, entity.id)
  if (typeof call === 'object' && call !== null && 'arg' in call) return call.arg
  return Object.fromEntries(
    Object.entries(json).map(([name, each]) => [name, readableJson(each as CedarJson)]),
  )
}

function shorten(text: string): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`
}
