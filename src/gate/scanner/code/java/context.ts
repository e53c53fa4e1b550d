// What all parts of the lowering of one Java file share. The parts call each other through
// `lower`, because expressions hold statements (lambdas) and statements hold expressions.
import type { Expression, IrFunction, IrType, Statement } from '../ir/ir.ts'
import type { Syntax, SyntaxNode } from '../syntax.ts'
import type { Names } from './names.ts'
import type { Scope } from './scope.ts'

export interface Lowering {
  expression(context: Context, node: SyntaxNode): Expression
  statement(context: Context, node: SyntaxNode): Statement[]
  type(context: Context, node: SyntaxNode, outer: string): IrType
  anonymousType(context: Context, body: SyntaxNode, supertype: string): IrType
}

export class Context {
  readonly syntax: Syntax
  readonly names: Names
  readonly scope: Scope
  readonly types: IrType[] = []
  /** Bodies of static initialisers. */
  readonly atLoad: Statement[] = []
  /** Names of fields that are assigned somewhere in the file. */
  readonly assigned: ReadonlySet<string>
  /** Types met in the expression at hand, to be declared before its statement. */
  pending: IrType[] = []
  unknowns = 0
  tooDeep = false
  anonymous = 0
  readonly #lowering: Lowering
  #depth = 0

  constructor(parts: {
    syntax: Syntax
    names: Names
    scope: Scope
    assigned: ReadonlySet<string>
    lowering: Lowering
  }) {
    this.syntax = parts.syntax
    this.names = parts.names
    this.scope = parts.scope
    this.assigned = parts.assigned
    this.#lowering = parts.lowering
  }

  place(node: SyntaxNode): { at: number; end: number } {
    return { at: this.syntax.start(node), end: this.syntax.end(node) }
  }

  unknown(node: SyntaxNode, parts: readonly Expression[] = []): Expression {
    this.unknowns++
    return { op: 'unknown', parts, ...this.place(node) }
  }

  expression(node: SyntaxNode | null, at: SyntaxNode): Expression {
    if (node === null) return this.unknown(at)
    return this.#nested(
      () => this.#lowering.expression(this, node),
      () => this.unknown(node),
    )
  }

  /** A statement, after the types that it declares in passing. */
  statement(node: SyntaxNode): Statement[] {
    const around = this.pending
    this.pending = []
    const statements = this.#nested(
      () => this.#lowering.statement(this, node),
      () => [],
    )
    const declared = this.pending.map((type) => declareType(type))
    this.pending = around
    return [...declared, ...statements]
  }

  /** The statements of a block, whose locals end with it; of any other statement, itself. */
  block(node: SyntaxNode | null): Statement[] {
    if (node === null) return []
    this.scope.enterBlock()
    this.names.enter()
    const kind = this.syntax.kind(node)
    const isBlock = kind === 'block' || kind === 'constructor_body'
    const nodes = isBlock ? this.syntax.children(node) : [node]
    const statements = nodes.flatMap((child) => this.statement(child))
    this.names.leave()
    this.scope.leave()
    return statements
  }

  type(node: SyntaxNode, outer: string): IrType {
    return this.#lowering.type(this, node, outer)
  }

  anonymousType(body: SyntaxNode, supertype: string): IrType {
    return this.#lowering.anonymousType(this, body, supertype)
  }

  /** Depth is counted, because the text decides it and the stack is finite. */
  #nested<Result>(lower: () => Result, otherwise: () => Result): Result {
    if (this.#depth >= depthMax) {
      this.tooDeep = true
      return otherwise()
    }
    this.#depth++
    try {
      return lower()
    } finally {
      this.#depth--
    }
  }
}

const depthMax = 200

export function declareType(type: IrType): Statement {
  return { op: 'declare-type', type, at: type.at, end: type.end }
}

/** A function with what most of them have. */
export function functionOf(
  parts: Pick<IrFunction, 'body' | 'at' | 'end'> & Partial<IrFunction>,
): IrFunction {
  return {
    name: '',
    owner: null,
    parameters: [],
    exported: false,
    isStatic: false,
    annotations: [],
    ...parts,
  }
}
