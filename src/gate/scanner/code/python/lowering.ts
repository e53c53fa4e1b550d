// What the lowering of one file knows while it goes down the tree: the scope it is in, where
// statements go that an expression needs before it, how deep it is. The parts of the language,
// each in its file, come in as functions, because they call each other in circles.
import type {
  Argument,
  Call,
  Constant,
  Expression,
  IrType,
  Local,
  Place,
  Statement,
} from '../ir/ir.ts'
import type { Syntax, SyntaxNode } from '../syntax.ts'
import type { Bindings } from './bindings.ts'
import { readPurposes } from './purpose.ts'
import { createScope, lookUp, type Meaning, meaningOf, type Scope } from './scope.ts'

export interface Parts {
  expression(file: Lowering, node: SyntaxNode): Expression
  /** Adds to `file.out`. */
  statement(file: Lowering, node: SyntaxNode): void
}

/** Where something stands in the text; UTF-16 units, the end is exclusive. */
export interface Span {
  at: number
  end: number
}

export class Lowering {
  readonly syntax: Syntax
  readonly bindings: Bindings
  readonly path: string
  /** Names of variables -> what they are put into later. */
  readonly purposes: ReadonlyMap<string, string>
  readonly #parts: Parts
  readonly #expired: () => boolean
  scope: Scope
  /** Statements of the block that is being lowered; what an expression needs first goes here. */
  out: Statement[] = []
  /** What `yield` fills, where the function around is a generator. */
  yielded: Yielded | null = null
  /** What the function at hand returns is an answer, of which maps are written as JSON. */
  answers = false
  /** Label that `break` leaves, per loop around; null for the loop itself. */
  breakLabel: string | null = null
  readonly types: IrType[] = []
  /** What the value at hand is assigned to, as it is written. */
  assigned: string | null = null
  /** Name of the function at hand. */
  functionName = ''
  /** By the id of a local that is assigned once: what it is assigned. */
  readonly once = new Map<string, Expression>()
  unknowns = 0
  /** What was cut short, and why. */
  incomplete: string | null = null
  #depth = 0
  #temporaries = 0
  #steps = 0

  constructor(
    syntax: Syntax,
    bindings: Bindings,
    path: string,
    parts: Parts,
    expired: () => boolean,
  ) {
    this.syntax = syntax
    this.bindings = bindings
    this.path = path
    this.#parts = parts
    this.#expired = expired
    this.scope = bindings.module
    this.purposes = readPurposes(syntax)
  }

  expression(node: SyntaxNode): Expression {
    if (!this.#enter()) return { op: 'unknown', parts: [], ...this.span(node) }
    const value = this.#parts.expression(this, node)
    this.#depth--
    return value
  }

  /** The value of a field that valid code always has. */
  expressionOf(node: SyntaxNode | null, around: SyntaxNode): Expression {
    return node === null ? this.unknown(around, []) : this.expression(node)
  }

  statement(node: SyntaxNode): void {
    if (!this.#enter()) return
    this.#parts.statement(this, node)
    this.#depth--
  }

  #enter(): boolean {
    if (this.#depth >= depthMax) {
      this.unknowns++
      this.incomplete ??= `what nests deeper than ${depthMax} levels was left out`
      return false
    }
    if (this.incomplete === null && ++this.#steps % 4096 === 0 && this.#expired()) {
      this.incomplete = 'the time was up before the whole file was read'
      this.#depth = Number.POSITIVE_INFINITY
      return false
    }
    this.#depth++
    return true
  }

  /** Statements of a block: `null` has none. */
  block(node: SyntaxNode | null): Statement[] {
    return this.gather(() => {
      if (node !== null) for (const child of this.syntax.children(node)) this.statement(child)
    })
  }

  /** What `fill` adds to `out`. */
  gather(fill: () => void): Statement[] {
    const before = this.out
    const gathered: Statement[] = []
    this.out = gathered
    fill()
    this.out = before
    return gathered
  }

  within<Result>(node: SyntaxNode, lower: () => Result): Result {
    const before = this.scope
    this.scope = this.bindings.scopes.get(node) ?? createScope('function', '', before)
    const result = lower()
    this.scope = before
    return result
  }

  span(node: SyntaxNode): Span {
    return { at: this.syntax.start(node), end: this.syntax.end(node) }
  }

  meaning(name: string): Meaning {
    return meaningOf(this.scope, name, this.bindings.starImports)
  }

  /** Whether Python's own function or type of this name is meant. */
  isBuiltin(node: SyntaxNode | null, name: string): boolean {
    if (node === null || this.syntax.kind(node) !== 'identifier') return false
    return this.syntax.textOf(node) === name && lookUp(this.scope, name) === null
  }

  /** `hint` helps whoever reads a flow. */
  temporary(hint: string, span: Span): Local {
    this.#temporaries++
    return { op: 'local', name: `${hint}#t${this.#temporaries}`, ...spanOf(span) }
  }

  assign(target: Place, value: Expression): void {
    const span = { at: target.at, end: Math.max(value.end, target.end) }
    this.out.push({ op: 'evaluate', value: { op: 'assign', target, value, ...span }, ...span })
  }

  /** A value that may be read more than once. */
  held(value: Expression, hint: string): Expression {
    if (['local', 'constant', 'symbol', 'self'].includes(value.op)) return value
    const local = this.temporary(hint, value)
    this.assign(local, value)
    return local
  }

  unknown(node: SyntaxNode, parts: readonly Expression[]): Expression {
    this.unknowns++
    return { op: 'unknown', parts, ...this.span(node) }
  }
}

/** A generator's list of values, or the one value of a context manager. */
export interface Yielded {
  into: Local
  isSingle: boolean
}

/** Of expressions and statements in one another; the parser itself has no bound. */
const depthMax = 250

export const spanOf = ({ at, end }: Span): Span => ({ at, end })

export const constantOf = (value: Constant['value'], span: Span): Constant => ({
  op: 'constant',
  value,
  ...spanOf(span),
})

export const positional = (value: Expression): Argument => ({ value, name: null, spread: false })

/** A call of one of Python's own functions. */
export function callBuiltin(name: string, values: readonly Expression[], span: Span): Call {
  const place = spanOf(span)
  return {
    op: 'call',
    callee: { op: 'symbol', name, ...place },
    arguments: values.map(positional),
    isNew: false,
    ...place,
  }
}

export function callMethod(
  object: Expression,
  name: string,
  values: readonly Expression[],
  span: Span,
): Call {
  const place = spanOf(span)
  return {
    op: 'call',
    callee: { op: 'field', object, name, ...place },
    arguments: values.map(positional),
    isNew: false,
    ...place,
  }
}
