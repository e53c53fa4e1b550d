// Finds what a policy reads without having asked whether it is there. In a forbid that is a hole:
// where the attribute is absent the policy fails, and what fails forbids nothing.
//
// A fact is an attribute or a tag that is known to be there. Each expression is read with the
// facts that hold when it is evaluated, and yields those that hold when it is true, and when it is
// false. What is not understood yields none: this may ask for a `has` too many, never for one too
// few.

import type { ConditionJson } from './json.ts'
import { fieldsOf, operationOf } from './malformed.ts'

type Facts = ReadonlySet<string>

interface Outcome {
  readonly whenTrue: Facts
  readonly whenFalse: Facts
}

/** A read that may fail. */
export interface UnguardedRead {
  readonly kind: 'attribute' | 'tag'
  /** Of the attribute or the tag; a tag that is computed has none. */
  readonly name: string | undefined
  /** The expression it is read from, in JSON. */
  readonly of: unknown
  /** How many reads of an attribute of that name stand before it. */
  readonly nth: number
}

const none: Facts = new Set()
const unknown: Outcome = { whenTrue: none, whenFalse: none }

/** What the platform always provides, of the request's own principal and resource. */
const alwaysThere: ReadonlyMap<unknown, ReadonlySet<string>> = new Map([
  ['principal', new Set(['id', 'type', 'name', 'status', 'groups'])],
  ['resource', new Set(['id', 'type'])],
  // Facts of the platform's own, such as its clock; callers cannot write there.
  ['context', new Set(['panthera'])],
])

/** Unguarded reads of a policy's conditions, in the order of evaluation. */
export function findUnguardedReads(conditions: readonly ConditionJson[]): UnguardedRead[] {
  const reader = new Reader()
  let facts = none
  for (const { kind, body } of conditions) {
    const outcome = reader.read(body, facts)
    facts = union(facts, kind === 'when' ? outcome.whenTrue : outcome.whenFalse)
  }
  return reader.found
}

class Reader {
  readonly found: UnguardedRead[] = []
  readonly #reads = new Map<string, number>()

  read(json: unknown, facts: Facts): Outcome {
    const { operator, operand } = operationOf(json)
    switch (operator) {
      case 'Value':
      case 'Var':
      case 'Slot':
        return unknown
      case '&&':
      case '||':
        return this.#connective(operator, operand, facts)
      case '!': {
        const { whenTrue, whenFalse } = this.read(fieldsOf(operand, '!').arg, facts)
        return { whenTrue: whenFalse, whenFalse: whenTrue }
      }
      case 'if-then-else':
        return this.#choice(operand, facts)
      case 'has':
        return this.#has(operand, facts)
      case 'hasTag':
        return this.#hasTag(operand, facts)
      case '.':
        this.#attribute(operand, facts)
        return unknown
      case 'getTag':
        this.#tag(operand, facts)
        return unknown
    }
    for (const part of partsOf(operator, operand)) this.read(part, facts)
    return unknown
  }

  #connective(operator: string, operand: unknown, facts: Facts): Outcome {
    const { left, right } = fieldsOf(operand, operator)
    const first = this.read(left, facts)
    if (operator === '&&') {
      const second = this.read(right, union(facts, first.whenTrue))
      return {
        whenTrue: union(first.whenTrue, second.whenTrue),
        whenFalse: both(first.whenFalse, union(first.whenTrue, second.whenFalse)),
      }
    }
    const second = this.read(right, union(facts, first.whenFalse))
    return {
      whenTrue: both(first.whenTrue, union(first.whenFalse, second.whenTrue)),
      whenFalse: union(first.whenFalse, second.whenFalse),
    }
  }

  #choice(operand: unknown, facts: Facts): Outcome {
    const fields = fieldsOf(operand, 'if-then-else')
    const test = this.read(fields.if, facts)
    const yes = this.read(fields.then, union(facts, test.whenTrue))
    const no = this.read(fields.else, union(facts, test.whenFalse))
    return {
      whenTrue: both(union(test.whenTrue, yes.whenTrue), union(test.whenFalse, no.whenTrue)),
      whenFalse: both(union(test.whenTrue, yes.whenFalse), union(test.whenFalse, no.whenFalse)),
    }
  }

  #has(operand: unknown, facts: Facts): Outcome {
    const { left, attr } = fieldsOf(operand, 'has')
    this.read(left, facts)
    const names: readonly unknown[] = Array.isArray(attr) ? attr : [attr]
    let path = pathOf(left)
    const there = new Set<string>()
    for (const name of names) {
      if (path === undefined) break
      path = below(path, 'attribute', String(name))
      there.add(path)
    }
    return { whenTrue: there, whenFalse: none }
  }

  #hasTag(operand: unknown, facts: Facts): Outcome {
    const { left, right } = fieldsOf(operand, 'hasTag')
    this.read(left, facts)
    this.read(right, facts)
    const path = tagPath(left, right)
    return { whenTrue: path === undefined ? none : new Set([path]), whenFalse: none }
  }

  #attribute(operand: unknown, facts: Facts): void {
    const { left, attr } = fieldsOf(operand, '.')
    const name = String(attr)
    this.read(left, facts)
    const nth = this.#reads.get(name) ?? 0
    this.#reads.set(name, nth + 1)
    const of = operationOf(left)
    if (of.operator === 'Var' && alwaysThere.get(of.operand)?.has(name)) return
    if (of.operator === 'Record' && Object.hasOwn(fieldsOf(of.operand, 'Record'), name)) return
    const path = pathOf(left)
    if (path?.startsWith(platformPath)) return
    if (path === undefined || !facts.has(below(path, 'attribute', name)))
      this.found.push({ kind: 'attribute', name, of: left, nth })
  }

  #tag(operand: unknown, facts: Facts): void {
    const { left, right } = fieldsOf(operand, 'getTag')
    this.read(left, facts)
    this.read(right, facts)
    const path = tagPath(left, right)
    if (path !== undefined && facts.has(path)) return
    const { operator, operand: tag } = operationOf(right)
    const name = operator === 'Value' ? String(tag) : undefined
    this.found.push({ kind: 'tag', name, of: left, nth: 0 })
  }
}

/** What an operator without a rule of its own is applied to. */
function partsOf(operator: string, operand: unknown): unknown[] {
  if (Array.isArray(operand)) return operand
  const fields = fieldsOf(operand, operator)
  if (operator === 'Record') return Object.values(fields)
  return [fields.left, fields.right, fields.arg, fields.in].filter((part) => part !== undefined)
}

/**
 * One text for each way to a value that two expressions can have in common: a variable or a
 * written entity, then attributes and tags. Other expressions have none.
 */
function pathOf(json: unknown): string | undefined {
  const { operator, operand } = operationOf(json)
  if (operator === 'Var' || operator === 'Value') return JSON.stringify([operator, operand])
  if (operator === '.') {
    const { left, attr } = fieldsOf(operand, '.')
    const path = pathOf(left)
    return path === undefined ? undefined : below(path, 'attribute', String(attr))
  }
  if (operator !== 'getTag') return undefined
  const { left, right } = fieldsOf(operand, 'getTag')
  return tagPath(left, right)
}

function tagPath(of: unknown, tag: unknown): string | undefined {
  const [path, name] = [pathOf(of), pathOf(tag)]
  return path === undefined || name === undefined ? undefined : below(path, 'tag', name)
}

function below(path: string, kind: UnguardedRead['kind'], name: string): string {
  return `${path} ${kind} ${JSON.stringify(name)}`
}

const platformPath = below('["Var","context"]', 'attribute', 'panthera')

function union(a: Facts, b: Facts): Facts {
  return b.size === 0 ? a : a.size === 0 ? b : a.union(b)
}

function both(a: Facts, b: Facts): Facts {
  return a.size === 0 || b.size === 0 ? none : a.intersection(b)
}
