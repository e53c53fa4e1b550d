// Statements.
import type { Expression, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { runDecorators } from './annotation.ts'
import { lowerClass } from './class.ts'
import { lowerFor, lowerIf, lowerTry, lowerWhile, lowerWith } from './control.ts'
import { isDjangoSettings } from './convention.ts'
import { lowerFunction } from './function.ts'
import { guarding } from './guard.ts'
import { readImports } from './imports.ts'
import { callBuiltin, callMethod, constantOf, type Lowering, spanOf } from './lowering.ts'
import { lowerMatch } from './match.ts'
import { plainOperator } from './operator.ts'
import { firstChild } from './reading.ts'
import { assignTo, readName } from './target.ts'
import { typeName } from './type-name.ts'

export function lowerStatement(file: Lowering, node: SyntaxNode): void {
  const lower = kinds.get(file.syntax.kind(node))
  if (lower === undefined) evaluate(file, file.expression(node))
  else lower(file, node)
}

type Lower = (file: Lowering, node: SyntaxNode) => void

const nothing: Lower = () => {}

const all: Lower = (file, node) => {
  for (const child of file.syntax.children(node)) file.statement(child)
}

const kinds = new Map<string, Lower>([
  ['expression_statement', lowerExpressionStatement],
  ['assignment', lowerAssignment],
  ['augmented_assignment', lowerAugmented],
  ['function_definition', declareFunction],
  ['class_definition', (file, node) => lowerClass(file, node, file.scope.kind === 'module')],
  ['decorated_definition', lowerDecorated],
  ['decorator', nothing],
  ['import_statement', lowerImport],
  ['import_from_statement', lowerImport],
  ['future_import_statement', nothing],
  ['if_statement', lowerIf],
  ['for_statement', lowerFor],
  ['while_statement', lowerWhile],
  ['try_statement', lowerTry],
  ['with_statement', lowerWith],
  ['match_statement', lowerMatch],
  ['return_statement', lowerReturn],
  ['raise_statement', lowerRaise],
  ['break_statement', lowerLeave],
  ['continue_statement', lowerLeave],
  ['assert_statement', lowerAssert],
  ['delete_statement', lowerDelete],
  ['print_statement', lowerPrint],
  ['exec_statement', lowerExec],
  ['pass_statement', nothing],
  ['global_statement', nothing],
  ['nonlocal_statement', nothing],
  ['type_alias_statement', nothing],
  ['block', all],
  // What the parser could not read may hold whole statements.
  ['ERROR', lowerError],
])

function evaluate(file: Lowering, value: Expression): void {
  file.out.push({ op: 'evaluate', value, ...spanOf(value) })
}

function lowerError(file: Lowering, node: SyntaxNode): void {
  file.unknowns++
  all(file, node)
}

function lowerExpressionStatement(file: Lowering, node: SyntaxNode): void {
  for (const child of file.syntax.children(node)) {
    // Documentation, and whatever else has no effect.
    const kind = file.syntax.kind(child)
    if (kind === 'yield') file.expression(child)
    else if (!inert.has(kind)) file.statement(child)
    if (kind === 'call' && endsHere(file.out.at(-1))) {
      file.out.push({ op: 'throw', value: null, label: null, ...file.span(child) })
    }
  }
}

/** Calls that never come back. */
function endsHere(statement: Statement | undefined): boolean {
  if (statement?.op !== 'evaluate' || statement.value.op !== 'call') return false
  const { callee } = statement.value
  if (callee.op === 'symbol') return endings.has(callee.name)
  if (callee.op !== 'field' || callee.object.op !== 'symbol') return false
  return endings.has(`${callee.object.name}.${callee.name}`)
}

const endings = new Set([
  'flask.abort',
  'werkzeug.exceptions.abort',
  'flask_restful.abort',
  'quart.abort',
  'bottle.abort',
  'sys.exit',
  'os._exit',
  'os.abort',
  'exit',
  'quit',
])

const inert = new Set(['string', 'ellipsis', 'integer', 'identifier', 'none', 'true', 'false'])

function lowerAssignment(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const left = syntax.field(node, 'left')
  const right = syntax.field(node, 'right')
  if (left === null || right === null) return
  file.assigned = syntax.textOf(left)
  const value = file.expression(right)
  file.assigned = null
  rememberOnce(file, left, value)
  const type = typeName(file, syntax.field(node, 'type'))
  const target =
    type !== null && syntax.kind(left) === 'identifier'
      ? readName(file, syntax.textOf(left), file.span(left))
      : null
  if (target?.op === 'local') {
    file.out.push({ op: 'declare', name: target.name, type, value, ...file.span(node) })
  } else assignTo(file, left, value)
  declareSetting(file, left, value)
}

function rememberOnce(file: Lowering, left: SyntaxNode, value: Expression): void {
  if (file.syntax.kind(left) !== 'identifier') return
  const meaning = file.meaning(file.syntax.textOf(left))
  if (meaning.kind === 'local' && meaning.binding.origin !== null) file.once.set(meaning.id, value)
}

/** Settings of Django are properties that models know, besides being variables of their module. */
function declareSetting(file: Lowering, left: SyntaxNode, value: Expression): void {
  const name = file.syntax.textOf(left)
  if (file.scope.kind !== 'module' || !/^[A-Z][A-Z0-9_]*$/.test(name)) return
  if (!isDjangoSettings(file.path, file.bindings.module)) return
  const span = { at: file.syntax.start(left), end: value.end }
  const object: Expression = { op: 'symbol', name: 'django.settings', ...span }
  const shown = readName(file, name, file.span(left))
  file.assign({ op: 'field', object, name, ...span }, shown)
}

function lowerAugmented(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const [left, right] = [syntax.field(node, 'left'), syntax.field(node, 'right')]
  const sign = syntax.field(node, 'operator')
  if (left === null || right === null) return
  const written =
    sign === null ? syntax.text.slice(syntax.end(left), syntax.start(right)) : syntax.textOf(sign)
  const operator = plainOperator(/[^\s\w"'#]+=/.exec(written)?.[0] ?? '+=')
  const span = file.span(node)
  const old = file.expression(left)
  assignTo(file, left, {
    op: 'binary',
    operator,
    left: old,
    right: file.expression(right),
    ...span,
  })
}

function declareFunction(file: Lowering, node: SyntaxNode): void {
  runDecorators(file, node)
  const lowered = lowerFunction(file, node, {
    owner: null,
    exported: file.scope.kind === 'module',
  })
  const meaning = file.meaning(lowered.name)
  const name = meaning.kind === 'local' ? meaning.id : lowered.name
  file.out.push({ op: 'declare-function', name, function: lowered, ...file.span(node) })
}

function lowerDecorated(file: Lowering, node: SyntaxNode): void {
  const definition = file.syntax.field(node, 'definition')
  if (definition !== null) file.statement(definition)
}

/** Most imports only say what a name means; one that is also assigned is a value like others. */
function lowerImport(file: Lowering, node: SyntaxNode): void {
  const span = file.span(node)
  for (const { local, full } of readImports(file.syntax, node, file.path).names) {
    const target = readName(file, local, span)
    if (target.op === 'local') file.assign(target, { op: 'symbol', name: full, ...span })
  }
}

function lowerReturn(file: Lowering, node: SyntaxNode): void {
  const child = firstChild(file.syntax, node)
  const written = child === null ? null : file.expression(child)
  const given = written !== null && file.answers ? asAnswer(written) : written
  const value = file.yielded === null ? given : file.yielded.into
  file.out.push({ op: 'return', value, label: null, ...file.span(node) })
}

/** Flask writes a map as JSON, also beside a status: `return {…}, 404`. */
function asAnswer(value: Expression): Expression {
  if (value.op === 'map') return callBuiltin('flask.jsonify', [value], value)
  if (value.op !== 'list') return value
  const [first, ...rest] = value.elements
  if (first === undefined) return value
  return { ...value, elements: [{ ...first, value: asAnswer(first.value) }, ...rest] }
}

function lowerRaise(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const child = firstChild(syntax, node)
  const isRaised = child !== null && child !== syntax.field(node, 'cause')
  const value = isRaised ? file.expression(child) : null
  file.out.push({ op: 'throw', value, label: null, ...file.span(node) })
}

function lowerLeave(file: Lowering, node: SyntaxNode): void {
  const isBreak = file.syntax.kind(node) === 'break_statement'
  const label = isBreak ? file.breakLabel : null
  file.out.push({ op: isBreak ? 'break' : 'continue', value: null, label, ...file.span(node) })
}

function lowerAssert(file: Lowering, node: SyntaxNode): void {
  const test = file.expressionOf(firstChild(file.syntax, node), node)
  const span = file.span(node)
  const fail: Statement = { op: 'throw', value: null, label: null, ...span }
  const then = guarding(file, test, true)
  file.out.push({ op: 'if', test, then, else: [fail], ...span })
}

/** `del x[k]` is `x.pop(k)`. */
function lowerDelete(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  for (const child of syntax.children(node)) {
    if (syntax.kind(child) === 'expression_list') lowerDelete(file, child)
    if (syntax.kind(child) !== 'subscript') continue
    const place = file.expression(child)
    if (place.op !== 'index') continue
    evaluate(file, callMethod(place.object, 'pop', [place.key], place))
  }
}

/** Python 2: `print >>file, a, b`. */
function lowerPrint(file: Lowering, node: SyntaxNode): void {
  const { syntax } = file
  const values = syntax.fields(node, 'argument').map((child) => file.expression(child))
  const chevron = syntax.childOf(node, 'chevron')
  const place = chevron === null ? null : firstChild(syntax, chevron)
  const span = file.span(node)
  const call = callBuiltin('print', values, span)
  const into =
    place === null ? [] : [{ value: file.expression(place), name: 'file', spread: false }]
  evaluate(file, { ...call, arguments: [...call.arguments, ...into] })
}

/** Python 2: `exec code in names`. */
function lowerExec(file: Lowering, node: SyntaxNode): void {
  const code = file.syntax.field(node, 'code')
  const span = file.span(node)
  const value = code === null ? constantOf('', span) : file.expression(code)
  evaluate(file, callBuiltin('exec', [value], span))
}
