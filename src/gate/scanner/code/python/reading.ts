// How Python's syntax tree is read beyond its named children.
import type { Syntax, SyntaxNode } from '../syntax.ts'

export const firstChild = (syntax: Syntax, node: SyntaxNode): SyntaxNode | null =>
  syntax.after(node) > node + 1 ? node + 1 : null

/** What stands between two nodes, without comments and with single blanks: the operator. */
export const between = (syntax: Syntax, left: SyntaxNode, right: SyntaxNode): string =>
  syntax.text
    .slice(syntax.end(left), syntax.start(right))
    .replace(/#[^\n]*|\\\r?\n|\s+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
