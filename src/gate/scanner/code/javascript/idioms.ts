// Calls that say something else than what they call, and calls whose models have to know more than
// a name: what stands in one of their arguments becomes part of it.
//
//   addEventListener('message', f)      addEventListener:message
//   text.replace(/[<>]/g, '')           replace:markup, replace:specials, replace:slashes
//   text.replace(/[^a-z]/g, '')         replace:pattern, with the pattern as a text
//   element.innerHTML = x               set:innerHTML(x), because setting it acts
//   a[x][y] = v                         assign:nested(x) before it
import type {
  CallExpression,
  Argument as Given,
  IdentifierReference,
  MemberExpression,
  Span,
} from 'oxc-parser'
import type { Argument, Cast, Expression, Place } from '../ir/ir.ts'
import { argumentsOf } from './arguments.ts'
import { type Context, constant, field, place, spanOf, symbol } from './context.ts'
import { isThisOrNothing, propertyName } from './members.ts'
import { constantText } from './required.ts'

/** `f.bind(this)` is `f`; `f.call(this, a)` and `f.apply(this, list)` call it. */
export function boundFunction(context: Context, node: CallExpression): Expression | null {
  const { callee } = node
  const [self, ...others] = node.arguments
  if (callee.type !== 'MemberExpression' || self === undefined || self.type === 'SpreadElement') {
    return null
  }
  const method = propertyName(callee)
  if (method === 'bind' && others.length === 0) return context.expression(callee.object)
  if ((method !== 'call' && method !== 'apply') || !isThisOrNothing(self)) return null
  const given = argumentsOf(context, others)
  return {
    op: 'call',
    callee: context.expression(callee.object),
    arguments: method === 'call' ? given : given.map((one) => ({ ...one, spread: true })),
    isNew: false,
    ...place(node),
  }
}

/** Functions that answer what they are given: a promise of a value is the value here. */
export function handedThrough(callee: Expression): boolean {
  if (callee.op === 'symbol') return callee.name === 'util.promisify'
  if (callee.op !== 'field' || callee.object.op !== 'symbol') return false
  return transparent.has(`${callee.object.name}.${callee.name}`)
}

const transparent = new Set([
  'util.promisify',
  'Object.freeze',
  'Object.seal',
  'Promise.resolve',
  'Promise.all',
  'Promise.allSettled',
  'Promise.race',
])

/** Angular's `inject(T)` answers a `T`. */
export function injectedType(
  callee: Expression,
  [first]: readonly Argument[],
): Omit<Cast, 'at' | 'end'> | null {
  if (callee.op !== 'symbol' || callee.name !== '@angular/core.inject') return null
  if (first?.value.op !== 'symbol' && first?.value.op !== 'local') return null
  const { name } = first.value
  return { op: 'cast', type: name, value: callee }
}

/** The callee of a method, by the name that models know it by. */
export function tellingCallee(
  context: Context,
  callee: MemberExpression | IdentifierReference,
  given: readonly Given[],
): Expression {
  switch (callee.type === 'Identifier' ? callee.name : propertyName(callee)) {
    case 'addEventListener':
      return withMark(context.expression(callee), eventName(context, given))
    case 'includes':
      return withMark(context.expression(callee), pathSigns.has(constantOf(given[0])) ? 'up' : null)
    case 'replace':
    case 'replaceAll':
      return withMark(context.expression(callee), replacedKind(given[0]))
    // `createHash('md5').update(password)`: what goes in tells what the hash is for.
    case 'update':
      return context.withPurpose(given.map(lastName), () => context.expression(callee))
    default:
      return context.expression(callee)
  }
}

/** Whoever asks for them means paths. */
const pathSigns: ReadonlySet<string | null> = new Set(['..', '../', '/', '\\'])

/** Who looks at where a message comes from takes it from those who may send it. */
function eventName(context: Context, [event, listener]: readonly Given[]): string | null {
  const name = constantOf(event)
  if (name !== 'message' || listener === undefined) return name
  const text = context.text.slice(listener.start, listener.end)
  return /\borigin\b|\.source\b/.test(text) ? 'message-of-known' : name
}

function withMark(callee: Expression, mark: string | null): Expression {
  if (mark === null || (callee.op !== 'field' && callee.op !== 'symbol')) return callee
  return { ...callee, name: `${callee.name}:${mark}` }
}

function constantOf(given: Given | undefined): string | null {
  return given === undefined || given.type === 'SpreadElement' ? null : constantText(given)
}

function lastName(given: Given): string {
  if (given.type === 'Identifier') return given.name
  return given.type === 'MemberExpression' ? (propertyName(given) ?? '') : ''
}

/** Of all that a text holds: a pattern that replaces the first only makes nothing harmless. */
function replacedKind(given: Given | undefined): string | null {
  if (given?.type !== 'Literal') return null
  if (!('regex' in given)) return given.value === '<' ? 'markup' : null
  const { pattern, flags } = given.regex
  if (!flags.includes('g')) return null
  if (/^(?:\[\^[^\]]+\][+*]?|\\W\+?)$/.test(pattern)) return 'pattern'
  const isClass = /^\(?\[(?!\^)(?:[^\]\\]|\\.)+\]\)?\+?$/.test(pattern)
  if (pattern === '<' || (isClass && pattern.includes('<'))) return 'markup'
  if (isClass && ['*', '+', '?', '(', '.'].every((sign) => pattern.slice(1).includes(sign))) {
    return 'specials'
  }
  return pattern === '\\/' || (isClass && pattern.includes('/')) ? 'slashes' : null
}

/** For `replace:pattern`: the pattern as a text in the place of the object that matches by it. */
export function patternText(callee: Expression, given: readonly Argument[]): readonly Argument[] {
  const isPattern =
    (callee.op === 'field' || callee.op === 'symbol') && /:pattern$/.test(callee.name)
  const [first, ...others] = given
  if (!isPattern || first?.value.op !== 'call') return given
  const [text] = first.value.arguments
  return text === undefined ? given : [text, ...others]
}

/**
 * Functions that are at fault only for some uses are told what their value is for, as an argument
 * called `$for`: `token = Math.random()` and `makeToken() { … Math.random() … }`.
 */
export function purposeOf(context: Context, callee: Expression, node: Span): Argument[] {
  if (context.purposes.length === 0) return []
  const name = callee.op === 'field' || callee.op === 'symbol' ? callee.name : ''
  if (!dependent.test(name)) return []
  return [{ value: constant(context.purposes.join(' '), node), name: '$for', spread: false }]
}

const dependent = /^(?:crypto\.)?(?:random|createHash|pseudoRandomBytes)$/

/** A property of pages that acts when it is set is lowered to a call of its setter. */
export function settingCall(target: Place, value: Expression, node: Span): Expression | null {
  if (target.op !== 'field' || !acting.has(target.name)) return null
  return {
    op: 'call',
    callee: field(target.object, `set:${target.name}`, spanOf(target)),
    arguments: [{ value, name: null, spread: false }],
    isNew: false,
    ...place(node),
  }
}

/** `a[x][y] = v` reaches the prototype of all objects by its first key. */
export function nestedKey(target: Place): Expression | null {
  if (target.op === 'local' || target.object.op !== 'index') return null
  const { key, object } = target.object
  if (key.op === 'constant' || object.op === 'list') return null
  return {
    op: 'call',
    callee: symbol('assign:nested', spanOf(key)),
    arguments: [{ value: key, name: null, spread: false }],
    isNew: false,
    at: key.at,
    end: key.end,
  }
}

const acting = new Set(['innerHTML', 'outerHTML', 'srcdoc'])
