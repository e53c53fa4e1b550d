// Terraform's language as it was written: bodies of attributes and blocks, and expressions. HCL
// and JSON files both become this; every node knows its place.
import type { Place } from '../../resource.ts'

export interface Body {
  attributes: readonly Attribute[]
  blocks: readonly Block[]
}

export interface Attribute {
  name: string
  expression: Expression
  /** From its name to the end of its expression. */
  place: Place
}

export interface Block {
  type: string
  labels: readonly string[]
  body: Body
  /** The line that opens it, to the brace. */
  place: Place
}

/** One `.tf` or `.tfvars` file, or its JSON form. */
export interface ParsedFile {
  path: string
  body: Body
  /** What could not be read, with its line; null where all was. */
  fault: string | null
}

export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null; place: Place }
  | { kind: 'template'; parts: readonly TemplatePart[]; place: Place }
  | { kind: 'list'; items: readonly Expression[]; place: Place }
  | { kind: 'object'; items: readonly ObjectItem[]; place: Place }
  | { kind: 'variable'; name: string; place: Place }
  | { kind: 'attribute'; of: Expression; name: string; place: Place }
  | { kind: 'index'; of: Expression; key: Expression; place: Place }
  | Splat
  | Call
  | { kind: 'unary'; operator: UnaryOperator; operand: Expression; place: Place }
  | Binary
  | Conditional
  | For
  | { kind: 'invalid'; place: Place }

export interface ObjectItem {
  /** A bare word is a literal here, as the language has it. */
  key: Expression
  value: Expression
  /** From the key to the end of the value. */
  place: Place
}

export interface Splat {
  kind: 'splat'
  of: Expression
  /** What is taken of each item, as an expression over the variable `*`. */
  each: Expression
  place: Place
}

export interface Call {
  kind: 'call'
  name: string
  args: readonly Expression[]
  /** Whether the last argument is followed by `...`. */
  expand: boolean
  place: Place
}

export interface Binary {
  kind: 'binary'
  operator: BinaryOperator
  left: Expression
  right: Expression
  place: Place
}

export interface Conditional {
  kind: 'conditional'
  condition: Expression
  whenTrue: Expression
  whenFalse: Expression
  place: Place
}

export interface For {
  kind: 'for'
  keyName: string | null
  valueName: string
  collection: Expression
  /** Null where the result is a list. */
  key: Expression | null
  value: Expression
  condition: Expression | null
  /** Values of equal keys are gathered in lists. */
  group: boolean
  place: Place
}

export type UnaryOperator = '-' | '!'

export const binaryOperators = [
  ...(['||', '&&', '==', '!=', '<', '>', '<=', '>=', '+', '-', '*', '/', '%'] as const),
]
export type BinaryOperator = (typeof binaryOperators)[number]

export type TemplatePart =
  | { kind: 'text'; text: string }
  | { kind: 'value'; value: Expression }
  | { kind: 'if'; condition: Expression; whenTrue: TemplateParts; whenFalse: TemplateParts }
  | ForPart

export type TemplateParts = readonly TemplatePart[]

export interface ForPart {
  kind: 'for'
  keyName: string | null
  valueName: string
  collection: Expression
  parts: TemplateParts
}
