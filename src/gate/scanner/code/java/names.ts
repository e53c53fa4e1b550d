// What a name of a Java file stands for, as far as the file tells: its own types, its imports,
// `java.lang`, and otherwise a type of the same package.
import type { Syntax, SyntaxNode } from '../syntax.ts'
import { javaLang, primitives } from './lang.ts'

export class Names {
  readonly syntax: Syntax
  readonly namespace: string
  /** Simple name -> full name, of types and of static members. */
  readonly imports = new Map<string, string>()
  readonly wildcards: string[] = []
  readonly staticWildcards: string[] = []
  /** Types declared in the file, from the outermost scope to the innermost. */
  readonly #declared: Map<string, string>[] = [new Map()]

  constructor(syntax: Syntax) {
    this.syntax = syntax
    let namespace = ''
    for (const node of syntax.children(0)) {
      const kind = syntax.kind(node)
      if (kind === 'package_declaration') namespace = this.#dotted(node)
      else if (kind === 'import_declaration') this.#import(node)
    }
    this.namespace = namespace
  }

  #dotted(node: SyntaxNode): string {
    const name = this.syntax.childOf(node, 'scoped_identifier', 'identifier')
    return name === null ? '' : this.syntax.textOf(name).replace(/\s+/g, '')
  }

  #import(node: SyntaxNode): void {
    const name = this.#dotted(node)
    const isStatic = /^import\s+static\b/.test(this.syntax.textOf(node))
    if (this.syntax.childOf(node, 'asterisk') !== null) {
      ;(isStatic ? this.staticWildcards : this.wildcards).push(name)
      return
    }
    this.imports.set(name.slice(name.lastIndexOf('.') + 1), name)
  }

  /** Declarations are visible until `leave`. */
  enter(): void {
    this.#declared.push(new Map())
  }

  leave(): void {
    this.#declared.pop()
  }

  declare(simple: string, full: string): void {
    this.#declared.at(-1)?.set(simple, full)
  }

  declared(simple: string): string | null {
    for (let level = this.#declared.length - 1; level >= 0; level--) {
      const full = this.#declared[level]?.get(simple)
      if (full !== undefined) return full
    }
    return null
  }

  /** Full name of a type by its simple name; a guess where nothing says otherwise. */
  type(simple: string): string {
    if (primitives.has(simple)) return simple
    const known = this.declared(simple) ?? this.imports.get(simple)
    if (known !== undefined && known !== null) return known
    if (javaLang.has(simple)) return `java.lang.${simple}`
    return this.namespace === '' ? simple : `${this.namespace}.${simple}`
  }

  /** Of a type as written, with dots: `Map.Entry`, `java.util.Map.Entry`. */
  dottedType(written: string): string {
    const [first = '', ...rest] = written.split('.')
    if (rest.length === 0) return this.type(first)
    return isTypeLike(first) ? [this.type(first), ...rest].join('.') : written
  }

  /** Full name of the type that a node names, generics taken away; null for `var`. */
  typeOf(node: SyntaxNode | null): string | null {
    if (node === null) return null
    const { syntax } = this
    const kind = syntax.kind(node)
    if (kind === 'generic_type' || kind === 'annotated_type') {
      const inner = syntax.childOf(node, 'type_identifier', 'scoped_type_identifier', 'array_type')
      return this.typeOf(inner)
    }
    if (kind === 'array_type') {
      const element = this.typeOf(syntax.field(node, 'element'))
      const dimensions = syntax.field(node, 'dimensions')
      const brackets = dimensions === null ? '[]' : syntax.textOf(dimensions).replace(/[^[\]]/g, '')
      return element === null ? null : element + brackets
    }
    const written = withoutGenerics(syntax.textOf(node))
    return written === 'var' ? null : this.dottedType(written)
  }
}

/** By the convention that all follow: types begin with a capital. */
export function isTypeLike(name: string): boolean {
  return /^[A-Z]/.test(name)
}

function withoutGenerics(written: string): string {
  let text = written.replace(/\s+|@[\w.]+(?:\([^)]*\))?/g, '')
  for (let previous = ''; previous !== text; ) {
    previous = text
    text = text.replace(/<[^<>]*>/g, '')
  }
  return text
}
