// Import statements: which local name stands for what.
import type { Syntax, SyntaxNode } from '../syntax.ts'
import { relativeModule } from './module-name.ts'

export interface Imports {
  names: { local: string; full: string }[]
  /** The module of `from m import *`. */
  star: string | null
}

/** Of an `import_statement` or `import_from_statement` in the file at `path`. */
export function readImports(syntax: Syntax, node: SyntaxNode, path: string): Imports {
  const from = syntax.field(node, 'module_name')
  const module = from === null ? null : moduleName(bare(syntax, from), path)
  const imports: Imports = { names: [], star: null }
  for (const child of syntax.children(node)) {
    if (child === from) continue
    const kind = syntax.kind(child)
    if (kind === 'wildcard_import') imports.star = module
    const isAliased = kind === 'aliased_import'
    const nameNode = isAliased ? syntax.field(child, 'name') : child
    if (nameNode === null || !(isAliased || kind === 'dotted_name')) continue
    const name = bare(syntax, nameNode)
    const alias = isAliased ? syntax.field(child, 'alias') : null
    // `import a.b` binds `a`.
    const [first = name] = name.split('.')
    const bound = module === null && alias === null ? first : name
    const full = module === null || module === '' ? bound : `${module}.${name}`
    imports.names.push({ local: alias === null ? bound : syntax.textOf(alias), full })
  }
  return imports
}

const bare = (syntax: Syntax, node: SyntaxNode): string => syntax.textOf(node).replace(/\s+/g, '')

function moduleName(text: string, path: string): string {
  const [dots = ''] = /^\.*/.exec(text) ?? []
  return dots === '' ? text : relativeModule(path, dots.length, text.slice(dots.length))
}
