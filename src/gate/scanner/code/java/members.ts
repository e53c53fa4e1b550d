// The names of a type's members, known before any body is read.
import type { SyntaxNode } from '../syntax.ts'
import type { Context } from './context.ts'
import { hasModifier } from './parameters.ts'
import type { Members } from './scope.ts'

export function membersOf(
  context: Context,
  type: string,
  declarations: readonly SyntaxNode[],
  { parameters, inherits }: { parameters: SyntaxNode | null; inherits: boolean },
): Members {
  const { syntax } = context
  const members: Members = { type, fields: new Map(), methods: new Map(), inherits }
  const nameOf = (node: SyntaxNode): string => {
    const name = syntax.field(node, 'name')
    return name === null ? '' : syntax.textOf(name)
  }
  for (const node of declarations) {
    const kind = syntax.kind(node)
    if (kind === 'method_declaration') {
      members.methods.set(nameOf(node), hasModifier(context, node, 'static'))
    } else if (kind === 'enum_constant') members.fields.set(nameOf(node), true)
    else if (kind === 'field_declaration' || kind === 'constant_declaration') {
      const isStatic = kind === 'constant_declaration' || hasModifier(context, node, 'static')
      for (const each of syntax.fields(node, 'declarator')) {
        members.fields.set(nameOf(each), isStatic)
      }
    }
  }
  for (const node of parameters === null ? [] : syntax.children(parameters)) {
    members.fields.set(nameOf(node), false)
    if (!members.methods.has(nameOf(node))) members.methods.set(nameOf(node), false)
  }
  return members
}
