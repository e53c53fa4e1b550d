// Decorators, and what tells of a parameter where it is declared.
import type { Annotation, Expression } from '../ir/ir.ts'
import type { Syntax, SyntaxNode } from '../syntax.ts'
import { lowerArguments } from './call.ts'
import type { Lowering } from './lowering.ts'
import { firstChild } from './reading.ts'

/** Of a function or class. Those above a definition stand beside it in one node. */
export function annotationsOf(file: Lowering, definition: SyntaxNode): Annotation[] {
  const { syntax } = file
  return decoratorsOf(syntax, definition).flatMap((decorator): Annotation[] => {
    const value = firstChild(syntax, decorator)
    if (value === null) return []
    const isCall = syntax.kind(value) === 'call'
    const callee = isCall ? syntax.field(value, 'function') : value
    const given = isCall ? lowerArguments(file, syntax.field(value, 'arguments')) : []
    if (callee === null) return []
    const span = file.span(decorator)
    return fullNames(file, callee).map((name) => ({ name, arguments: given, ...span }))
  })
}

function decoratorsOf(syntax: Syntax, definition: SyntaxNode): SyntaxNode[] {
  const parent = syntax.parent(definition)
  if (parent < 0 || syntax.kind(parent) !== 'decorated_definition') return []
  return syntax.children(parent).filter((child) => syntax.kind(child) === 'decorator')
}

/** Decorators run when the definition does; what they are given is the model's to know. */
export function runDecorators(file: Lowering, definition: SyntaxNode): void {
  for (const decorator of decoratorsOf(file.syntax, definition)) {
    const inner = firstChild(file.syntax, decorator)
    if (inner === null) continue
    if (plainDecorators.some((name) => file.isBuiltin(inner, name))) continue
    const value = file.expression(inner)
    const span = file.span(decorator)
    const call: Expression =
      value.op === 'call'
        ? value
        : { op: 'call', callee: value, arguments: [], isNew: false, ...span }
    file.out.push({ op: 'evaluate', value: call, ...span })
  }
}

const plainDecorators = ['property', 'staticmethod', 'classmethod']

/**
 * `flask.Flask.route` for `app.route` after `app = Flask(…)`; of what another file has made also
 * `*.route`. A name that the file assigns otherwise stays as it is written.
 */
function fullNames(file: Lowering, callee: SyntaxNode): string[] {
  const { syntax } = file
  const text = syntax.textOf(callee)
  const [first = '', ...rest] = text.split('.')
  if (!/^[\w.]+$/.test(text)) return [`*.${text.slice(text.lastIndexOf('.') + 1)}`]
  const meaning = file.meaning(first)
  if (rest.length === 0) return [meaning.kind === 'symbol' ? meaning.name : text]
  const member = rest.join('.')
  const foreign = `*.${rest.at(-1)}`
  if (meaning.kind === 'symbol') return [`${meaning.name}.${member}`, foreign]
  if (meaning.kind !== 'local') return [foreign]
  const { id, binding } = meaning
  const made = binding.origin === null ? null : madeBy(file, binding.origin)
  return made === null ? [`${id}.${member}`, foreign] : [`${made}.${member}`]
}

/** Full name of what a call names, where it is imported. */
function madeBy(file: Lowering, call: SyntaxNode): string | null {
  const { syntax } = file
  const callee = syntax.kind(call) === 'call' ? syntax.field(call, 'function') : null
  const text = callee === null ? '' : syntax.textOf(callee)
  if (!/^[\w.]+$/.test(text)) return null
  const [first = '', ...rest] = text.split('.')
  const meaning = file.meaning(first)
  return meaning.kind === 'symbol' ? [meaning.name, ...rest].join('.') : null
}

/** `q = Query(None)` says of a parameter what `@Query` says of it elsewhere. */
export function declaredWith(value: Expression | null): Annotation[] {
  if (value?.op !== 'call') return []
  const name = symbolName(value.callee)
  if (name === null) return []
  return [{ name, arguments: value.arguments, at: value.at, end: value.end }]
}

function symbolName(callee: Expression): string | null {
  if (callee.op === 'symbol') return callee.name
  if (callee.op !== 'field') return null
  const owner = symbolName(callee.object)
  return owner === null ? null : `${owner}.${callee.name}`
}
