// What a module gives to others, in the forms of both module systems. All of them are lowered to
// assignments to fields of `module.exports`.
import type {
  Class,
  Expression as Code,
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Function as FunctionNode,
  ModuleExportName,
  Span,
  Statement,
} from 'oxc-parser'
import type { Expression, Statement as Lowered } from '../ir/ir.ts'
import { type Context, field, place, symbol } from './context.ts'
import { namesOf } from './hoist.ts'
import { lowerName } from './members.ts'
import { memberName, moduleName } from './module-name.ts'

/** Marks what the statements of a module give away, before any of them is lowered. */
export function markExports(context: Context, statements: readonly Statement[]): void {
  for (const node of statements) {
    if (node.type === 'ExportNamedDeclaration') {
      if (node.declaration) markDeclared(context, node.declaration)
      if (node.source === null) {
        for (const { local } of node.specifiers) context.exportedNames.add(textOf(local))
      }
    } else if (node.type === 'ExportDefaultDeclaration') {
      mark(context, node.declaration as Code)
    } else if (node.type === 'TSExportAssignment') mark(context, node.expression)
    else if (node.type === 'ExpressionStatement') {
      const { expression } = node
      if (expression.type === 'AssignmentExpression' && isExports(expression.left as Code)) {
        mark(context, expression.right)
      }
    }
  }
}

const textOf = (name: ModuleExportName): string =>
  name.type === 'Literal' ? name.value : name.name

function markDeclared(context: Context, node: Statement): void {
  if (node.type === 'VariableDeclaration') {
    for (const { init } of node.declarations) if (init !== null) mark(context, init)
  } else if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') {
    mark(context, node)
  }
}

/** Called for each assignment: later ones in functions export, too, as `this.run = …` does. */
export function markAssigned(context: Context, target: { type: string }, value: Code): void {
  const left = target as Code
  if (isExports(left) || isMemberOfExported(context, left)) mark(context, value)
}

function mark(context: Context, node: Code): void {
  switch (node.type) {
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'ClassDeclaration':
      context.exportedNodes.add(node)
      if (node.type === 'ClassDeclaration' && node.id) context.exportedNames.add(node.id.name)
      return
    case 'Identifier':
      context.exportedNames.add(node.name)
      return
    case 'ObjectExpression':
      for (const property of node.properties) {
        mark(context, property.type === 'Property' ? property.value : property.argument)
      }
      return
    case 'AssignmentExpression':
      mark(context, node.right)
      return
    case 'NewExpression':
      mark(context, node.callee)
      return
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      mark(context, node.expression)
  }
}

/** `exports`, `module.exports` and their members. */
function isExports(node: Code): boolean {
  if (node.type === 'Identifier') return node.name === 'exports'
  if (node.type !== 'MemberExpression' || node.property.type !== 'Identifier') return false
  if (node.object.type === 'Identifier' && node.object.name === 'module') {
    return node.property.name === 'exports'
  }
  return isExports(node.object)
}

/** `Users.find`, `Users.prototype.find` and, inside of an exported function, `this.find`. */
function isMemberOfExported(context: Context, node: Code): boolean {
  if (node.type !== 'MemberExpression') return false
  const { object } = node
  if (object.type === 'ThisExpression') return context.inExported
  if (object.type === 'Identifier') return context.exportedNames.has(object.name)
  return object.type === 'MemberExpression' && isMemberOfExported(context, object)
}

export function lowerNamedExport(context: Context, node: ExportNamedDeclaration): Lowered[] {
  if (node.exportKind === 'type') return []
  const { declaration, source } = node
  if (declaration !== null) {
    return namesDeclared(declaration).map((name) =>
      give(name, lowerName(context, name, declaration), declaration),
    )
  }
  return node.specifiers.map(({ local, exported, start, end }) => {
    const span = { start, end }
    const value =
      source === null
        ? lowerName(context, textOf(local), local)
        : symbol(memberName(moduleName(context.path, source.value), textOf(local)), local)
    return give(textOf(exported), value, span)
  })
}

/** `export * as name from` gives one name; without a name all that the other module gives. */
export function lowerExportAll(context: Context, node: ExportAllDeclaration): Lowered[] {
  if (node.exportKind === 'type') return []
  const module = moduleName(context.path, node.source.value)
  if (node.exported !== null) return [give(textOf(node.exported), symbol(module, node), node)]
  context.imports.set(`* ${module}`, module)
  return []
}

function namesDeclared(node: Statement): string[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => [...namesOf(id)])
  }
  const named = node as { id?: { type: string; name?: string } | null; declare?: boolean }
  if (!valueDeclarations.has(node.type) || named.declare === true) return []
  return named.id?.name === undefined ? [] : [named.id.name]
}

const valueDeclarations = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSEnumDeclaration',
  'TSModuleDeclaration',
])

/** `export default`: functions and classes without a name are called so. */
export function lowerDefaultExport(context: Context, node: ExportDefaultDeclaration): Lowered[] {
  const { declaration } = node
  if (declaration.type === 'TSInterfaceDeclaration') return []
  const isClass = declaration.type === 'ClassDeclaration'
  if (isClass || declaration.type === 'FunctionDeclaration') {
    const named = (declaration as FunctionNode | Class).id
    if (named !== null) return [give('default', lowerName(context, named.name, named), named)]
    if (isClass) {
      const statements = context.class(declaration, 'default', true)
      return [...statements, give('default', local('default', declaration), declaration)]
    }
    const lowered = context.function(declaration as FunctionNode, { name: 'default' })
    const value = { op: 'lambda', function: lowered, ...place(declaration) } as const
    return [give('default', value, declaration)]
  }
  return [give('default', context.expression(declaration as Code), declaration)]
}

const local = (name: string, node: Span): Expression => ({ op: 'local', name, ...place(node) })

export function give(name: string | null, value: Expression, node: Span): Lowered {
  const all = field(symbol('module', node), 'exports', node)
  const target = name === null ? all : field(all, name, node)
  return { op: 'evaluate', value: { op: 'assign', target, value, ...place(node) }, ...place(node) }
}
