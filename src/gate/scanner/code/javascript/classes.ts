// Classes with their fields and methods.
import type {
  AccessorProperty,
  Class,
  Expression as Code,
  MethodDefinition,
  ParamPattern,
  PropertyDefinition,
  Span,
  StaticBlock,
} from 'oxc-parser'
import type { Expression, IrField, IrFunction, IrType, Statement } from '../ir/ir.ts'
import { blockStatements } from './blocks.ts'
import { type Context, field, place } from './context.ts'
import { lowerDecorators } from './functions.ts'
import { keyName, named } from './literals.ts'
import { annotatedType, expressionName } from './types.ts'

/**
 * Declares the type; behind it stands what runs as the class is made: static fields and blocks.
 * Accessors of `x` are methods that are called `get x` and `set x`, and so by nobody.
 */
export function lowerClass(
  context: Context,
  node: Class,
  name: string,
  exported: boolean,
): Statement[] {
  const members = new Members()
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') members.after.push(staticBlock(context, member))
    else if (member.type === 'MethodDefinition' && member.value.body !== null) {
      members.methods.push(lowerMethod(context, member, name, exported))
      members.fields.push(...parameterFields(context, member))
    } else if (member.type === 'PropertyDefinition' || member.type === 'AccessorProperty') {
      addField(context, member, name, members)
    }
  }
  const type: IrType = {
    name,
    extends: supertypes(context, node),
    fields: members.fields,
    methods: members.methods,
    annotations: lowerDecorators(context, node.decorators),
    exported,
    ...place(node),
  }
  context.types.push(type)
  return [{ op: 'declare-type', type, ...place(node) }, ...members.after]
}

class Members {
  readonly fields: IrField[] = []
  readonly methods: IrFunction[] = []
  /** Static fields and blocks, in order. */
  readonly after: Statement[] = []
}

function addField(
  context: Context,
  member: PropertyDefinition | AccessorProperty,
  owner: string,
  members: Members,
): void {
  const name = keyName(member) ?? ''
  const value = member.value === null ? null : named(context, member.value, name)
  const isConstant = member.readonly === true
  members.fields.push({
    name,
    type: annotatedType(context, member.typeAnnotation),
    value,
    isStatic: member.static,
    isConstant,
    ...place(member),
  })
  if (value !== null && member.static && name !== '' && !isConstant) {
    members.after.push(giveStatic(owner, name, value, member))
  }
}

function giveStatic(owner: string, name: string, value: Expression, node: Span): Statement {
  const span = place(node)
  const target = field({ op: 'local', name: owner, ...span }, name, node)
  return { op: 'evaluate', value: { op: 'assign', target, value, ...span }, ...span }
}

function supertypes(context: Context, node: Class): string[] {
  const named = [node.superClass, ...(node.implements ?? []).map(({ expression }) => expression)]
  return named.flatMap((one) => (one === null ? [] : (expressionName(context, one as Code) ?? [])))
}

function lowerMethod(
  context: Context,
  member: MethodDefinition,
  owner: string,
  exported: boolean,
): IrFunction {
  const name = keyName(member) ?? ''
  const hidden = member.accessibility === 'private' || name.startsWith('private ')
  return context.function(member.value, {
    name: member.kind === 'set' || member.kind === 'get' ? `${member.kind} ${name}` : name,
    owner,
    exported: exported && !hidden,
    isStatic: member.static,
    annotations: lowerDecorators(context, member.decorators),
  })
}

/** `constructor(private readonly users: Users)` declares a field. */
function parameterFields(context: Context, { value }: MethodDefinition): IrField[] {
  return value.params.flatMap((node: ParamPattern) => {
    if (node.type !== 'TSParameterProperty') return []
    const { parameter } = node
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
    if (target.type !== 'Identifier') return []
    const type = annotatedType(context, target.typeAnnotation)
    return [
      { name: target.name, type, value: null, isStatic: false, isConstant: false, ...place(node) },
    ]
  })
}

function staticBlock(context: Context, block: StaticBlock): Statement {
  const body = context.within(true, () => blockStatements(context, block.body))
  return { op: 'block', label: null, body, ...place(block) }
}

/** A class that is a value is declared before the statement that it stands in. */
export function lowerClassExpression(context: Context, node: Class) {
  const name = node.id?.name ?? context.temporary(node).name
  const statements = context.within(false, () =>
    lowerClass(context, node, context.scope.declare(name), context.exportedNodes.has(node)),
  )
  context.prelude.push(...statements)
  const [first] = statements
  const declared = first?.op === 'declare-type' ? first.type.name : name
  return { op: 'local', name: declared, ...place(node) } as const
}
