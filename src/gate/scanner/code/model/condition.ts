// Reads conditions on what stands at a call: `{ argument: 0, is: [md5, sha1] }`.
import { Fields, RuleError } from '../../secrets/fields.ts'
import { checkPattern } from '../../secrets/pattern.ts'
import type { Condition, ConditionTest, Position, Scalar } from './data.ts'
import { parsePosition } from './position.ts'

const tests = [
  'is',
  'is-not',
  'matches',
  'starts-with',
  'below',
  'constant',
  'unknown',
  'given',
  'missing',
  'tainted',
  'type',
  'answers',
] as const

export function parseConditions(fields: Fields, key: string): Condition[] {
  if (!fields.has(key)) return []
  return fields.items(key).map((item, index) => {
    const child = new Fields(item, `${fields.where}: ${key}[${index}]`)
    const condition = parseCondition(child)
    child.nothingElse()
    return condition
  })
}

function parseCondition(fields: Fields): Condition {
  const value = fields.raw('argument')
  const positions: Position[] = (Array.isArray(value) ? value : [value]).map((item) =>
    parsePosition(item, `${fields.where}: argument`),
  )
  return { positions, test: parseTest(fields) }
}

function parseTest(fields: Fields): ConditionTest {
  const kind = fields.exactlyOne(tests)
  if (kind === 'is') return { kind, values: scalars(fields, kind) }
  if (kind === 'is-not') return { kind: 'isNot', values: scalars(fields, kind) }
  if (kind === 'matches') return { kind, pattern: patternOf(fields, kind) }
  if (kind === 'starts-with') return { kind: 'startsWith', pattern: patternOf(fields, kind) }
  if (kind === 'below') return { kind, number: fields.numberOr(kind, -1e15, 1e15, 0) }
  if (kind === 'type') return { kind, types: fields.textsOr(kind, []) }
  if (kind === 'answers') return { kind, value: scalars(fields, kind)[0] ?? null }
  const value = fields.raw(kind)
  if (value !== true) fields.refuse(kind, value, 'true')
  return { kind }
}

export function patternOf(fields: Fields, key: string): string {
  const pattern = fields.text(key)
  checkPattern(pattern, `${fields.where}: ${key}`)
  return pattern
}

function scalars(fields: Fields, key: string): Scalar[] {
  const value = fields.raw(key)
  const items = Array.isArray(value) ? value : [value]
  for (const item of items) {
    if (item !== null && !['string', 'number', 'boolean'].includes(typeof item)) {
      throw new RuleError(`${fields.where}: ${key} must hold texts, numbers, true, false or null`)
    }
  }
  return items as Scalar[]
}
