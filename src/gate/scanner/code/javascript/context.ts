// What the parts of the lowering share: the scope they are in, what must run before the statement
// at hand, and the way from one part to another (which keeps their imports free of circles).
import type {
  ArrowFunctionExpression,
  Class,
  Expression as Code,
  Function as FunctionNode,
  Statement as Line,
  Span,
} from 'oxc-parser'
import type { Expression, IrFunction, IrType, Local, Statement } from '../ir/ir.ts'
import { Scope } from './scope.ts'

export interface Dispatch {
  expression(context: Context, node: Code): Expression
  statements(context: Context, nodes: readonly Line[]): Statement[]
  function(context: Context, node: AnyFunction, said: FunctionFacts): IrFunction
  class(context: Context, node: Class, name: string, exported: boolean): Statement[]
}

export type AnyFunction = FunctionNode | ArrowFunctionExpression

/** What stands around a function and not in it. */
export interface FunctionFacts {
  name: string
  owner?: string
  exported?: boolean
  isStatic?: boolean
  annotations?: IrFunction['annotations']
}

/** Deeper nodes are unknown: whoever walks over the result recurses, too. */
const depthMax = 400

export class Context {
  readonly path: string
  readonly text: string
  readonly dispatch: Dispatch
  readonly expired: () => boolean
  readonly imports = new Map<string, string>()
  readonly types: IrType[] = []
  /** Names of this module's own declarations that others can use. */
  readonly exportedNames = new Set<string>()
  /** Functions and classes that are given away where they stand. */
  readonly exportedNodes = new Set<Span>()
  /** Locals of `var` that the function at hand has declared. */
  declared = new Set<string>()
  /** Constants of the module that hold settings: see `settings.ts`. */
  readonly settings = new Set<string>()
  /** Constants that are regular expressions: what they match. */
  readonly patterns = new Map<string, string>()
  /** Names that are assigned and nowhere declared. */
  readonly implicit = new Set<string>()
  readonly module = new Scope(null, true)
  scope = this.module
  /** Runs before the statement that is being lowered. */
  prelude: Statement[] = []
  /** Locals of the parameters of the function that is being lowered. */
  parameters: readonly string[] = []
  /** Whether the function at hand is exported itself: so are the methods that it makes. */
  inExported = false
  /** Names of what the value at hand is for: a variable, a property, the function that makes it. */
  purposes: readonly string[] = []
  unknowns = 0
  /** Set when a limit left something out. */
  incomplete: string | null = null
  #depth = 0
  #temporaries = 0

  constructor(
    { path, text }: { path: string; text: string },
    dispatch: Dispatch,
    expired: () => boolean,
  ) {
    this.path = path
    this.text = text
    this.dispatch = dispatch
    this.expired = expired
  }

  expression(node: Code): Expression {
    if (this.#depth >= depthMax) return this.cut(node, 'some of it nests too deep')
    this.#depth++
    const result = this.dispatch.expression(this, node)
    this.#depth--
    return result
  }

  statements(nodes: readonly Line[]): Statement[] {
    if (this.#depth >= depthMax || this.expired()) {
      const at = nodes[0] ?? nowhere
      const why = this.#depth >= depthMax ? 'some of it nests too deep' : 'the time was up'
      return [{ op: 'evaluate', value: this.cut(at, why), ...place(at) }]
    }
    this.#depth++
    const result = this.dispatch.statements(this, nodes)
    this.#depth--
    return result
  }

  function(node: AnyFunction, said: FunctionFacts): IrFunction {
    return this.dispatch.function(this, node, said)
  }

  class(node: Class, name: string, exported: boolean): Statement[] {
    return this.dispatch.class(this, node, name, exported)
  }

  /** The rest of what `run` lowers is in a scope of its own. */
  within<Result>(isFunction: boolean, run: () => Result): Result {
    const outer = this.scope
    this.scope = new Scope(outer, isFunction)
    const result = run()
    this.scope = outer
    return result
  }

  withPurpose<Result>(names: readonly string[], run: () => Result): Result {
    const outer = this.purposes
    this.purposes = [...outer, ...names]
    const result = run()
    this.purposes = outer
    return result
  }

  insideExported<Result>(exported: boolean, run: () => Result): Result {
    const outer = this.inExported
    this.inExported = exported
    const result = run()
    this.inExported = outer
    return result
  }

  /** A local that stands for the value of `node` and is in nobody's way. */
  temporary(node: Span): Local {
    this.#temporaries++
    return { op: 'local', name: `%${this.#temporaries}`, ...place(node) }
  }

  unknown(node: Span, parts: readonly Expression[] = []): Expression {
    this.unknowns++
    return { op: 'unknown', parts, ...place(node) }
  }

  cut(node: Span, why: string): Expression {
    this.incomplete ??= why
    return this.unknown(node)
  }
}

const nowhere: Span = { start: 0, end: 0 }

export function place({ start, end }: Span): { at: number; end: number } {
  return { at: start, end }
}

export const constant = (value: string | number | boolean | null, node: Span): Expression => ({
  op: 'constant',
  value,
  ...place(node),
})

export const symbol = (name: string, node: Span) =>
  ({ op: 'symbol', name, ...place(node) }) as const

export const field = (object: Expression, name: string, node: Span) =>
  ({ op: 'field', object, name, ...place(node) }) as const

/** A place in the IR made from another place in it. */
export const spanOf = ({ at, end }: { at: number; end: number }): Span => ({ start: at, end })
