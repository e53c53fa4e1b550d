// What the first parts of a policy's condition ask, so that the policy need not be looked at where
// they say no. Only what decides without an error counts: a policy that fails must be seen to fail.
import type { Evaluate, Evaluation } from './evaluation.ts'
import { compileExpression } from './expression.ts'
import type { ConditionJson } from './json.ts'
import { isUid } from './json-value.ts'
import type { Fields } from './malformed.ts'
import { fieldsOf, listOf, operationOf } from './malformed.ts'
import type { Value } from './value.ts'
import { entityRef } from './value.ts'

/** The policy asks that its principal or resource is or is in one of these, or is of a type. */
export interface Anchor {
  readonly side: 'principal' | 'resource'
  readonly by: 'key' | 'type'
  readonly names: readonly string[]
}

/** The policy holds only where an expression equals one of some constants. */
export interface Guard {
  /** Policies with the same key share one evaluation. */
  readonly key: string
  /** Null: none of them holds. Undefined: it failed, and so each of them is to be looked at. */
  readonly select: (evaluation: Evaluation) => Value | null | undefined
  readonly scalars: readonly Value[]
  /** Keys of entities. */
  readonly entities: readonly string[]
}

export interface Leading {
  readonly anchors: readonly Anchor[]
  readonly guard: Guard | undefined
}

const partsMax = 8
const namesMax = 64

/** Of conditions that compile. */
export function leadingOf(conditions: readonly ConditionJson[]): Leading {
  const anchors: Anchor[] = []
  const tests: unknown[] = []
  let certain = true
  for (const part of leadingParts(conditions)) {
    const anchor = anchorOf(part)
    if (anchor !== undefined) {
      if (certain) anchors.push(anchor)
      continue
    }
    const { operator, operand } = operationOf(part)
    if (operator === 'has') {
      const { left, attr } = fieldsOf(operand, operator)
      if (!isPath(left)) break
      // `has` of a variable cannot fail; of what is below it may.
      certain &&= operationOf(left).operator === 'Var' && typeof attr === 'string'
      tests.push(part)
      continue
    }
    return { anchors, guard: guardOf(part, tests) }
  }
  return { anchors, guard: undefined }
}

/** `when` after `when` and `&&` after `&&`, as far as they are the first to be evaluated. */
function leadingParts(conditions: readonly ConditionJson[]): unknown[] {
  const parts: unknown[] = []
  for (const { kind, body } of conditions) {
    if (kind !== 'when') break
    const chain: unknown[] = []
    let rest: unknown = body
    for (;;) {
      const { operator, operand } = operationOf(rest)
      if (operator !== '&&') break
      const { left, right } = fieldsOf(operand, operator)
      chain.push(right)
      rest = left
    }
    parts.push(rest, ...chain.reverse())
    if (parts.length >= partsMax) break
  }
  return parts.slice(0, partsMax)
}

/** Tests of the principal or the resource itself, which cannot fail. */
function anchorOf(part: unknown): Anchor | undefined {
  const { operator, operand } = operationOf(part)
  if (operator === '||') {
    const { left, right } = fieldsOf(operand, operator)
    const [a, b] = [anchorOf(left), anchorOf(right)]
    if (a?.side !== b?.side || a?.by !== b?.by) return undefined
    return a && b && anchor(a.side, a.by, [...a.names, ...b.names])
  }
  if (operator !== '==' && operator !== 'in' && operator !== 'is' && operator !== 'contains')
    return undefined
  const { left, right, entity_type, in: within } = fieldsOf(operand, operator)
  if (operator === 'contains') return ofKeys(right, left)
  if (operator !== 'is')
    return ofKeys(left, right) ?? (operator === '==' ? ofKeys(right, left) : undefined)
  if (within !== undefined) return ofKeys(left, within)
  const side = sideOf(left)
  return side && typeof entity_type === 'string' ? anchor(side, 'type', [entity_type]) : undefined
}

function ofKeys(variable: unknown, entities: unknown): Anchor | undefined {
  const side = sideOf(variable)
  const keys = side && entityKeys(entities)
  return side && keys && anchor(side, 'key', keys)
}

function anchor(side: Anchor['side'], by: Anchor['by'], names: readonly string[]) {
  return names.length <= namesMax ? { side, by, names: [...new Set(names)] } : undefined
}

function sideOf(json: unknown): Anchor['side'] | undefined {
  const { operator, operand } = operationOf(json)
  if (operator !== 'Var') return undefined
  return operand === 'principal' || operand === 'resource' ? operand : undefined
}

function entityKeys(json: unknown): string[] | undefined {
  const constants = constantsOf(json)
  if (constants === undefined || constants.scalars.length > 0) return undefined
  return constants.entities
}

/** A constant, or a set of constants, told apart as the index keeps them. */
function constantsOf(json: unknown): { scalars: Value[]; entities: string[] } | undefined {
  const { operator, operand } = operationOf(json)
  const scalars: Value[] = []
  const entities: string[] = []
  for (const each of operator === 'Set' ? listOf(operand, 'Set') : [json]) {
    const constant = operationOf(each)
    if (constant.operator !== 'Value') return undefined
    const value = constant.operand
    if (typeof value !== 'object') {
      scalars.push(value as Value)
      continue
    }
    const uid = value !== null && '__entity' in value ? value.__entity : undefined
    if (!isUid(uid)) return undefined
    entities.push(entityRef(uid).key)
  }
  return { scalars, entities }
}

/**
 * `path == constant`, also with `|| variable.hasTag(…) && …` behind it: where there is no such
 * tag, the comparison decides.
 */
function guardOf(part: unknown, tests: readonly unknown[]): Guard | undefined {
  const tags: unknown[] = []
  let comparison = part
  for (;;) {
    const { operator, operand } = operationOf(comparison)
    if (operator !== '||') break
    const { left, right } = fieldsOf(operand, operator)
    const tag = firstOf(right)
    if (!isTagTest(tag)) return undefined
    tags.push(tag)
    comparison = left
  }
  const compared = comparisonOf(comparison)
  if (compared === undefined) return undefined
  const { path, scalars, entities } = compared
  const key = JSON.stringify([tests, tags, path])
  const [before, behind] = [tests, tags].map((list) => list.map((each) => compileExpression(each)))
  const select = selectorOf(before ?? [], behind ?? [], compileExpression(path))
  return { key, select, scalars, entities }
}

function firstOf(json: unknown): unknown {
  let first = json
  for (;;) {
    const { operator, operand } = operationOf(first)
    if (operator !== '&&') return first
    first = fieldsOf(operand, operator).left
  }
}

function isTagTest(json: unknown): boolean {
  const { operator, operand } = operationOf(json)
  if (operator !== 'hasTag') return false
  const { left, right } = fieldsOf(operand, operator)
  return sideOf(left) !== undefined && operationOf(right).operator === 'Value'
}

function comparisonOf(json: unknown) {
  const { operator, operand } = operationOf(json)
  if (operator !== '==' && operator !== 'contains') return undefined
  const { left, right } = fieldsOf(operand, operator)
  // A set of constants contains what is looked at; a set that is looked at contains anything.
  const [path, constants] = operator === '==' && isPath(left) ? [left, right] : [right, left]
  if (!isPath(path) || operationOf(path).operator === 'Var') return undefined
  if ((operator === '==') === (operationOf(constants).operator === 'Set')) return undefined
  const known = constantsOf(constants)
  if (known === undefined || known.scalars.length + known.entities.length > namesMax)
    return undefined
  return { path, ...known }
}

function selectorOf(
  tests: readonly Evaluate[],
  tags: readonly Evaluate[],
  path: Evaluate,
): Guard['select'] {
  return (evaluation) => {
    for (const test of tests) {
      const holds = test(evaluation)
      if (holds === false) return null
      if (holds !== true) return undefined
    }
    const value = path(evaluation)
    return tags.every((tag) => tag(evaluation) === false) ? value : undefined
  }
}

/** Attributes of attributes of a variable. */
function isPath(json: unknown): boolean {
  let rest = json
  for (;;) {
    const { operator, operand } = operationOf(rest)
    if (operator === 'Var') return true
    if (operator !== '.') return false
    const { left }: Fields = fieldsOf(operand, operator)
    rest = left
  }
}
