// Cedar's expressions, compiled once from their JSON form to closures.
import { attribute, attributeOfVariable, hasAttributes } from './attributes.ts'
import type { Evaluate, Evaluation } from './evaluation.ts'
import { fail, wrongType } from './evaluation.ts'
import { extensionFunctions } from './extensions/functions.ts'
import { isInteger, negate } from './integer.ts'
import { InvalidValue, readValue } from './json-value.ts'
import type { PatternPart } from './like.ts'
import { likePattern } from './like.ts'
import { fieldsOf, InvalidPolicy, listOf, operationOf, textOf } from './malformed.ts'
import { binary, isBinary, isIn } from './operators.ts'
import type { Value } from './value.ts'
import { EntityRef, RecordValue, SetValue } from './value.ts'

/** How deep an expression may nest; chains of one `&&` or `||` count as one level. */
const depthMax = 1_000

/** @throws InvalidPolicy */
export function compileExpression(json: unknown, depth = 0): Evaluate {
  if (depth > depthMax) throw new InvalidPolicy(`an expression nests deeper than ${depthMax}`)
  const { operator, operand } = operationOf(json)
  const inner = (each: unknown) => compileExpression(each, depth + 1)
  const special = compilers.get(operator)
  if (special !== undefined) return special(operand, inner)
  if (isBinary(operator)) {
    const { left, right } = fieldsOf(operand, operator)
    return binary(operator, inner(left), inner(right))
  }
  return call(operator, listOf(operand, operator).map(inner))
}

type Compile = (operand: unknown, inner: (json: unknown) => Evaluate) => Evaluate

const compilers = new Map<string, Compile>([
  ['Value', (operand) => constant(literal(operand))],
  ['Var', variable],
  ['Slot', (operand) => refuse(`${textOf(operand, 'Slot')} stands outside a policy's scope`)],
  ['Unknown', () => refuse('an unknown cannot be evaluated')],
  ['&&', (operand, inner) => chain('&&', operand, inner)],
  ['||', (operand, inner) => chain('||', operand, inner)],
  ['!', (operand, inner) => not(inner(fieldsOf(operand, '!').arg))],
  ['neg', (operand, inner) => minus(inner(fieldsOf(operand, 'neg').arg))],
  ['isEmpty', (operand, inner) => isEmpty(inner(fieldsOf(operand, 'isEmpty').arg))],
  ['if-then-else', choice],
  ['.', dot],
  ['has', has],
  ['like', like],
  ['is', is],
  ['Set', set],
  ['Record', record],
])

function refuse(message: string): never {
  throw new InvalidPolicy(message)
}

function literal(json: unknown): Value {
  try {
    return readValue(json, 'Value')
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidPolicy(error.message) : error
  }
}

/** What was compiled to a constant, so that what is made of constants is computed once. */
const constants = new WeakMap<Evaluate, Value>()

function constant(value: Value): Evaluate {
  const evaluate = () => value
  constants.set(evaluate, value)
  return evaluate
}

function constantsOf(parts: readonly Evaluate[]): Value[] | undefined {
  const values = parts.map((part) => constants.get(part))
  const known = values.filter((value) => value !== undefined)
  return known.length === values.length ? known : undefined
}

function variable(operand: unknown): Evaluate {
  switch (operand) {
    case 'principal':
      return (evaluation) => evaluation.principal
    case 'action':
      return (evaluation) => evaluation.action
    case 'resource':
      return (evaluation) => evaluation.resource
    case 'context':
      return (evaluation) => evaluation.context
  }
  return refuse(`there is no variable ${String(operand)}`)
}

/** `a && b && c` is one list: long chains are common and must not nest. */
function chain(operator: '&&' | '||', operand: unknown, inner: (json: unknown) => Evaluate) {
  const parts: unknown[] = []
  let rest = fieldsOf(operand, operator)
  for (;;) {
    parts.push(rest.right)
    const next = operationOf(rest.left)
    if (next.operator !== operator) break
    rest = fieldsOf(next.operand, operator)
  }
  return connect(operator, [rest.left, ...parts.reverse()].map(inner))
}

/** The first part that decides ends it; each that is reached must be a boolean. */
export function connect(operator: '&&' | '||', parts: readonly Evaluate[]): Evaluate {
  const deciding = operator === '||'
  return (evaluation) => {
    for (const part of parts) {
      const value = part(evaluation)
      if (value === deciding) return deciding
      if (value !== !deciding) return notBoolean(evaluation, value)
    }
    return !deciding
  }
}

export function not(of: Evaluate): Evaluate {
  return (evaluation) => {
    const value = of(evaluation)
    return typeof value === 'boolean' ? !value : notBoolean(evaluation, value)
  }
}

function notBoolean(evaluation: Evaluation, value: Value | undefined): undefined {
  return value === undefined ? undefined : wrongType(evaluation, 'bool', value)
}

function minus(of: Evaluate): Evaluate {
  return (evaluation) => {
    const value = of(evaluation)
    if (value === undefined) return undefined
    if (!isInteger(value)) return wrongType(evaluation, 'long', value)
    return negate(value) ?? fail(evaluation, `integer overflow while negating \`${value}\``)
  }
}

function isEmpty(of: Evaluate): Evaluate {
  return (evaluation) => {
    const value = of(evaluation)
    if (value instanceof SetValue) return value.elements.length === 0
    return value === undefined ? undefined : wrongType(evaluation, 'set', value)
  }
}

function choice(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const fields = fieldsOf(operand, 'if-then-else')
  const [test, yes, no] = [inner(fields.if), inner(fields.then), inner(fields.else)]
  return (evaluation) => {
    const value = test(evaluation)
    if (value === true) return yes(evaluation)
    return value === false ? no(evaluation) : notBoolean(evaluation, value)
  }
}

function dot(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const { left, attr } = fieldsOf(operand, '.')
  const name = textOf(attr, 'attr')
  const { operator, operand: variable } = operationOf(left)
  const direct = operator === 'Var' ? attributeOfVariable(String(variable), name) : undefined
  return direct ?? attribute(inner(left), name)
}

function has(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const { left, attr } = fieldsOf(operand, 'has')
  const names = typeof attr === 'string' ? [attr] : listOf(attr, 'attr')
  if (names.length === 0) return refuse('has must name an attribute')
  return hasAttributes(
    inner(left),
    names.map((name) => textOf(name, 'attr')),
  )
}

function like(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const { left, pattern } = fieldsOf(operand, 'like')
  const matches = likePattern(listOf(pattern, 'pattern').map(patternPart))
  const text = inner(left)
  return (evaluation) => {
    const value = text(evaluation)
    if (typeof value === 'string') return matches(value)
    return value === undefined ? undefined : wrongType(evaluation, 'string', value)
  }
}

function patternPart(json: unknown): PatternPart {
  if (json === 'Wildcard') return json
  return { Literal: textOf(fieldsOf(json, 'pattern').Literal, 'Literal') }
}

function is(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const fields = fieldsOf(operand, 'is')
  const type = textOf(fields.entity_type, 'entity_type')
  const left = inner(fields.left)
  const within = fields.in === undefined ? undefined : inner(fields.in)
  return (evaluation) => {
    const value = left(evaluation)
    if (value === undefined) return undefined
    if (!(value instanceof EntityRef)) return wrongType(evaluation, '(entity of any type)', value)
    if (value.type !== type) return false
    if (within === undefined) return true
    const group = within(evaluation)
    return group === undefined ? undefined : isIn(evaluation, value, group)
  }
}

function set(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const parts = listOf(operand, 'Set').map(inner)
  const known = constantsOf(parts)
  if (known !== undefined) return constant(new SetValue(known))
  return (evaluation) => {
    const elements = all(parts, evaluation)
    return elements && new SetValue(elements)
  }
}

function record(operand: unknown, inner: (json: unknown) => Evaluate): Evaluate {
  const fields = Object.entries(fieldsOf(operand, 'Record'))
  const names = fields.map(([name]) => name)
  const parts = fields.map(([, each]) => inner(each))
  const made = (values: readonly Value[]) => {
    const entries = new Map<string, Value>()
    values.forEach((value, i) => {
      entries.set(names[i] ?? '', value)
    })
    return new RecordValue(entries)
  }
  const known = constantsOf(parts)
  if (known !== undefined) return constant(made(known))
  return (evaluation) => {
    const values = all(parts, evaluation)
    return values && made(values)
  }
}

function all(parts: readonly Evaluate[], evaluation: Evaluation): Value[] | undefined {
  const values: Value[] = []
  for (const part of parts) {
    const value = part(evaluation)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** Of an extension function. A wrong number of arguments is an error when it is evaluated. */
function call(name: string, parts: readonly Evaluate[]): Evaluate {
  const known = extensionFunctions.get(name)
  if (known === undefined) return refuse(`there is no operator or function ${name}`)
  const apply = (values: readonly Value[]) => {
    const [first, second] = values
    if (values.length !== known.arity || first === undefined) return undefined
    return known.call(first, second ?? first)
  }
  const fixed = constantsOf(parts)
  const computed = fixed && apply(fixed)
  if (computed !== undefined) return constant(computed)
  return (evaluation) => {
    const values = all(parts, evaluation)
    if (values === undefined) return undefined
    if (values.length !== known.arity)
      return fail(evaluation, `${name} takes ${known.arity} argument(s), not ${values.length}`)
    return apply(values) ?? fail(evaluation, `${name} is not defined for what it was given`)
  }
}
