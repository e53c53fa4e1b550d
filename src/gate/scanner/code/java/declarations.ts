// Types of Java with their members: classes, interfaces, enumerations, records.
import type { Expression, IrField, IrFunction, IrType, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { lowerArguments } from './calls.ts'
import { type Context, functionOf } from './context.ts'
import { membersOf } from './members.ts'
import { hasModifier, lowerAnnotations, lowerParameters } from './parameters.ts'
import { recordMethods } from './record.ts'

/** Types within it are added to the context's, as they may be used from anywhere. */
export function lowerType(context: Context, node: SyntaxNode, outer: string): IrType {
  const { syntax, names } = context
  const nameNode = syntax.field(node, 'name')
  const simple = nameNode === null ? '' : syntax.textOf(nameNode)
  const name = outer === '' ? simple : `${outer}.${simple}`
  names.declare(simple, name)
  const supertypes = ['superclass', 'interfaces']
    .flatMap((field) => syntax.field(node, field) ?? [])
    .concat(syntax.childOf(node, 'extends_interfaces') ?? [])
    .flatMap((clause) => typesIn(context, clause))
  const type = lowerBody(context, node, { name, supertypes, body: syntax.field(node, 'body') })
  return {
    ...type,
    annotations: lowerAnnotations(context, node),
    exported: !hasModifier(context, node, 'private'),
  }
}

export function lowerAnonymousType(context: Context, body: SyntaxNode, supertype: string): IrType {
  const outer = context.scope.classes()[0]?.type ?? context.names.namespace
  const name = `${outer}$${++context.anonymous}`
  return lowerBody(context, body, { name, supertypes: [supertype], body })
}

function typesIn(context: Context, clause: SyntaxNode): string[] {
  const { syntax } = context
  return syntax.children(clause).flatMap((child) => {
    if (syntax.kind(child) === 'type_list') return typesIn(context, child)
    return context.names.typeOf(child) ?? []
  })
}

interface Body {
  name: string
  supertypes: string[]
  body: SyntaxNode | null
}

function lowerBody(context: Context, node: SyntaxNode, { name, supertypes, body }: Body): IrType {
  const { syntax, names, scope } = context
  const declarations = body === null ? [] : declarationsIn(context, body)
  const parameters =
    syntax.kind(node) === 'record_declaration' ? syntax.field(node, 'parameters') : null
  names.enter()
  for (const declaration of declarations) {
    const nested = typeKinds.has(syntax.kind(declaration)) && syntax.field(declaration, 'name')
    if (!nested) continue
    names.declare(syntax.textOf(nested), `${name}.${syntax.textOf(nested)}`)
  }
  scope.enterClass(
    membersOf(context, name, declarations, { parameters, inherits: supertypes.length > 0 }),
  )
  const type: IrType = {
    name,
    extends: supertypes,
    fields: [],
    methods: [],
    annotations: [],
    exported: false,
    ...context.place(node),
  }
  const fields: IrField[] = []
  const methods: IrFunction[] = []
  for (const declaration of declarations) {
    lowerMember(context, declaration, { type: name, fields, methods })
  }
  if (parameters !== null) {
    const made = recordMethods(context, name, parameters, methods)
    fields.push(...made.fields)
    methods.push(...made.methods)
  }
  scope.leave()
  names.leave()
  return { ...type, fields, methods }
}

function declarationsIn(context: Context, body: SyntaxNode): SyntaxNode[] {
  const { syntax } = context
  return syntax
    .children(body)
    .flatMap((child) =>
      syntax.kind(child) === 'enum_body_declarations' ? syntax.children(child) : [child],
    )
}

const typeKinds = new Set([
  'class_declaration',
  'interface_declaration',
  'enum_declaration',
  'record_declaration',
  'annotation_type_declaration',
])

interface Into {
  type: string
  fields: IrField[]
  methods: IrFunction[]
}

function lowerMember(context: Context, node: SyntaxNode, into: Into): void {
  const { syntax } = context
  const kind = syntax.kind(node)
  const place = context.place(node)
  if (typeKinds.has(kind)) context.types.push(context.type(node, into.type))
  else if (kind === 'field_declaration' || kind === 'constant_declaration') {
    into.fields.push(...lowerFields(context, node, kind === 'constant_declaration'))
  } else if (kind === 'method_declaration' || kind.endsWith('constructor_declaration')) {
    // One without a body says nothing of what is called.
    if (syntax.field(node, 'body') === null) return
    into.methods.push(lowerMethod(context, node, into.type))
  } else if (kind === 'static_initializer') {
    const body = context.block(syntax.childOf(node, 'block'))
    context.atLoad.push({ op: 'block', label: null, body, ...place })
  } else if (kind === 'block') {
    const body = context.block(node)
    into.methods.push(functionOf({ name: '<initialiser>', owner: into.type, body, ...place }))
  } else if (kind === 'enum_constant') into.fields.push(lowerEnumConstant(context, node, into.type))
}

function lowerFields(context: Context, node: SyntaxNode, isInterface: boolean): IrField[] {
  const { syntax, names } = context
  const type = names.typeOf(syntax.field(node, 'type'))
  const isFinal = isInterface || hasModifier(context, node, 'final')
  const isPrivate = hasModifier(context, node, 'private')
  return syntax.fields(node, 'declarator').flatMap((declarator) => {
    const nameNode = syntax.field(declarator, 'name')
    if (nameNode === null) return []
    const name = syntax.textOf(nameNode)
    const value = syntax.field(declarator, 'value')
    const isArray = syntax.field(declarator, 'dimensions') !== null
    return [
      {
        name,
        type: isArray && type !== null ? `${type}[]` : type,
        value: value === null ? null : initialValue(context, value),
        isStatic: isInterface || hasModifier(context, node, 'static'),
        isConstant: isFinal || (isPrivate && !context.assigned.has(name)),
        ...context.place(declarator),
      },
    ]
  })
}

/** Types that a field's value declares in passing have no statement before which they stand. */
function initialValue(context: Context, node: SyntaxNode): Expression {
  const around = context.pending
  context.pending = []
  const value = context.expression(node, node)
  context.types.push(...context.pending)
  context.pending = around
  return value
}

function lowerEnumConstant(context: Context, node: SyntaxNode, type: string): IrField {
  const { syntax } = context
  const name = syntax.field(node, 'name')
  const place = context.place(node)
  const body = syntax.field(node, 'body')
  const made = body === null ? null : context.anonymousType(body, type)
  if (made !== null) context.types.push(made)
  const value: Expression = {
    op: 'call',
    callee: { op: 'symbol', name: made?.name ?? type, ...place },
    arguments: lowerArguments(context, syntax.field(node, 'arguments')),
    isNew: true,
    ...place,
  }
  return {
    name: name === null ? '' : syntax.textOf(name),
    type,
    value,
    isStatic: true,
    isConstant: true,
    ...place,
  }
}

function lowerMethod(context: Context, node: SyntaxNode, owner: string): IrFunction {
  const { syntax, scope, names } = context
  const nameNode = syntax.field(node, 'name')
  const isMethod = syntax.kind(node) === 'method_declaration'
  scope.enterBlock()
  names.enter()
  const parameters = lowerParameters(context, syntax.field(node, 'parameters'))
  const body: Statement[] = context.block(syntax.field(node, 'body'))
  names.leave()
  scope.leave()
  return {
    name: isMethod && nameNode !== null ? syntax.textOf(nameNode) : 'constructor',
    owner,
    parameters,
    body,
    exported: !hasModifier(context, node, 'private'),
    isStatic: hasModifier(context, node, 'static'),
    returns: names.typeOf(syntax.field(node, 'type')),
    annotations: lowerAnnotations(context, node),
    ...context.place(node),
  }
}
