// One pass over a file before it is lowered: which names each scope binds, and to what, because in
// Python a name that is assigned anywhere in a function is a local of all of it.

import type { Syntax, SyntaxNode } from '../syntax.ts'
import { readImports } from './imports.ts'
import { firstChild } from './reading.ts'
import { type Binding, bindingScope, createScope, lookUp, type Scope } from './scope.ts'

export interface Bindings {
  module: Scope
  /** By the node of the class, function, lambda or comprehension. */
  scopes: ReadonlyMap<SyntaxNode, Scope>
  /** First names of all that is imported from elsewhere. */
  packages: ReadonlySet<string>
  /** Modules of `from m import *`, in order. */
  starImports: readonly string[]
  /** Names of attributes that are assigned outside the body of their class. */
  assignedAttributes: ReadonlySet<string>
}

export function readBindings(syntax: Syntax, path: string): Bindings {
  const reader = new BindingReader(syntax, path)
  reader.read()
  reader.nameApart()
  return reader
}

class BindingReader implements Bindings {
  readonly module = createScope('module', '', null)
  readonly scopes = new Map<SyntaxNode, Scope>()
  readonly packages = new Set<string>()
  readonly starImports: string[] = []
  readonly assignedAttributes = new Set<string>()
  readonly #syntax: Syntax
  readonly #path: string
  #scope: Scope = this.module
  /** The innermost `except` is open until this node: what it assigns stands in for an import. */
  #exceptEnd = -1
  #node = 0

  constructor(syntax: Syntax, path: string) {
    this.#syntax = syntax
    this.#path = path
  }

  read(): void {
    const open: { scope: Scope; end: SyntaxNode }[] = []
    for (let node = 0; node < this.#syntax.count; node++) {
      for (let last = open.at(-1); last !== undefined && last.end <= node; last = open.at(-1)) {
        this.#scope = last.scope
        open.pop()
      }
      const before = this.#scope
      this.#node = node
      this.#visit(node)
      if (this.#scope !== before) open.push({ scope: before, end: this.#syntax.after(node) })
    }
  }

  #visit(node: SyntaxNode): void {
    const { kind } = scopeKinds.get(this.#syntax.kind(node)) ?? {}
    if (kind !== undefined) {
      this.#open(node, kind)
      return
    }
    const target = targetFields.get(this.#syntax.kind(node))
    if (target !== undefined) {
      const place = this.#syntax.field(node, target)
      if (place !== null) this.#bindTarget(place, this.#originOf(node))
      return
    }
    this.#visitOther(node)
  }

  #visitOther(node: SyntaxNode): void {
    const syntax = this.#syntax
    switch (syntax.kind(node)) {
      case 'import_statement':
      case 'import_from_statement':
        this.#import(node)
        return
      case 'global_statement':
      case 'nonlocal_statement': {
        const outer = syntax.kind(node) === 'global_statement' ? 'global' : 'nonlocal'
        for (const name of syntax.children(node))
          this.#functionScope().outer.set(syntax.textOf(name), outer)
        return
      }
      case 'as_pattern_target':
        for (const child of syntax.children(node)) this.#bindTarget(child, null)
        return
      case 'as_pattern': {
        const name = syntax.children(node).at(-1)
        if (name !== undefined && syntax.kind(name) === 'identifier') this.#bindTarget(name, null)
        return
      }
      case 'except_clause': {
        this.#exceptEnd = Math.max(this.#exceptEnd, syntax.after(node))
        const [, name] = syntax.fields(node, 'value')
        if (name !== undefined) this.#bindTarget(name, null)
        return
      }
      case 'case_pattern':
      case 'keyword_pattern':
      case 'splat_pattern':
        this.#bindCapture(node)
        return
      case 'yield':
        this.#functionScope().isGenerator = true
    }
  }

  #open(node: SyntaxNode, kind: Scope['kind']): void {
    const syntax = this.#syntax
    const nameNode = kind === 'comprehension' ? null : syntax.field(node, 'name')
    const name = nameNode === null ? '' : syntax.textOf(nameNode)
    if (nameNode !== null) {
      const binding = this.#bind(name, null)
      binding.declares = kind === 'class' ? 'class' : 'function'
      binding.definition = node
    }
    const above = this.#scope.kind === 'class' ? `${this.#scope.name}.` : ''
    const scope = createScope(kind, kind === 'class' ? above + name : name, this.#scope)
    const isMethod = this.#scope.kind === 'class' && syntax.kind(node) === 'function_definition'
    this.scopes.set(node, scope)
    this.#scope = scope
    const parameters = kind === 'function' ? syntax.field(node, 'parameters') : null
    if (parameters === null) return
    for (const [index, parameter] of syntax.children(parameters).entries()) {
      const target = parameterTarget(syntax, parameter)
      if (target === null) continue
      this.#bindTarget(target, null)
      const binding = scope.names.get(syntax.textOf(target))
      if (index === 0 && isMethod && binding !== undefined && !isStatic(syntax, node)) {
        binding.isSelf = true
      }
    }
  }

  /** Comprehensions have variables of their own, but `:=` and `yield` in them reach further. */
  #functionScope(): Scope {
    let scope = this.#scope
    while (scope.kind === 'comprehension' && scope.parent !== null) scope = scope.parent
    return scope
  }

  #originOf(node: SyntaxNode): SyntaxNode | null {
    const kind = this.#syntax.kind(node)
    if (kind === 'assignment') return this.#syntax.field(node, 'right')
    return kind === 'named_expression' ? this.#syntax.field(node, 'value') : null
  }

  #bindTarget(node: SyntaxNode, origin: SyntaxNode | null): void {
    const syntax = this.#syntax
    const kind = syntax.kind(node)
    if (kind === 'identifier') {
      const isWalrus = syntax.kind(syntax.parent(node)) === 'named_expression'
      const scope = isWalrus ? this.#functionScope() : this.#scope
      this.#bind(syntax.textOf(node), origin, scope)
    } else if (kind === 'attribute') {
      const name = syntax.field(node, 'attribute')
      if (name !== null) this.assignedAttributes.add(syntax.textOf(name))
    } else if (patternKinds.has(kind)) {
      // Deep patterns are cut by the parser's own nesting of brackets only: go through them flat.
      const end = syntax.after(node)
      for (let inner = node + 1; inner < end; inner++) {
        const isName = syntax.kind(inner) === 'identifier'
        const parent = syntax.kind(syntax.parent(inner))
        if (isName && patternKinds.has(parent)) this.#bind(syntax.textOf(inner), null)
      }
    }
  }

  #bind(name: string, origin: SyntaxNode | null, from = this.#scope): Binding {
    const scope = bindingScope(from, name)
    const known = scope.names.get(name)
    if (known !== undefined) {
      if (!this.#isStandIn(origin)) known.isAssigned = true
      known.origin = null
      return known
    }
    const binding: Binding = {
      id: name,
      imported: null,
      isAssigned: !this.#isStandIn(origin),
      origin,
      isSelf: false,
      scope,
      declares: null,
      definition: null,
    }
    scope.names.set(name, binding)
    return binding
  }

  /** `json = None`, or anything done because an import failed. */
  #isStandIn(origin: SyntaxNode | null): boolean {
    if (this.#node < this.#exceptEnd) return true
    return origin !== null && ['none', 'false'].includes(this.#syntax.kind(origin))
  }

  #bindCapture(node: SyntaxNode): void {
    const syntax = this.#syntax
    for (const child of syntax.children(node)) {
      const isName = syntax.kind(child) === 'dotted_name' || syntax.kind(child) === 'identifier'
      const name = syntax.textOf(child)
      const isKey = syntax.kind(node) === 'keyword_pattern' && child === node + 1
      if (isName && !isKey && !name.includes('.')) this.#bind(name, null)
    }
  }

  #import(node: SyntaxNode): void {
    const { names, star } = readImports(this.#syntax, node, this.#path)
    if (star !== null) {
      this.starImports.push(star)
      this.packages.add(firstName(star))
    }
    for (const { local, full } of names) this.#bindImport(local, full)
  }

  #bindImport(local: string, full: string): void {
    this.packages.add(firstName(full))
    const scope = bindingScope(this.#scope, local)
    const known = scope.names.get(local)
    if (known !== undefined) {
      // The first of several ways to import something is the one that its author prefers.
      known.imported ??= full
      return
    }
    const binding = this.#bind(local, null)
    binding.imported = full
    binding.isAssigned = false
  }

  /** Gives a name that hides another of the same spelling an id of its own. */
  nameApart(): void {
    const counts = new Map<string, number>()
    for (const scope of this.scopes.values()) {
      if (scope.kind === 'class' || scope.parent === null) continue
      for (const [name, binding] of scope.names) {
        if (binding.isSelf || binding.declares === 'class') continue
        if (lookUp(scope.parent, name) === null) continue
        const count = (counts.get(name) ?? 1) + 1
        counts.set(name, count)
        binding.id = `${name}#${count}`
      }
    }
  }
}

const firstName = (full: string): string => full.split('.', 1)[0] ?? full

const scopeKinds = new Map<string, { kind: Scope['kind'] }>([
  ['class_definition', { kind: 'class' }],
  ['function_definition', { kind: 'function' }],
  ['lambda', { kind: 'function' }],
  ['list_comprehension', { kind: 'comprehension' }],
  ['set_comprehension', { kind: 'comprehension' }],
  ['dictionary_comprehension', { kind: 'comprehension' }],
  ['generator_expression', { kind: 'comprehension' }],
])

const targetFields = new Map<string, 'left' | 'name'>([
  ['assignment', 'left'],
  ['augmented_assignment', 'left'],
  ['for_statement', 'left'],
  ['for_in_clause', 'left'],
  ['named_expression', 'name'],
])

const patternKinds = new Set([
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'list_splat',
  'tuple',
  'list',
  'expression_list',
  'parenthesized_expression',
])

/** The name or pattern of a parameter; null for `/` and `*`. */
export function parameterTarget(syntax: Syntax, parameter: SyntaxNode): SyntaxNode | null {
  const kind = syntax.kind(parameter)
  if (kind === 'identifier' || kind === 'tuple_pattern') return parameter
  if (kind === 'default_parameter' || kind === 'typed_default_parameter') {
    return syntax.field(parameter, 'name')
  }
  if (kind === 'list_splat_pattern' || kind === 'dictionary_splat_pattern') {
    return firstChild(syntax, parameter)
  }
  if (kind !== 'typed_parameter') return null
  const inner = firstChild(syntax, parameter)
  return inner === null ? null : parameterTarget(syntax, inner)
}

/** Decorated with `@staticmethod`. */
export function isStatic(syntax: Syntax, definition: SyntaxNode): boolean {
  const parent = syntax.parent(definition)
  if (syntax.kind(parent) !== 'decorated_definition') return false
  return syntax.children(parent).some((child) => {
    return syntax.kind(child) === 'decorator' && syntax.textOf(child) === '@staticmethod'
  })
}
