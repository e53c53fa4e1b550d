// Classes: what stands in their bodies as fields and methods, all else as statements behind them.
import type { Annotation, IrField, IrFunction, IrType, Parameter, Statement } from '../ir/ir.ts'
import type { SyntaxNode } from '../syntax.ts'
import { annotationsOf, runDecorators } from './annotation.ts'
import { lowerFunction } from './function.ts'
import type { Lowering, Span } from './lowering.ts'
import { dottedName, typeName } from './type-name.ts'

/** Adds the declaration, and what else the body does. */
export function lowerClass(file: Lowering, node: SyntaxNode, exported: boolean): void {
  const { syntax } = file
  const annotations = annotationsOf(file, node)
  runDecorators(file, node)
  const supertypes = superclasses(file, node)
  const members: Members = { fields: [], methods: [] }
  const scope = file.bindings.scopes.get(node)
  const name = scope?.name ?? ''
  const isExported = exported && !name.startsWith('_')
  const declared = file.within(node, () =>
    file.gather(() => {
      const body = syntax.field(node, 'body')
      if (body !== null) lowerMembers(file, body, members, { owner: name, exported: isExported })
    }),
  )
  const span = file.span(node)
  const type: IrType = {
    name,
    extends: supertypes,
    fields: members.fields,
    methods: isData(annotations, supertypes)
      ? withConstructor(members, name, span)
      : members.methods,
    annotations,
    exported: isExported,
    ...span,
  }
  file.types.push(type)
  file.out.push({ op: 'declare-type', type, ...span }, ...declared)
}

function superclasses(file: Lowering, node: SyntaxNode): string[] {
  const { syntax } = file
  const list = syntax.field(node, 'superclasses')
  if (list === null) return []
  return syntax.children(list).flatMap((child) => {
    const kind = syntax.kind(child)
    const named = kind === 'subscript' ? syntax.field(child, 'value') : child
    if (named === null || kind === 'keyword_argument') return []
    const name = dottedName(file, named)
    return name === null ? [] : [name]
  })
}

interface Members {
  fields: IrField[]
  methods: IrFunction[]
}

interface Owner {
  owner: string
  exported: boolean
}

function lowerMembers(file: Lowering, body: SyntaxNode, members: Members, owner: Owner): void {
  const { syntax } = file
  for (const child of syntax.children(body)) {
    const kind = syntax.kind(child)
    const definition = kind === 'decorated_definition' ? syntax.field(child, 'definition') : child
    const statement = kind === 'expression_statement' ? syntax.children(child) : []
    const [first] = statement
    if (definition !== null && syntax.kind(definition) === 'function_definition') {
      runDecorators(file, definition)
      members.methods.push(lowerFunction(file, definition, owner))
    } else if (definition !== null && syntax.kind(definition) === 'class_definition') {
      lowerClass(file, definition, owner.exported)
    } else if (first !== undefined && isFieldOf(file, first)) {
      members.fields.push(lowerField(file, first))
    } else if (branches.has(kind)) {
      for (const inner of syntax.children(child)) lowerBranch(file, inner, members, owner)
    } else file.statement(child)
  }
}

/** `if`, `try` and `with` in the body of a class choose between members: all of them count. */
const branches = new Set(['if_statement', 'try_statement', 'with_statement'])
const clauses = new Set(['elif_clause', 'else_clause', 'except_clause', 'finally_clause'])

function lowerBranch(file: Lowering, node: SyntaxNode, members: Members, owner: Owner): void {
  const kind = file.syntax.kind(node)
  if (kind === 'block') lowerMembers(file, node, members, owner)
  if (!clauses.has(kind)) return
  for (const child of file.syntax.children(node)) {
    if (file.syntax.kind(child) === 'block') lowerMembers(file, child, members, owner)
  }
}

/** `name = value`, `name: type`. */
function isFieldOf(file: Lowering, node: SyntaxNode): boolean {
  const { syntax } = file
  const left = syntax.kind(node) === 'assignment' ? syntax.field(node, 'left') : null
  return left !== null && syntax.kind(left) === 'identifier'
}

function lowerField(file: Lowering, node: SyntaxNode): IrField {
  const { syntax } = file
  const left = syntax.field(node, 'left')
  const right = syntax.field(node, 'right')
  const name = left === null ? '' : syntax.textOf(left)
  return {
    name,
    type: typeName(file, syntax.field(node, 'type')),
    value: right === null ? null : file.expression(right),
    isStatic: true,
    isConstant: !file.bindings.assignedAttributes.has(name),
    ...file.span(node),
  }
}

function isData(annotations: readonly Annotation[], supertypes: readonly string[]): boolean {
  if (annotations.some(({ name }) => dataDecorators.has(name))) return true
  return supertypes.some((name) => dataClasses.has(name))
}

/** Classes of data have a constructor that sets their fields. */
function withConstructor({ fields, methods }: Members, owner: string, span: Span): IrFunction[] {
  if (methods.some(({ name }) => name === '__init__')) return methods
  const typed = fields.filter(({ type }) => type !== null)
  const parameters = typed.map(
    (field): Parameter => ({
      name: field.name,
      type: field.type,
      default: field.value,
      rest: null,
      annotations: [],
      at: field.at,
      end: field.end,
    }),
  )
  const body = typed.map((field): Statement => {
    const place = { at: field.at, end: field.end }
    const target = {
      op: 'field',
      object: { op: 'self', ...place },
      name: field.name,
      ...place,
    } as const
    const value = { op: 'local', name: field.name, ...place } as const
    return { op: 'evaluate', value: { op: 'assign', target, value, ...place }, ...place }
  })
  const init: IrFunction = {
    name: '__init__',
    owner,
    parameters,
    body,
    exported: false,
    isStatic: false,
    annotations: [],
    ...span,
  }
  return [init, ...methods]
}

const dataDecorators = new Set([
  'dataclasses.dataclass',
  'pydantic.dataclasses.dataclass',
  'attr.s',
  'attr.dataclass',
  'attr.define',
  'attrs.define',
  'attrs.frozen',
])
const dataClasses = new Set([
  'pydantic.BaseModel',
  'pydantic.main.BaseModel',
  'sqlmodel.SQLModel',
  'typing.NamedTuple',
  'msgspec.Struct',
])
