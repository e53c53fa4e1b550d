// The intermediate representation: what all languages are lowered to and what the analysis reads.
// Structured control flow is kept, names are resolved as far as one file allows, and whatever a
// language has that does not matter to a flow of data (types of casts, modifiers) is gone.
//
// Every node carries `at` and `end`, UTF-16 offsets into the file's text.

export interface IrFile {
  language: Language
  /** Dotted, as Java's `package`; empty elsewhere. */
  namespace: string
  /** Local name -> full name of what it stands for: see `symbol` below. */
  imports: ReadonlyMap<string, string>
  /** Namespaces whose names are all imported: a guessed name is looked up in them, too. */
  wildcards?: readonly string[]
  /** What runs when the file is loaded. Its declarations are statements of it. */
  main: IrFunction
  types: readonly IrType[]
  /** Nodes that could not be lowered: their values are unknown. */
  unknowns: number
}

export const languages = ['java', 'javascript', 'python'] as const
/** TypeScript and JSX are `javascript`. */
export type Language = (typeof languages)[number]

interface Node {
  at: number
  end: number
}

export interface IrFunction extends Node {
  /** `''` where it has none. */
  name: string
  /** The class it is a member of, or null. */
  owner: string | null
  parameters: readonly Parameter[]
  body: readonly Statement[]
  /** Others can call it: exported, public, a method of an exported class. */
  exported: boolean
  isStatic: boolean
  /** Full name of the declared type of its result, where the language has one and it is given. */
  returns?: string | null
  /** Java's annotations and Python's decorators; NestJS has both kinds in one. */
  annotations: readonly Annotation[]
}

export interface Parameter extends Node {
  /** Local name; a pattern that takes its argument apart is a local of its own, then statements. */
  name: string
  /** Full name of its declared type where the file tells, else the name as written, or null. */
  type: string | null
  default: Expression | null
  /** Takes all further arguments as a list (`rest`) or all further named ones as a map. */
  rest: 'list' | 'map' | null
  annotations: readonly Annotation[]
}

export interface Annotation extends Node {
  /** Full name, as for `symbol`. */
  name: string
  arguments: readonly Argument[]
}

export interface IrType extends Node {
  name: string
  /** Full names. */
  extends: readonly string[]
  fields: readonly IrField[]
  methods: readonly IrFunction[]
  annotations: readonly Annotation[]
  exported: boolean
}

export interface IrField extends Node {
  name: string
  type: string | null
  value: Expression | null
  isStatic: boolean
  /** Never assigned again, so that its value holds wherever it is read. */
  isConstant: boolean
}

// Statements

export type Statement =
  | Evaluate
  | Declare
  | DeclareFunction
  | DeclareType
  | If
  | Switch
  | Loop
  | Try
  | Leave
  | Block

export interface Evaluate extends Node {
  op: 'evaluate'
  value: Expression
}

/** A local of this block. Names that shadow one another have different ids (`x`, `x#2`). */
export interface Declare extends Node {
  op: 'declare'
  name: string
  type: string | null
  value: Expression | null
}

export interface DeclareFunction extends Node {
  op: 'declare-function'
  name: string
  function: IrFunction
}

export interface DeclareType extends Node {
  op: 'declare-type'
  type: IrType
}

export interface If extends Node {
  op: 'if'
  test: Expression
  then: readonly Statement[]
  else: readonly Statement[]
}

export interface Switch extends Node {
  op: 'switch'
  subject: Expression
  cases: readonly Case[]
}

export interface Case extends Node {
  /** Empty for the default. */
  tests: readonly Expression[]
  body: readonly Statement[]
  /** Runs on into the next case where it does not leave. */
  fallsThrough: boolean
}

export interface Loop extends Node {
  op: 'loop'
  /** Runs before the first test. */
  before: readonly Statement[]
  /** Null where nothing is tested, or `each` decides. */
  test: Expression | null
  /** Of `for x of y`: what is gone through, and where each element (or key) is put. */
  each: { from: Expression; what: 'elements' | 'keys'; into: Place } | null
  body: readonly Statement[]
  /** Runs after each round. */
  after: readonly Statement[]
  /** `do … while`: the body runs at least once. */
  atLeastOnce: boolean
}

export interface Try extends Node {
  op: 'try'
  body: readonly Statement[]
  handlers: readonly { name: string | null; types: readonly string[]; body: readonly Statement[] }[]
  finally: readonly Statement[]
}

export interface Leave extends Node {
  op: 'return' | 'throw' | 'break' | 'continue'
  value: Expression | null
  /** Of the loop or block that is left. */
  label: string | null
}

export interface Block extends Node {
  op: 'block'
  label: string | null
  body: readonly Statement[]
}

// Expressions

export type Expression =
  | Constant
  | Place
  | Symbol
  | Self
  | Call
  | Binary
  | Unary
  | Conditional
  | Template
  | List
  | MapLiteral
  | Lambda
  | Assign
  | Sequence
  | Cast
  | Unknown

export interface Constant extends Node {
  op: 'constant'
  value: string | number | boolean | null
}

/** What can be assigned to. */
export type Place = Local | Field | Index

export interface Local extends Node {
  op: 'local'
  name: string
}

export interface Field extends Node {
  op: 'field'
  object: Expression
  name: string
}

export interface Index extends Node {
  op: 'index'
  object: Expression
  key: Expression
}

/**
 * Something that the file does not declare, by its full name with dots: `child_process.exec`
 * after `const { exec } = require('child_process')`, `flask.request` after `from flask import
 * request`, `java.util.List`, `eval`. A package of npm keeps its slashes: `node:fs` is `fs`,
 * `@scope/name.member`. Members of a symbol are `field` nodes upon it, not part of its name.
 */
export interface Symbol extends Node {
  op: 'symbol'
  name: string
}

/** `this`, `self`; `super` is the same object. */
export interface Self extends Node {
  op: 'self'
}

export interface Call extends Node {
  op: 'call'
  /** A `field` for a method: its object is the receiver. A `symbol` or `local` for a function. */
  callee: Expression
  arguments: readonly Argument[]
  /** Makes an object: `new T()`; `callee` is the type. */
  isNew: boolean
}

export interface Argument {
  value: Expression
  /**
   * Of Python's named arguments and Java's annotation elements. One called `$for` was not written:
   * its constant says what the call is for, as the name that its result is assigned to.
   */
  name: string | null
  /** `...list`, `*list`, `**map`. */
  spread: boolean
}

export interface Binary extends Node {
  op: 'binary'
  /**
   * As JavaScript writes them: + - * / % ** == != < <= > >= && || ?? & | ^ << >> >>> in instanceof.
   * `//` is Python's division; `==` is equality of values in every language.
   */
  operator: string
  left: Expression
  right: Expression
}

export interface Unary extends Node {
  op: 'unary'
  /** ! - + ~ typeof await yield delete void */
  operator: string
  operand: Expression
}

export interface Conditional extends Node {
  op: 'conditional'
  test: Expression
  then: Expression
  else: Expression
}

/** Texts and values joined: template literals, f-strings, `%` and `format` stay calls. */
export interface Template extends Node {
  op: 'template'
  /** A tag is a call of the tag with this as its only argument. */
  parts: readonly Expression[]
}

export interface List extends Node {
  op: 'list'
  elements: readonly Argument[]
}

/** Objects of JavaScript, dicts of Python. */
export interface MapLiteral extends Node {
  op: 'map'
  /** A null key spreads the value. */
  entries: readonly { key: Expression | null; value: Expression }[]
}

export interface Lambda extends Node {
  op: 'lambda'
  function: IrFunction
}

export interface Assign extends Node {
  op: 'assign'
  target: Place
  /** `x += y` is an assignment of the binary `x + y`. */
  value: Expression
}

/** All are evaluated; the last is the value. */
export interface Sequence extends Node {
  op: 'sequence'
  values: readonly Expression[]
}

export interface Cast extends Node {
  op: 'cast'
  type: string
  value: Expression
}

/** What could not be lowered. Its parts are still evaluated, and flow into it. */
export interface Unknown extends Node {
  op: 'unknown'
  parts: readonly Expression[]
}
