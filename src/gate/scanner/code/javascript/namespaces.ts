// Declarations of TypeScript that are values: enumerations, namespaces, `import a = b.c`.
import type {
  Statement as Line,
  Span,
  TSEnumDeclaration,
  TSGlobalDeclaration,
  TSImportEqualsDeclaration,
  TSModuleDeclaration,
  TSTypeName,
} from 'oxc-parser'
import type { Expression, MapLiteral, Statement } from '../ir/ir.ts'
import { blockStatements } from './blocks.ts'
import { type Context, constant, field, place } from './context.ts'
import { hoistFunction, namesOf } from './hoist.ts'
import { lowerName } from './members.ts'

/** A map of its members; what has no value is counted on from the one before. */
export function lowerEnum(context: Context, node: TSEnumDeclaration): Statement[] {
  if (node.declare) return []
  let next: number | null = 0
  const entries = node.body.members.map((member): MapLiteral['entries'][number] => {
    const { id, initializer } = member
    const name = id.type === 'Identifier' ? id.name : id.type === 'Literal' ? id.value : ''
    const value: Expression =
      initializer === null ? constant(next, member) : context.expression(initializer)
    const number = value.op === 'constant' ? value.value : null
    next = typeof number === 'number' ? number + 1 : null
    return { key: constant(name, id), value }
  })
  const value: Expression = { op: 'map', entries, ...place(node) }
  const name = context.scope.declare(node.id.name)
  return [{ op: 'declare', name, type: null, value, ...place(node) }]
}

/** A map that is filled with what the namespace exports. */
export function lowerNamespace(
  context: Context,
  node: TSModuleDeclaration | TSGlobalDeclaration,
): Statement[] {
  const { body, declare, id } = node
  if (body === null || declare || id.type !== 'Identifier' || node.kind === 'global') return []
  const name = context.scope.declare(id.name)
  const object: Expression = { op: 'local', name, ...place(id) }
  const empty: Expression = { op: 'map', entries: [], ...place(id) }
  const lines: readonly Line[] = body.body
  const inner = context.within(true, () => {
    hoistFunction(context, lines)
    const lowered = blockStatements(context, lines.map(unexported))
    const given = lines.flatMap((line) =>
      exportedNames(line).map((one) => {
        const target = field(object, one, line)
        const value = lowerName(context, one, line)
        const assigned: Expression = { op: 'assign', target, value, ...place(line) }
        return { op: 'evaluate', value: assigned, ...place(line) } as const
      }),
    )
    return [...lowered, ...given]
  })
  return [
    { op: 'declare', name, type: null, value: empty, ...place(id) },
    { op: 'block', label: null, body: inner, ...place(node) },
  ]
}

const unexported = (line: Line): Line =>
  line.type === 'ExportNamedDeclaration' && line.declaration !== null ? line.declaration : line

function exportedNames(line: Line): string[] {
  if (line.type !== 'ExportNamedDeclaration' || line.declaration === null) return []
  const { declaration } = line
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) => [...namesOf(id)])
  }
  const isValue = /^(?:Function|Class|TSEnum)Declaration$/.test(declaration.type)
  const { id } = declaration as { id?: { name?: string } | null }
  return isValue && id?.name !== undefined ? [id.name] : []
}

export function lowerImportEquals(context: Context, node: TSImportEqualsDeclaration): Statement[] {
  const { moduleReference: reference, id } = node
  if (reference.type === 'TSExternalModuleReference') return []
  const value = lowerReference(context, reference, node)
  const name = context.scope.declare(id.name)
  return [{ op: 'declare', name, type: null, value, ...place(node) }]
}

function lowerReference(context: Context, name: TSTypeName, node: Span): Expression {
  if (name.type === 'ThisExpression') return { op: 'self', ...place(node) }
  if (name.type === 'Identifier') return lowerName(context, name.name, node)
  return field(lowerReference(context, name.left, node), name.right.name, node)
}
