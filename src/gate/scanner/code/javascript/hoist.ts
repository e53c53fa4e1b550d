// Collects what a scope declares before its statements are lowered.
import type {
  BindingPattern,
  Expression,
  ImportDeclaration,
  Statement,
  VariableDeclaration,
  VariableDeclarator,
} from 'oxc-parser'
import type { Context } from './context.ts'
import { memberName, moduleName } from './module-name.ts'
import { aliasPattern, requiredName } from './required.ts'
import { isSetting } from './settings.ts'

/** What these statements declare for the block that they are in. */
export function hoistBlock(context: Context, statements: readonly Statement[]): void {
  // Functions first: they see the others, and no alias may take their names.
  for (const node of statements) {
    const declared = declarationOf(node)
    if (declared?.type === 'FunctionDeclaration' && declared.id) {
      context.scope.declare(declared.id.name)
    }
  }
  for (const node of statements) hoistDeclaration(context, node)
}

function hoistDeclaration(context: Context, node: Statement): void {
  const declared = declarationOf(node)
  switch (declared?.type) {
    case 'ImportDeclaration':
      hoistImport(context, declared)
      return
    case 'VariableDeclaration':
      if (declared.kind !== 'var') hoistVariables(context, declared)
      return
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
      if (declared.id !== null && declared.declare !== true) context.scope.declare(declared.id.name)
      return
    case 'TSModuleDeclaration':
      if (declared.id.type === 'Identifier' && !declared.declare) {
        context.scope.declare(declared.id.name)
      }
      return
    case 'TSImportEqualsDeclaration': {
      const reference = declared.moduleReference
      if (reference.type === 'TSExternalModuleReference') {
        const name = moduleName(context.path, reference.expression.value)
        aliasPattern(context, declared.id, name)
      } else context.scope.declare(declared.id.name)
    }
  }
}

/** `export const x = …` declares as `const x = …` does. */
export function declarationOf(node: Statement): Statement | null {
  if (node.type === 'ExportNamedDeclaration') return node.declaration
  if (node.type !== 'ExportDefaultDeclaration') return node
  const { type } = node.declaration
  return type === 'FunctionDeclaration' || type === 'ClassDeclaration'
    ? (node.declaration as Statement)
    : null
}

function hoistImport(context: Context, node: ImportDeclaration): void {
  const module = moduleName(context.path, node.source.value)
  for (const specifier of node.specifiers) {
    const name =
      specifier.type === 'ImportNamespaceSpecifier'
        ? module
        : memberName(module, importedName(specifier))
    aliasPattern(context, specifier.local, name)
  }
}

function importedName(specifier: ImportDeclaration['specifiers'][number]): string {
  if (specifier.type !== 'ImportSpecifier') return 'default'
  const { imported } = specifier
  return imported.type === 'Literal' ? imported.value : imported.name
}

function hoistVariables(context: Context, { declarations, kind }: VariableDeclaration): void {
  for (const declarator of declarations) {
    if (kind !== 'var' || !context.scope.has(firstName(declarator.id))) {
      if (isAlias(context, declarator, kind)) continue
    }
    for (const name of namesOf(declarator.id)) {
      const local = context.scope.declare(name)
      if (kind === 'const') noteConstant(context, declarator, local)
    }
  }
}

/** What is known of a constant wherever it is read, also by functions above it. */
function noteConstant(context: Context, { id, init }: VariableDeclarator, local: string): void {
  if (id.type !== 'Identifier' || init === null) return
  if (init.type === 'Literal' && 'regex' in init) {
    const { pattern, flags } = init.regex
    if (!flags.includes('m')) context.patterns.set(local, pattern)
  } else if (context.scope === context.module && init.type !== 'Literal') {
    if (isSetting(context, init, 0)) context.settings.add(local)
  }
}

function isAlias(context: Context, { id, init }: VariableDeclarator, kind: string): boolean {
  // A variable may be given another value, which nobody does to what it requires.
  if (kind !== 'const' && rootOf(init)?.type === 'Identifier') return false
  const name = requiredName(context, init)
  return name !== null && aliasPattern(context, id, name)
}

function rootOf(node: Expression | null): Expression | null {
  let root = node
  while (root?.type === 'MemberExpression') root = root.object
  return root
}

const firstName = (pattern: BindingPattern): string => namesOf(pattern).next().value ?? ''

/** All names that a pattern binds. */
export function* namesOf(pattern: BindingPattern): Generator<string, void> {
  switch (pattern.type) {
    case 'Identifier':
      yield pattern.name
      return
    case 'AssignmentPattern':
      yield* namesOf(pattern.left)
      return
    case 'ArrayPattern':
      for (const element of pattern.elements) {
        if (element !== null) yield* namesOf(inner(element))
      }
      return
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        yield* namesOf(property.type === 'Property' ? property.value : inner(property))
      }
  }
}

type Element = Extract<BindingPattern, { type: 'ArrayPattern' }>['elements'][number]

const inner = (element: NonNullable<Element>): BindingPattern =>
  element.type === 'RestElement' ? element.argument : element

/**
 * Declares each `var` of a function, wherever it stands in it, and gives the locals of those in
 * inner blocks, which belong to the function as a whole.
 */
export function hoistFunction(context: Context, statements: readonly Statement[]): string[] {
  const inBlocks = new Set<string>()
  const visit = (node: Statement | null | undefined, nested: boolean): void => {
    if (node === null || node === undefined) return
    const declared = declarationOf(node)
    if (declared?.type === 'VariableDeclaration' && declared.kind === 'var') {
      hoistVariables(context, declared)
      if (nested) for (const local of localsOf(context, declared)) inBlocks.add(local)
    } else for (const child of innerStatements(node)) visit(child, true)
  }
  for (const node of statements) visit(node, false)
  return [...inBlocks]
}

function* localsOf(context: Context, { declarations }: VariableDeclaration): Generator<string> {
  for (const { id } of declarations) {
    for (const name of namesOf(id)) {
      const binding = context.scope.find(name)
      if (binding !== null && 'local' in binding) yield binding.local
    }
  }
}

/** Statements in a statement, but for those of inner functions and classes. */
function innerStatements(node: Statement): readonly (Statement | null)[] {
  switch (node.type) {
    case 'BlockStatement':
      return node.body
    case 'IfStatement':
      return [node.consequent, node.alternate]
    case 'ForStatement':
      return [asStatement(node.init), node.body]
    case 'ForInStatement':
    case 'ForOfStatement':
      return [asStatement(node.left), node.body]
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'LabeledStatement':
    case 'WithStatement':
      return [node.body]
    case 'TryStatement':
      return [node.block, node.handler?.body ?? null, node.finalizer]
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => consequent)
    default:
      return []
  }
}

const asStatement = (node: { type: string } | null): Statement | null =>
  node?.type === 'VariableDeclaration' ? (node as VariableDeclaration) : null
