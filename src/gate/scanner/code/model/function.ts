// Reads what is known of one function or property.
import { Fields } from '../../secrets/fields.ts'
import { checkPattern } from '../../secrets/pattern.ts'
import { parseConditions } from './condition.ts'
import type {
  CallbackModel,
  CheckModel,
  FunctionModel,
  MisuseModel,
  NameModel,
  Position,
  PropertyModel,
  PropertySetter,
  Scalar,
  SinkModel,
} from './data.ts'
import { parseParameter } from './entry.ts'
import { parseFlow, parsePosition } from './position.ts'
import { parseSource } from './source.ts'

export function parseFunction(fields: Fields): FunctionModel {
  return {
    names: namesOf(fields, 'call'),
    source: parseSource(fields),
    sinks: children(fields, 'sinks').map(parseSink),
    misuses: children(fields, 'misuses').map(parseMisuse),
    cleans: fields.textsOr('cleans', []),
    flows: fields.has('flows')
      ? fields.listOr('flows', []).map((text) => parseFlow(text, fields.where))
      : null,
    returns: fields.textOr('returns', null),
    value: scalarsOf(fields, 'value'),
    does: fields.textOr('does', null),
    callbacks: children(fields, 'callbacks').map(parseCallback),
    checks: children(fields, 'checks').map(parseCheck),
    sets: children(fields, 'sets').map(parseSetter),
    keeps: flag(fields, 'keeps'),
    arity: arityOf(fields),
  }
}

export function parseProperty(fields: Fields): PropertyModel {
  return {
    names: namesOf(fields, 'name'),
    source: parseSource(fields),
    returns: fields.textOr('returns', null),
    sinks: children(fields, 'sinks').map(parseSink),
    misuses: children(fields, 'misuses').map(parseMisuse),
    cleans: fields.textsOr('cleans', []),
    value: scalarsOf(fields, 'value'),
  }
}

export function parseName(fields: Fields): NameModel {
  const pattern = fields.text('matches')
  checkPattern(pattern, `${fields.where}: matches`)
  return {
    pattern,
    sinks: children(fields, 'sinks').map(parseSink),
    misuses: children(fields, 'misuses').map(parseMisuse),
  }
}

export function positionsOf(fields: Fields, key: string): Position[] {
  const value = fields.raw(key)
  const items = Array.isArray(value) ? value : [value]
  return items.map((item) => parsePosition(item, `${fields.where}: ${key}`))
}

function namesOf(fields: Fields, key: string): string[] {
  const owner = fields.textOr('of', null)
  const names = fields.textsOr(key, [])
  if (names.length === 0) fields.refuse(key, undefined, 'a name or a list of names')
  return owner === null ? names : names.map((name) => `${owner}.${name}`)
}

function children(fields: Fields, key: string): Fields[] {
  if (!fields.has(key)) return []
  return fields.items(key).map((item, index) => {
    return new Fields(item, `${fields.where}: ${key}[${index}]`)
  })
}

function parseSink(fields: Fields): SinkModel {
  const sink: SinkModel = {
    rule: fields.text('rule'),
    positions: fields.has('argument') ? positionsOf(fields, 'argument') : [valuePosition],
    when: parseConditions(fields, 'when'),
    unless: parseConditions(fields, 'unless'),
  }
  fields.nothingElse()
  return sink
}

/** Of a property: what is assigned stands as the first argument. */
const valuePosition: Position = {
  root: 'argument',
  index: 0,
  name: null,
  onwards: false,
  path: [],
}

function parseMisuse(fields: Fields): MisuseModel {
  const misuse: MisuseModel = {
    rule: fields.text('rule'),
    when: parseConditions(fields, 'when'),
    unless: parseConditions(fields, 'unless'),
  }
  fields.nothingElse()
  return misuse
}

function parseCallback(fields: Fields): CallbackModel {
  const callback: CallbackModel = {
    positions: positionsOf(fields, 'argument'),
    parameters: children(fields, 'parameters').map((child) => {
      const parameter = parseParameter(child)
      child.nothingElse()
      return parameter
    }),
    result: fields.has('result') ? parsePosition(fields.raw('result'), fields.where) : null,
  }
  fields.nothingElse()
  return callback
}

function parseCheck(fields: Fields): CheckModel {
  const check: CheckModel = {
    positions: positionsOf(fields, 'argument'),
    cleans: fields.textsOr('cleans', []),
    answers: !fields.has('answers') || flag(fields, 'answers'),
  }
  fields.nothingElse()
  return check
}

function parseSetter(fields: Fields): PropertySetter {
  const isValue = fields.exactlyOne(['to', 'value']) === 'value'
  const setter: PropertySetter = {
    property: fields.text('property'),
    to: isValue
      ? { value: scalar(fields.raw('value'), fields, 'value') }
      : parsePosition(fields.raw('to'), fields.where),
    named: fields.has('named') ? parsePosition(fields.raw('named'), fields.where) : null,
  }
  fields.nothingElse()
  return setter
}

export function flag(fields: Fields, key: string): boolean {
  if (!fields.has(key)) return false
  const value = fields.raw(key)
  if (typeof value !== 'boolean') fields.refuse(key, value, 'true or false')
  return value
}

export function scalarsOf(fields: Fields, key: string): Scalar[] | null {
  if (!fields.has(key)) return null
  const value = fields.raw(key)
  return (Array.isArray(value) ? value : [value]).map((item) => scalar(item, fields, key))
}

function scalar(value: unknown, fields: Fields, key: string): Scalar {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
    return value as Scalar
  }
  return fields.refuse(key, value, 'a text, a number, true, false or null')
}

function arityOf(fields: Fields): [number, number] | null {
  if (!fields.has('arity')) return null
  const value = fields.raw('arity')
  const [least, most] = Array.isArray(value) ? value : [value, value]
  if (typeof least === 'number' && typeof most === 'number') return [least, most]
  return fields.refuse('arity', value, 'a number, or [least, most]')
}
