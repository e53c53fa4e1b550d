// Functions of all kinds with their parameters.
import type { BindingPattern, Decorator, ParamPattern, Span } from 'oxc-parser'
import type { Annotation, IrFunction, Parameter, Statement } from '../ir/ir.ts'
import { argumentsOf } from './arguments.ts'
import { type AnyFunction, type Context, type FunctionFacts, place } from './context.ts'
import { conventionalTypes } from './conventions.ts'
import { hoistBlock, hoistFunction, namesOf } from './hoist.ts'
import { declarePattern } from './patterns.ts'
import { annotatedType, expressionName } from './types.ts'

export function lowerFunction(
  context: Context,
  node: AnyFunction,
  said: FunctionFacts,
): IrFunction {
  const { prelude, parameters: outerParameters, declared } = context
  context.declared = new Set()
  const exported = said.exported ?? context.exportedNodes.has(node)
  const result = context.within(true, () => {
    const opening: Statement[] = []
    context.prelude = opening
    const declared = lowerParameters(context, node.params, opening)
    const usual = conventionalTypes(
      declared.map((one) => one.name.replace(/#\d+$/, '')),
      { name: said.name, exported },
    )
    const parameters = declared.map((one, index) => {
      const tells = one.type !== null && !isOwnType(one.type)
      return { ...one, type: tells ? one.type : (usual[index] ?? one.type) }
    })
    context.parameters = parameters.map(({ name }) => name)
    const body = context.insideExported(exported, () =>
      said.name === '' ? lowerBody(context, node) : bodyFor(context, node, said.name),
    )
    return {
      name: said.name,
      owner: said.owner ?? null,
      parameters,
      body: [...opening, ...body],
      exported,
      isStatic: said.isStatic ?? false,
      annotations: said.annotations ?? [],
      ...place(node),
    }
  })
  context.prelude = prelude
  context.parameters = outerParameters
  context.declared = declared
  return result
}

/** Types of the application itself: they extend those of the framework, or leave parts out. */
const isOwnType = (type: string): boolean =>
  type.startsWith('./') || (!type.includes('.') && !platformTypes.has(type))

const platformTypes = new Set(['Request', 'Response', 'String', 'Number', 'Boolean', 'Array'])

/** What a named function makes is for what it is called by. */
function bodyFor(context: Context, node: AnyFunction, name: string): Statement[] {
  const { purposes } = context
  context.purposes = [name]
  const body = lowerBody(context, node)
  context.purposes = purposes
  return body
}

function lowerBody(context: Context, { body }: AnyFunction): Statement[] {
  if (body === null) return []
  if (body.type !== 'BlockStatement') {
    const prelude: Statement[] = []
    context.prelude = prelude
    const value = context.expression(body)
    return [...prelude, { op: 'return', value, label: null, ...place(body) }]
  }
  const statements = body.body
  const variables = hoistFunction(context, statements)
  hoistBlock(context, statements)
  return [...declareAll(context, variables, body), ...context.statements(statements)]
}

/** `var` in inner blocks: their locals are there from the start. */
export function declareAll(context: Context, locals: readonly string[], node: Span): Statement[] {
  const { start } = node
  return locals.map((name) => {
    context.declared.add(name)
    return { op: 'declare', name, type: null, value: null, at: start, end: start }
  })
}

function lowerParameters(
  context: Context,
  nodes: readonly ParamPattern[],
  opening: Statement[],
): Parameter[] {
  for (const node of nodes) {
    for (const name of namesOf(patternOf(node).pattern)) context.scope.declare(name)
  }
  return nodes
    .filter((node) => !(node.type === 'Identifier' && node.name === 'this'))
    .map((node) => lowerParameter(context, node, opening))
}

function lowerParameter(context: Context, node: ParamPattern, opening: Statement[]): Parameter {
  const { pattern, rest, decorators } = patternOf(node)
  const target = pattern.type === 'AssignmentPattern' ? pattern.left : pattern
  const annotations = lowerDecorators(context, decorators)
  let name: string
  if (target.type === 'Identifier') name = context.scope.declare(target.name)
  else {
    const whole = context.temporary(target)
    name = whole.name
    opening.push(
      ...declarePattern(context, target, whole, (part, value, at) => {
        const local = context.scope.declare(part)
        return { op: 'declare', name: local, type: null, value, ...place(at) }
      }),
    )
  }
  if (node.type === 'TSParameterProperty' && target.type === 'Identifier') {
    opening.push(keepInField(name, target.name, node))
  }
  const type =
    target.type === 'AssignmentPattern' ? null : annotatedType(context, target.typeAnnotation)
  return {
    name,
    // What a framework hands over is not converted because a type is written beside it.
    type: annotations.length > 0 && unchecked.has(type ?? '') ? null : type,
    default: pattern.type === 'AssignmentPattern' ? context.expression(pattern.right) : null,
    rest: rest ? 'list' : null,
    annotations,
    ...place(node),
  }
}

const unchecked = new Set(['Number', 'Boolean'])

function patternOf(node: ParamPattern): {
  pattern: BindingPattern
  rest: boolean
  decorators: readonly Decorator[]
} {
  if (node.type === 'TSParameterProperty') {
    return { pattern: node.parameter, rest: false, decorators: node.decorators }
  }
  const decorators = node.decorators ?? []
  if (node.type === 'RestElement') return { pattern: node.argument, rest: true, decorators }
  return { pattern: node, rest: false, decorators }
}

/** `constructor(private users: Users)` also declares the field and sets it. */
function keepInField(local: string, name: string, node: Span): Statement {
  const at = place(node)
  const target = { op: 'field', object: { op: 'self', ...at }, name, ...at } as const
  const value = { op: 'local', name: local, ...at } as const
  return { op: 'evaluate', value: { op: 'assign', target, value, ...at }, ...at }
}

export function lowerDecorators(
  context: Context,
  decorators: readonly Decorator[] | undefined,
): Annotation[] {
  return (decorators ?? []).flatMap(({ expression, start, end }) => {
    const called = expression.type === 'CallExpression'
    const name = expressionName(context, called ? expression.callee : expression)
    if (name === null) return []
    const given = called ? argumentsOf(context, expression.arguments) : []
    return [{ name, arguments: given, at: start, end }]
  })
}
