// Reads one condition of a check; rule.ts describes the language.
import { Fields, RuleError } from '../../secrets/fields.ts'
import { checkPattern } from '../../secrets/pattern.ts'
import { hasWildcard, parsePath } from './path.ts'
import type { Condition, Literal, Path, Test } from './rule-data.ts'

/** `where` opens every message. Throws `RuleError`. */
export function parseCondition(value: unknown, where: string): Condition {
  if (Array.isArray(value)) return { kind: 'all', of: parseEach(value, where) }
  const fields = new Fields(value, where)
  const kind = fields.exactlyOne(kinds)
  const condition = parseKind(kind, fields)
  fields.nothingElse()
  return condition
}

const quantifiers = ['path', 'some', 'every'] as const
const combinators = ['all', 'any', 'none'] as const
const kinds = [...quantifiers, ...combinators, 'ports', 'related', 'exists'] as const

function parseKind(kind: (typeof kinds)[number], fields: Fields): Condition {
  switch (kind) {
    case 'all':
    case 'any':
    case 'none': {
      const value = fields.anything(kind)
      const parts = Array.isArray(value) ? value : [value]
      return { kind, of: parseEach(parts, `${fields.where}: ${kind}`) }
    }
    case 'ports': {
      const ends = fields.child('ports')
      const range = { from: takePath(ends, 'from'), to: takePath(ends, 'to') }
      ends.nothingElse()
      return { kind, ...range, cover: takePorts(fields, 'covers') }
    }
    case 'related':
      return {
        kind,
        resources: fields.list(kind),
        via: fields.has('via') ? takePath(fields, 'via') : null,
        key: fields.has('key') ? takePath(fields, 'key') : null,
        with: takeWith(fields),
      }
    case 'exists':
      return { kind, resources: fields.list(kind), with: takeWith(fields) }
    default:
      return parseValues(kind, fields)
  }
}

function parseEach(values: readonly unknown[], where: string): Condition[] {
  if (values.length === 0) throw new RuleError(`${where}: is an empty list of conditions`)
  return values.map((value, index) => parseCondition(value, `${where}[${index}]`))
}

function takeWith(fields: Fields): Condition | null {
  if (!fields.has('with')) return null
  return parseCondition(fields.anything('with'), `${fields.where}: with`)
}

function parseValues(quantifier: (typeof quantifiers)[number], fields: Fields): Condition {
  const path = takePath(fields, quantifier)
  if (quantifier === 'path' && hasWildcard(path)) {
    throw new RuleError(
      `${fields.where}: path ${path.text} has many values; write "some" or "every" for "path"`,
    )
  }
  const missing = fields.has('missing') ? takeBoolean(fields, 'missing') : null
  const test = parseTest(fields)
  const isAbsence = test.kind === 'present' && !test.wanted
  if (test.kind === 'present' && missing !== null) {
    throw new RuleError(`${fields.where}: missing says nothing beside present and absent`)
  }
  return {
    kind: 'values',
    quantifier: quantifier === 'every' ? 'every' : 'some',
    path,
    missing: isAbsence || (missing ?? false),
    test,
  }
}

const tests = [
  'present',
  'absent',
  'empty',
  'equals',
  'in',
  'matches',
  'contains',
  'less',
  'greater',
  'public-cidr',
  'covers-port',
  'with',
] as const

function parseTest(fields: Fields): Test {
  const kind = fields.exactlyOne(tests)
  switch (kind) {
    case 'present':
    case 'absent':
      return { kind: 'present', wanted: takeBoolean(fields, kind) === (kind === 'present') }
    case 'empty':
    case 'public-cidr':
      return { kind, wanted: takeBoolean(fields, kind) }
    case 'equals':
      return { kind, literals: [takeLiteral(fields.anything(kind), fields)] }
    case 'in':
      return { kind: 'equals', literals: fields.items(kind).map((one) => takeLiteral(one, fields)) }
    case 'matches': {
      const pattern = fields.text(kind)
      checkPattern(pattern, `${fields.where}: ${kind}`)
      return { kind, pattern }
    }
    case 'contains': {
      const value = fields.anything(kind)
      const texts = (Array.isArray(value) ? value : [value]).map((text) => String(text))
      return { kind, texts }
    }
    case 'less':
    case 'greater':
      return { kind, than: fields.numberOr(kind, -1e15, 1e15, 0) }
    case 'covers-port':
      return { kind, ports: takePorts(fields, kind) }
    case 'with':
      return { kind, condition: parseCondition(fields.anything(kind), `${fields.where}: with`) }
  }
}

function takePath(fields: Fields, key: string): Path {
  return parsePath(fields.text(key), `${fields.where}: ${key}`)
}

function takeBoolean(fields: Fields, key: string): boolean {
  const value = fields.anything(key)
  if (typeof value !== 'boolean') {
    throw new RuleError(`${fields.where}: ${key} must be true or false`)
  }
  return value
}

function takeLiteral(value: unknown, { where }: Fields): Literal {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  throw new RuleError(`${where}: compares with ${JSON.stringify(value)}, which is no text, number`)
}

function takePorts(fields: Fields, key: string): number[] {
  return fields.items(key).map((port) => {
    if (Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535) return Number(port)
    throw new RuleError(`${fields.where}: ${key} must list ports, has ${JSON.stringify(port)}`)
  })
}
