// A syntax tree, copied once out of WebAssembly into flat columns: reading a node through the
// parser costs half a microsecond, reading it here a few nanoseconds. For all languages that are
// parsed by tree-sitter.
import type { Tree, TreeCursor } from 'web-tree-sitter'

/** A node is its number; numbers count in the order of the text, parents before their children. */
export type SyntaxNode = number

/** Named nodes but comments: signs between them are read from the text. */
export class Syntax {
  readonly text: string
  readonly #grammar: Grammar
  readonly #columns: Columns

  constructor(text: string, grammar: Grammar, columns: Columns) {
    this.text = text
    this.#grammar = grammar
    this.#columns = columns
  }

  get count(): number {
    return this.#columns.count
  }

  /** As the grammar names it; `ERROR` for what could not be parsed. */
  kind(node: SyntaxNode): string {
    return this.#grammar.kinds[this.#columns.kind[node] ?? 0] ?? ''
  }

  start(node: SyntaxNode): number {
    return this.#columns.start[node] ?? 0
  }

  end(node: SyntaxNode): number {
    return this.#columns.end[node] ?? 0
  }

  textOf(node: SyntaxNode): string {
    return this.text.slice(this.start(node), this.end(node))
  }

  /** The first node behind all that is in this one. */
  after(node: SyntaxNode): SyntaxNode {
    return this.#columns.after[node] ?? this.count
  }

  parent(node: SyntaxNode): SyntaxNode {
    return this.#columns.parent[node] ?? -1
  }

  children(node: SyntaxNode): SyntaxNode[] {
    const children: SyntaxNode[] = []
    const end = this.after(node)
    for (let child = node + 1; child < end; child = this.after(child)) children.push(child)
    return children
  }

  /** The first child of one of these kinds. */
  childOf(node: SyntaxNode, ...kinds: readonly string[]): SyntaxNode | null {
    const end = this.after(node)
    for (let child = node + 1; child < end; child = this.after(child)) {
      if (kinds.includes(this.kind(child))) return child
    }
    return null
  }

  /** The child that the grammar gives this name. */
  field(node: SyntaxNode, name: string): SyntaxNode | null {
    const wanted = this.#grammar.fields.get(name)
    const end = this.after(node)
    for (let child = node + 1; child < end; child = this.after(child)) {
      if (this.#columns.field[child] === wanted) return child
    }
    return null
  }

  fields(node: SyntaxNode, name: string): SyntaxNode[] {
    const wanted = this.#grammar.fields.get(name)
    return this.children(node).filter((child) => this.#columns.field[child] === wanted)
  }
}

interface Grammar {
  /** By the parser's number of a kind. */
  kinds: readonly string[]
  fields: ReadonlyMap<string, number>
  skipped: Uint8Array
}

interface Columns {
  count: number
  kind: Uint16Array
  field: Uint8Array
  start: Int32Array
  end: Int32Array
  after: Int32Array
  parent: Int32Array
}

/** The tree may be freed afterwards. */
export function readSyntax(tree: Tree, text: string): Syntax {
  const grammar = grammarOf(tree.language)
  const cursor = tree.walk()
  try {
    return new Syntax(text, grammar, copyTree(cursor, grammar.skipped, text.length))
  } finally {
    cursor.delete()
  }
}

const grammars = new WeakMap<Tree['language'], Grammar>()

function grammarOf(language: Tree['language']): Grammar {
  const known = grammars.get(language)
  if (known !== undefined) return known
  const skipped = new Uint8Array(language.nodeTypeCount)
  const kinds: string[] = []
  for (let kind = 0; kind < language.nodeTypeCount; kind++) {
    const name = language.nodeTypeForId(kind) ?? ''
    kinds.push(name)
    skipped[kind] = language.nodeTypeIsNamed(kind) && !insignificant.test(name) ? 0 : 1
  }
  // The parser's number for what it could not parse lies outside the grammar's own.
  kinds[0xffff] = 'ERROR'
  const fields = new Map<string, number>()
  for (let field = 1; field <= language.fieldCount; field++) {
    fields.set(language.fieldNameForId(field) ?? '', field)
  }
  const grammar = { kinds, fields, skipped }
  grammars.set(language, grammar)
  return grammar
}

const insignificant = /comment$|^line_continuation$/

function copyTree(cursor: TreeCursor, skipped: Uint8Array, length: number): Columns {
  let columns = allocate(Math.max(64, Math.ceil(length / 4)))
  const open: number[] = []
  for (let parent = -1; ; ) {
    const kind = cursor.nodeTypeId
    if (skipped[kind] !== 1) {
      if (columns.count === columns.kind.length) columns = grown(columns)
      const node = columns.count++
      columns.kind[node] = kind
      columns.field[node] = cursor.currentFieldId
      columns.start[node] = cursor.startIndex
      columns.end[node] = cursor.endIndex
      columns.parent[node] = parent
      if (cursor.gotoFirstChild()) {
        open.push(node)
        parent = node
        continue
      }
      columns.after[node] = columns.count
    }
    while (!cursor.gotoNextSibling()) {
      const closed = open.pop()
      if (closed === undefined) return columns
      columns.after[closed] = columns.count
      parent = columns.parent[closed] ?? -1
      cursor.gotoParent()
    }
  }
}

const allocate = (size: number): Columns => ({
  count: 0,
  kind: new Uint16Array(size),
  field: new Uint8Array(size),
  start: new Int32Array(size),
  end: new Int32Array(size),
  after: new Int32Array(size),
  parent: new Int32Array(size),
})

function grown(columns: Columns): Columns {
  const larger = allocate(columns.kind.length * 2)
  larger.count = columns.count
  for (const key of ['kind', 'field', 'start', 'end', 'after', 'parent'] as const) {
    larger[key].set(columns[key])
  }
  return larger
}
