// Functions, methods and lambdas.
import type { Annotation, Expression, IrFunction, Parameter } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { annotationsOf, declaredWith } from './annotation.ts'
import { isStatic, parameterTarget } from './bindings.ts'
import { conventionalAnnotation, conventionalType } from './convention.ts'
import { callBuiltin, constantOf, type Lowering, spanOf } from './lowering.ts'
import { firstChild } from './reading.ts'
import { routedTypes, segmentsOf } from './route.ts'
import { assignTo } from './target.ts'
import { isPlain, typeName } from './type-name.ts'

export interface Place {
  /** The class it is a member of, or null. */
  owner: string | null
  exported: boolean
}

export function lowerFunction(file: Lowering, node: SyntaxNode, place: Place): IrFunction {
  const { syntax } = file
  const nameNode = syntax.field(node, 'name')
  const name = nameNode === null ? '' : syntax.textOf(nameNode)
  const annotations = [...annotationsOf(file, node), ...byConvention(file, node, name)]
  const given = parametersOf(file, node, annotations)
  const outer = { yielded: file.yielded, answers: file.answers, functionName: file.functionName }
  file.functionName = name
  file.answers = annotations.some((one) => one.name.endsWith('.route'))
  const body = file.within(node, () =>
    file.gather(() => {
      const isGenerator = file.scope.isGenerator
      file.yielded = isGenerator ? openYield(file, node, annotations) : null
      declareInjected(file, given)
      takeApart(file, given)
      cleanSegment(file, given, annotations)
      const inner = syntax.field(node, 'body')
      if (inner !== null) lowerBody(file, inner)
    }),
  )
  Object.assign(file, outer)
  return {
    name,
    owner: place.owner,
    parameters: given.filter(({ injects }) => injects === null).map(({ parameter }) => parameter),
    body,
    exported: place.exported && (!name.startsWith('_') || name.startsWith('__')),
    isStatic: place.owner !== null && isStatic(syntax, node),
    annotations,
    ...file.span(node),
  }
}

function byConvention(file: Lowering, node: SyntaxNode, name: string): Annotation[] {
  const { syntax } = file
  const list = syntax.field(node, 'parameters')
  const names = list === null ? [] : syntax.children(list).map((child) => syntax.textOf(child))
  const annotation = conventionalAnnotation(name, names)
  return annotation === null ? [] : [{ name: annotation, arguments: [], ...file.span(node) }]
}

/** A generator gives back the list of what it yields. */
function lowerBody(file: Lowering, node: SyntaxNode): void {
  for (const child of file.syntax.children(node)) file.statement(child)
  if (file.yielded === null) return
  const span = { at: file.syntax.end(node), end: file.syntax.end(node) }
  file.out.push({ op: 'return', value: file.yielded.into, label: null, ...span })
}

function openYield(
  file: Lowering,
  node: SyntaxNode,
  annotations: readonly Annotation[],
): Lowering['yielded'] {
  const span = file.span(node)
  const isSingle = annotations.some(({ name }) => singleYield.has(name))
  const into = file.temporary('yielded', span)
  file.assign(into, isSingle ? constantOf(null, span) : { op: 'list', elements: [], ...span })
  return { into, isSingle }
}

const singleYield = new Set([
  'contextlib.contextmanager',
  'contextlib.asynccontextmanager',
  'pytest.fixture',
])

interface Given {
  parameter: Parameter
  /** A pattern that Python 2 takes the argument apart with. */
  pattern: SyntaxNode | null
  /** What the framework calls to make the value: `db = Depends(connect)`. */
  injects: Expression | null
}

function parametersOf(
  file: Lowering,
  node: SyntaxNode,
  annotations: readonly Annotation[],
): Given[] {
  const { syntax } = file
  const list = syntax.field(node, 'parameters')
  if (list === null) return []
  const routed = routedTypes(annotations)
  const names = syntax.children(list).map((child) => syntax.textOf(child))
  return syntax.children(list).flatMap((child): Given[] => {
    const target = parameterTarget(syntax, child)
    if (target === null) return []
    const written = syntax.textOf(target)
    const preset = syntax.field(child, 'value')
    // Defaults and types are read in the scope around.
    const value = preset === null ? null : file.expression(preset)
    const type = typeName(file, syntax.field(child, 'type'))
    const metadata = metadataOf(file, syntax.field(child, 'type'))
    const [injects = null] = [value, ...metadata].map(injected).filter((one) => one !== null)
    const name = file.within(node, () => localName(file, target))
    if (name === null) return []
    const parameter: Parameter = {
      name,
      type: type ?? routed.get(written) ?? conventionalType(file, written, names),
      default: value,
      rest: restOf(file, child),
      annotations: [value, ...metadata].flatMap(declaredWith),
      ...file.span(child),
    }
    const isPattern = syntax.kind(target) === 'tuple_pattern'
    return [{ parameter, pattern: isPattern ? target : null, injects }]
  })
}

/** Null for `self`, which is no parameter of the intermediate representation. */
function localName(file: Lowering, target: SyntaxNode): string | null {
  if (file.syntax.kind(target) !== 'identifier')
    return file.temporary('taken', file.span(target)).name
  const name = file.syntax.textOf(target)
  const binding = file.scope.names.get(name)
  if (binding?.isSelf) return null
  return binding?.id ?? name
}

function restOf(file: Lowering, parameter: SyntaxNode): Parameter['rest'] {
  const { syntax } = file
  const isTyped = syntax.kind(parameter) === 'typed_parameter'
  const node = isTyped ? firstChild(syntax, parameter) : parameter
  const kind = node === null ? '' : syntax.kind(node)
  if (kind === 'list_splat_pattern') return 'list'
  return kind === 'dictionary_splat_pattern' ? 'map' : null
}

/** What follows the type in `Annotated[T, …]`. */
function metadataOf(file: Lowering, type: SyntaxNode | null): Expression[] {
  const { syntax } = file
  if (type === null || !/^(?:\w+\.)*Annotated\b/.test(syntax.textOf(type))) return []
  const end = syntax.after(type)
  const calls: Expression[] = []
  for (let node = type + 1; node < end; node++) {
    if (syntax.kind(node) !== 'call') continue
    calls.push(file.expression(node))
    node = syntax.after(node) - 1
  }
  return calls
}

/** The call that `Depends(f)` stands for. */
function injected(value: Expression | null): Expression | null {
  const [annotation] = declaredWith(value)
  if (annotation === undefined || !injectors.has(annotation.name)) return null
  const [callee] = annotation.arguments
  const span = { at: annotation.at, end: annotation.end }
  if (callee === undefined) return { op: 'unknown', parts: [], ...span }
  return { op: 'call', callee: callee.value, arguments: [], isNew: false, ...span }
}

const injectors = new Set([
  'fastapi.Depends',
  'fastapi.Security',
  'fastapi.params.Depends',
  'fastapi.params.Security',
])

function declareInjected(file: Lowering, given: readonly Given[]): void {
  for (const { parameter, injects } of given) {
    if (injects === null) continue
    const { name, type } = parameter
    file.out.push({ op: 'declare', name, type, value: injects, ...spanOf(parameter) })
  }
}

/** One part of a path names nothing outside a folder; two can, with `..` as the first. */
function cleanSegment(
  file: Lowering,
  given: readonly Given[],
  annotations: readonly Annotation[],
): void {
  const names = segmentsOf(annotations)
  const [only, ...others] = given.filter(({ parameter: { name, type } }) => {
    return names.has(name.replace(/#.*/, '')) && (type === null || !isPlain(type))
  })
  if (only === undefined || others.length > 0) return
  const place = { op: 'local', name: only.parameter.name, ...spanOf(only.parameter) } as const
  file.assign(place, callBuiltin('guard.folder', [place], place))
}

function takeApart(file: Lowering, given: readonly Given[]): void {
  for (const { parameter, pattern } of given) {
    if (pattern === null) continue
    assignTo(file, pattern, { op: 'local', name: parameter.name, ...spanOf(parameter) })
  }
}

export function lowerLambda(file: Lowering, node: SyntaxNode): Expression {
  const { syntax } = file
  const span = file.span(node)
  const given = parametersOf(file, node, [])
  const outer = file.yielded
  file.yielded = null
  const body = file.within(node, () =>
    file.gather(() => {
      takeApart(file, given)
      const value = file.expressionOf(syntax.field(node, 'body'), node)
      file.out.push({ op: 'return', value, label: null, at: value.at, end: value.end })
    }),
  )
  file.yielded = outer
  const parameters = given.map(({ parameter }) => parameter)
  return {
    op: 'lambda',
    function: {
      name: '',
      owner: null,
      parameters,
      body,
      exported: false,
      isStatic: false,
      annotations: [],
      ...span,
    },
    ...span,
  }
}
