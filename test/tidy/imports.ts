// Who imports whom: every form in which a file of this repository names another one.
import { posix } from 'node:path'
import type { Node } from './syntax.ts'
import { nodesOf } from './syntax.ts'
import type { Tree } from './tree.ts'
import { isCode, lineAt } from './tree.ts'

export interface Import {
  from: string
  line: number
  /** A path of the tree, `node:…`, or the name of a package. */
  to: string
  /** Erased at run time. */
  typeOnly: boolean
}

/** All imports of all code files; a relative one that leads nowhere keeps its specifier. */
export function importsOf(tree: Tree): Import[] {
  return [...tree]
    .filter(([path]) => isCode(path))
    .flatMap(([path, text]) => read(tree, path, text))
}

function read(tree: Tree, from: string, text: string): Import[] {
  return nodesOf(from, text).flatMap(({ node }) => {
    const found = named(node)
    if (found === undefined) return []
    const to = resolve(tree, from, found.specifier)
    return [{ from, line: lineAt(text, node.start), to, typeOnly: found.typeOnly }]
  })
}

function named(node: Node): { specifier: string; typeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: node.source.value, typeOnly: isTypeOnly(node) }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!node.source) return undefined
      return { specifier: node.source.value, typeOnly: isTypeOnly(node) }
    case 'TSImportType':
      return { specifier: node.source.value, typeOnly: true }
    case 'ImportExpression':
      return literal(node.source)
    case 'NewExpression':
      return isModuleUrl(node) ? literal(node.arguments[0]) : undefined
    default:
      return undefined
  }
}

function isTypeOnly(
  node: Extract<
    Node,
    { type: 'ImportDeclaration' | 'ExportNamedDeclaration' | 'ExportAllDeclaration' }
  >,
): boolean {
  if (node.type === 'ImportDeclaration') {
    const inline = node.specifiers.map((each) => 'importKind' in each && each.importKind === 'type')
    return node.importKind === 'type' || (inline.length > 0 && inline.every(Boolean))
  }
  return node.exportKind === 'type'
}

/** `new URL('./worker.ts', import.meta.url)` names a file that a worker or a reader will load. */
function isModuleUrl(node: Extract<Node, { type: 'NewExpression' }>): boolean {
  const [, base] = node.arguments
  return (
    node.callee.type === 'Identifier' &&
    node.callee.name === 'URL' &&
    base?.type === 'MemberExpression' &&
    base.object.type === 'MetaProperty'
  )
}

function literal(node: Node | undefined): { specifier: string; typeOnly: boolean } | undefined {
  if (node?.type !== 'Literal' || typeof node.value !== 'string') return undefined
  return { specifier: node.value, typeOnly: false }
}

function resolve(tree: Tree, from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return packageOf(specifier)
  const path = posix.join(posix.dirname(from), specifier)
  const candidates = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, `${path}.tsx`]
  return candidates.find((candidate) => tree.has(candidate)) ?? path
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
