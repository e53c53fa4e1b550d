// Parameters and annotations of Java.
import type { Annotation, Argument, Expression, Parameter } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'

/** Declares the parameters in the innermost scope. */
export function lowerParameters(context: Context, list: SyntaxNode | null): Parameter[] {
  if (list === null) return []
  const { syntax } = context
  return syntax.children(list).flatMap((node) => {
    const kind = syntax.kind(node)
    if (kind === 'spread_parameter') return [spreadParameter(context, node)]
    if (kind !== 'formal_parameter') return []
    const name = syntax.field(node, 'name')
    if (name === null) return []
    const brackets = syntax.field(node, 'dimensions')
    const type = context.names.typeOf(syntax.field(node, 'type'))
    return [
      {
        name: context.scope.declare(syntax.textOf(name)),
        type: brackets === null || type === null ? type : `${type}[]`,
        default: null,
        rest: null,
        annotations: lowerAnnotations(context, node),
        ...context.place(node),
      },
    ]
  })
}

function spreadParameter(context: Context, node: SyntaxNode): Parameter {
  const { syntax } = context
  const children = syntax.children(node)
  const type = children.find((child) => /type(?:_identifier)?$/.test(syntax.kind(child)))
  const declarator = syntax.childOf(node, 'variable_declarator')
  const name = declarator === null ? null : syntax.field(declarator, 'name')
  const element = context.names.typeOf(type ?? null)
  return {
    name: context.scope.declare(name === null ? '' : syntax.textOf(name)),
    type: element === null ? null : `${element}[]`,
    default: null,
    rest: 'list',
    annotations: lowerAnnotations(context, node),
    ...context.place(node),
  }
}

/** Those of a declaration's modifiers. */
export function lowerAnnotations(context: Context, declaration: SyntaxNode): Annotation[] {
  const { syntax } = context
  const modifiers = syntax.childOf(declaration, 'modifiers')
  if (modifiers === null) return []
  return syntax.children(modifiers).flatMap((node) => {
    const name = syntax.field(node, 'name')
    if (name === null || !syntax.kind(node).endsWith('annotation')) return []
    return [
      {
        name: context.names.dottedType(syntax.textOf(name)),
        arguments: annotationArguments(context, syntax.field(node, 'arguments')),
        ...context.place(node),
      },
    ]
  })
}

function annotationArguments(context: Context, list: SyntaxNode | null): Argument[] {
  if (list === null) return []
  const { syntax } = context
  return syntax.children(list).map((node) => {
    const isPair = syntax.kind(node) === 'element_value_pair'
    const key = isPair ? syntax.field(node, 'key') : null
    const value = isPair ? syntax.field(node, 'value') : node
    return {
      value: elementValue(context, value ?? node),
      name: key === null ? 'value' : syntax.textOf(key),
      spread: false,
    }
  })
}

function elementValue(context: Context, node: SyntaxNode): Expression {
  const { syntax } = context
  const kind = syntax.kind(node)
  if (kind.endsWith('annotation')) return context.unknown(node)
  if (kind !== 'element_value_array_initializer') return context.expression(node, node)
  const elements = syntax.children(node).map((child) => ({
    value: elementValue(context, child),
    name: null,
    spread: false,
  }))
  return { op: 'list', elements, ...context.place(node) }
}

export function hasModifier(context: Context, declaration: SyntaxNode, word: string): boolean {
  const { syntax } = context
  const modifiers = syntax.childOf(declaration, 'modifiers')
  if (modifiers === null) return false
  let text = syntax.text.slice(syntax.start(modifiers), syntax.end(modifiers))
  // Words within annotations are not the declaration's.
  for (const child of syntax.children(modifiers).reverse()) {
    const from = syntax.start(child) - syntax.start(modifiers)
    text = text.slice(0, from) + text.slice(syntax.end(child) - syntax.start(modifiers))
  }
  return new RegExp(`\\b${word}\\b`).test(text)
}
