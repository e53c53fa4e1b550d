// Calls, and the few of Python's own functions that are rather syntax: `getattr`, `super`, `dict`.
import type { Argument, Call, Expression, MapLiteral } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { lowerConfiguration } from './configuration.ts'
import { callBuiltin, constantOf, type Lowering, type Span } from './lowering.ts'
import { lookUp } from './scope.ts'
import { classOf, readName } from './target.ts'
import { lowerFormat } from './text.ts'

export function lowerCall(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const callee = syntax.field(node, 'function')
  const span = file.span(node)
  const given = lowerArguments(file, syntax.field(node, 'arguments'))
  if (callee === null)
    return file.unknown(
      node,
      given.map(({ value }) => value),
    )
  const name = syntax.kind(callee) === 'identifier' ? syntax.textOf(callee) : ''
  const special = specials.get(name)
  if (special !== undefined && file.isBuiltin(callee, name)) {
    const lowered = special(given, span, file)
    if (lowered !== null) return lowered
  }
  const called =
    ownClass(file, callee) ??
    (name === '' ? file.expression(callee) : readName(file, name, file.span(callee)))
  if (called.op === 'field' && called.name === 'format' && called.object.op === 'constant') {
    const text = called.object.value
    const template = typeof text === 'string' ? lowerFormat(text, given, span) : null
    if (template !== null) return template
  }
  const call: Call = {
    op: 'call',
    callee: called,
    arguments: [...given, ...purposeOf(file, called)],
    isNew: isClass(file, callee) || isForeignClass(called),
    ...span,
  }
  return lowerConfiguration(file, call) ?? converted(call)
}

/**
 * Random numbers and hashes are harmless or not by what they are for: the analysis sees what a
 * value is assigned to, and is told here what is made of that later.
 */
function purposeOf(file: Lowering, called: Expression): Argument[] {
  const name = called.op === 'field' ? called.object : called
  if (name.op !== 'symbol' || !/^(?:random|hashlib)\b/.test(name.name)) return []
  const { assigned, functionName } = file
  const further = assigned === null ? [] : [assigned, file.purposes.get(assigned) ?? '']
  const text = [functionName, ...further].join(' ').trim()
  return [{ value: constantOf(text, called), name: '$for', spread: false }]
}

/** `text.replace("'", …)` leaves nothing that ends a text in quotes. */
function losesQuotes({ callee, arguments: given }: Call): boolean {
  if (callee.op !== 'field' || callee.name !== 'replace') return false
  const [from, to] = given.map(({ value }) => (value.op === 'constant' ? value.value : null))
  return (from === "'" || from === '"') && typeof to === 'string' && !to.includes(from)
}

/** `args.get('page', type=int)` is `int(args.get('page'))`. */
function converted(call: Call): Expression {
  if (losesQuotes(call)) return callBuiltin('guard.quotes', [call], call)
  if (call.callee.op !== 'field' || !/^get(?:list)?$/.test(call.callee.name)) return call
  const type = call.arguments.find(({ name }) => name === 'type')?.value
  if (type?.op !== 'symbol' || !['int', 'float', 'bool'].includes(type.name)) return call
  return callBuiltin(type.name, [call], call)
}

/** What `cls(…)` makes in a method: an object of the class around it. */
function ownClass(file: Lowering, callee: SyntaxNode): Expression | null {
  if (file.syntax.kind(callee) !== 'identifier') return null
  const name = file.syntax.textOf(callee)
  const binding = name === 'self' ? null : lookUp(file.scope, name)
  const owner = binding?.isSelf ? binding.scope.parent : null
  return owner === null || owner === undefined ? null : classOf(owner, file.span(callee))
}

/** Of what comes from elsewhere the spelling tells. */
function isForeignClass(called: Expression): boolean {
  if (called.op === 'symbol') return /(?:^|\.)[A-Z]\w*[a-z]\w*$/.test(called.name)
  if (called.op !== 'field' || !/^[A-Z]\w*[a-z]\w*$/.test(called.name)) return false
  let owner = called.object
  while (owner.op === 'field') owner = owner.object
  return owner.op === 'symbol'
}

/** The name of a class of this file; `cls` in a method of one. */
function isClass(file: Lowering, callee: SyntaxNode): boolean {
  if (file.syntax.kind(callee) !== 'identifier') return false
  const meaning = file.meaning(file.syntax.textOf(callee))
  if (meaning.kind === 'self') return true
  return meaning.kind === 'local' && meaning.binding.declares === 'class'
}

export function lowerArguments(file: Lowering, list: SyntaxNode | null): Argument[] {
  const { syntax } = file
  if (list === null) return []
  if (syntax.kind(list) !== 'argument_list') {
    return [{ value: file.expression(list), name: null, spread: false }]
  }
  return syntax.children(list).flatMap((child): Argument[] => {
    const kind = syntax.kind(child)
    if (kind === 'keyword_argument') {
      const name = syntax.field(child, 'name')
      const text = name === null ? '' : syntax.textOf(name)
      const value = file.expressionOf(syntax.field(child, 'value'), child)
      return [{ value, name: name === null ? null : text, spread: false }]
    }
    const value = file.expression(child)
    if (kind === 'dictionary_splat' && value.op === 'map') return namedEntries(value)
    const spread = kind === 'list_splat' || kind === 'dictionary_splat'
    return [{ value, name: null, spread }]
  })
}

/** `**{'a': 1}` is `a=1`. */
const namedEntries = ({ entries }: MapLiteral): Argument[] =>
  entries.map(({ key, value }) => {
    const name = key?.op === 'constant' && typeof key.value === 'string' ? key.value : null
    return { value, name, spread: name === null }
  })

type Special = (given: readonly Argument[], span: Span, file: Lowering) => Expression | null

const specials = new Map<string, Special>([
  ['super', (_, span) => ({ op: 'self', ...span })],
  ['dict', lowerDict],
  ['getattr', lowerGetattr],
  ['setattr', lowerSetattr],
  ['__import__', lowerImport],
])

/** `dict(a=1, **more)` is `{'a': 1, **more}`. */
function lowerDict(given: readonly Argument[], span: Span): Expression | null {
  if (given.some(({ name, spread }) => name === null && !spread)) return null
  const entries = given.map(({ name, value }) => ({
    key: name === null ? null : constantOf(name, value),
    value,
  }))
  return { op: 'map', entries, ...span }
}

function lowerGetattr(given: readonly Argument[], span: Span): Expression | null {
  const [object, name, otherwise] = given.map(({ value }) => value)
  if (object === undefined || name?.op !== 'constant' || typeof name.value !== 'string') return null
  const field: Expression = { op: 'field', object, name: name.value, ...span }
  if (otherwise === undefined) return field
  return { op: 'binary', operator: '??', left: field, right: otherwise, ...span }
}

function lowerSetattr(given: readonly Argument[], span: Span): Expression | null {
  const [object, name, value] = given.map((argument) => argument.value)
  if (object === undefined || value === undefined) return null
  if (name?.op !== 'constant' || typeof name.value !== 'string') return null
  const target = { op: 'field', object, name: name.value, ...span } as const
  return { op: 'assign', target, value, ...span }
}

function lowerImport(given: readonly Argument[], span: Span): Expression | null {
  const [module] = given.map(({ value }) => value)
  if (module?.op !== 'constant' || typeof module.value !== 'string') return null
  const [name = ''] = module.value.split('.')
  return { op: 'symbol', name, ...span }
}
