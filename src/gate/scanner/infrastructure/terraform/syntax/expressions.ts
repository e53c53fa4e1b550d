// Expressions of HCL, by recursive descent.
import type { Cursor } from './cursor.ts'
import { readHeredoc, readNames, readQuoted } from './templates.ts'
import type { BinaryOperator, Expression, For, ObjectItem } from './tree.ts'

/** Throws `SyntaxFault` where none stands. */
export function readExpression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const condition = readOperation(cursor, 0)
    if (!cursor.take('?')) return condition
    const whenTrue = readExpression(cursor)
    cursor.expect(':')
    const whenFalse = readExpression(cursor)
    const place = cursor.placeFrom(condition.place.start)
    return { kind: 'conditional', condition, whenTrue, whenFalse, place }
  })
}

/** The loosest first; two signs before one, so that `<=` is not taken for `<`. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
]

function readOperation(cursor: Cursor, level: number): Expression {
  const operators = levels[level]
  if (operators === undefined) return readUnary(cursor)
  let left = readOperation(cursor, level + 1)
  for (;;) {
    const operator = takeOperator(cursor, operators)
    if (operator === undefined) return left
    const right = readOperation(cursor, level + 1)
    const place = cursor.placeFrom(left.place.start)
    left = { kind: 'binary', operator, left, right, place }
  }
}

function takeOperator(
  cursor: Cursor,
  operators: readonly BinaryOperator[],
): BinaryOperator | undefined {
  cursor.skip()
  const operator = operators.find((each) => cursor.text.startsWith(each, cursor.at))
  // `%{` begins a directive, and `=>` stands between a key and its value.
  if (operator === undefined || cursor.at + operator.length > cursor.end) return undefined
  cursor.at += operator.length
  return operator
}

function readUnary(cursor: Cursor): Expression {
  cursor.skip()
  const start = cursor.at
  const sign = cursor.text[start]
  if (sign !== '-' && sign !== '!') return readTaken(cursor)
  cursor.at++
  const operand = cursor.nested(() => readUnary(cursor))
  return { kind: 'unary', operator: sign, operand, place: cursor.placeFrom(start) }
}

/** Names and indices after a term. */
const takenMax = 100

/** A term and what is taken of it: `.name`, `[0]`, `[*]`. */
function readTaken(cursor: Cursor): Expression {
  return followed(cursor, readTerm(cursor))
}

function followed(cursor: Cursor, term: Expression): Expression {
  let taken = term
  for (let count = 0; ; count++) {
    if (count > takenMax) throw cursor.fault('it is nested too deeply')
    const { start } = term.place
    const before = cursor.at
    cursor.skip()
    if (cursor.text.startsWith('[*]', cursor.at)) {
      cursor.at += 3
      return splat(cursor, taken, start, true)
    }
    if (cursor.text.startsWith('.*', cursor.at)) {
      cursor.at += 2
      taken = splat(cursor, taken, start, false)
      continue
    }
    if (cursor.code() === bracket) {
      const key = readIndex(cursor)
      taken = { kind: 'index', of: taken, key, place: cursor.placeFrom(start) }
      continue
    }
    if (cursor.code() !== dot || cursor.text.startsWith('...', cursor.at)) {
      // A line end that was skipped may end the expression.
      cursor.at = before
      return taken
    }
    taken = readAttribute(cursor, taken, start)
  }
}

const bracket = 0x5b
const dot = 0x2e

function readIndex(cursor: Cursor): Expression {
  cursor.at++
  const key = cursor.lines(true, () => {
    const read = readExpression(cursor)
    cursor.expect(']')
    return read
  })
  return key
}

/** `.name`, or `.0` as it was written once. */
function readAttribute(cursor: Cursor, of: Expression, start: number): Expression {
  cursor.at++
  const digits = /^\d{1,9}/.exec(cursor.text.slice(cursor.at, cursor.at + 9))?.[0]
  if (digits !== undefined) {
    const from = cursor.at
    cursor.at += digits.length
    const key: Expression = {
      kind: 'literal',
      value: Number(digits),
      place: cursor.placeFrom(from),
    }
    return { kind: 'index', of, key, place: cursor.placeFrom(start) }
  }
  cursor.skip()
  const name = cursor.name()
  if (name === '') throw cursor.fault('a name is missing')
  return { kind: 'attribute', of, name, place: cursor.placeFrom(start) }
}

/** After `[*]` all that follows is taken of each item, after `.*` attributes only. */
function splat(cursor: Cursor, of: Expression, start: number, isFull: boolean): Expression {
  const item: Expression = { kind: 'variable', name: '*', place: cursor.placeFrom(start) }
  let each: Expression = item
  if (isFull) each = cursor.nested(() => followed(cursor, item))
  else
    while (/^\.[^\d.*]/.test(cursor.text.slice(cursor.at, cursor.at + 2))) {
      each = readAttribute(cursor, each, start)
    }
  return { kind: 'splat', of, each, place: cursor.placeFrom(start) }
}

function readTerm(cursor: Cursor): Expression {
  cursor.skip()
  const start = cursor.at
  switch (cursor.text[start]) {
    case '"':
      return readQuoted(cursor, readExpression)
    case '(':
      return readBracketed(cursor)
    case '[':
      return readList(cursor)
    case '{':
      return readObject(cursor)
    case '<':
      return readHeredoc(cursor, readExpression)
  }
  const number = cursor.number()
  if (number !== null) return { kind: 'literal', value: number, place: cursor.placeFrom(start) }
  const name = readFullName(cursor)
  if (name === '') throw cursor.fault('an expression is missing')
  if (cursor.text[cursor.at] === '(') return readCall(cursor, name, start)
  const place = cursor.placeFrom(start)
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', place }
  if (name === 'null') return { kind: 'literal', value: null, place }
  return { kind: 'variable', name, place }
}

/** With the provider that a function comes from: `provider::aws::arn_parse`. */
function readFullName(cursor: Cursor): string {
  const start = cursor.at
  if (cursor.name() === '') return ''
  while (cursor.text.startsWith('::', cursor.at)) {
    cursor.at += 2
    cursor.name()
  }
  return cursor.text.slice(start, cursor.at)
}

function readBracketed(cursor: Cursor): Expression {
  cursor.at++
  return cursor.lines(true, () => {
    const inner = readExpression(cursor)
    cursor.expect(')')
    return inner
  })
}

function readCall(cursor: Cursor, name: string, start: number): Expression {
  cursor.at++
  const args: Expression[] = []
  let expand = false
  cursor.lines(true, () => {
    while (!cursor.take(')')) {
      args.push(readExpression(cursor))
      if (cursor.take('...')) expand = true
      if (!cursor.take(',')) {
        cursor.expect(')')
        break
      }
    }
  })
  return { kind: 'call', name, args, expand, place: cursor.placeFrom(start) }
}

function readList(cursor: Cursor): Expression {
  const start = cursor.at++
  return cursor.lines(true, () => {
    cursor.skip()
    if (cursor.peekName() === 'for') return readFor(cursor, start, ']')
    const items: Expression[] = []
    while (!cursor.take(']')) {
      items.push(readExpression(cursor))
      if (!cursor.take(',')) {
        cursor.expect(']')
        break
      }
    }
    return { kind: 'list', items, place: cursor.placeFrom(start) }
  })
}

function readFor(cursor: Cursor, start: number, close: ']' | '}'): For {
  cursor.name()
  const [first = '', second] = readNames(cursor)
  const collection = readExpression(cursor)
  cursor.expect(':')
  const result = readExpression(cursor)
  const hasKey = close === '}'
  if (hasKey) cursor.expect('=>')
  const value = hasKey ? readExpression(cursor) : result
  const group = cursor.take('...')
  cursor.skip()
  let condition: Expression | null = null
  if (cursor.peekName() === 'if') {
    cursor.name()
    condition = readExpression(cursor)
  }
  cursor.expect(close)
  return {
    kind: 'for',
    keyName: second === undefined ? null : first,
    valueName: second ?? first,
    collection,
    key: hasKey ? result : null,
    value,
    condition,
    group,
    place: cursor.placeFrom(start),
  }
}

/** Its items end with their lines. */
function readObject(cursor: Cursor): Expression {
  const start = cursor.at++
  cursor.skip(true)
  if (cursor.peekName() === 'for') return cursor.lines(true, () => readFor(cursor, start, '}'))
  return cursor.lines(false, () => {
    const items: ObjectItem[] = []
    for (;;) {
      cursor.skip(true)
      if (cursor.take('}')) break
      items.push(readItem(cursor))
      cursor.skip()
      if (cursor.take(',') || cursor.code() === newline) continue
      cursor.expect('}')
      break
    }
    return { kind: 'object', items, place: cursor.placeFrom(start) }
  })
}

const newline = 0x0a

function readItem(cursor: Cursor): ObjectItem {
  const start = cursor.at
  const isBracketed = cursor.text[start] === '('
  const read = readExpression(cursor)
  const key: Expression =
    read.kind === 'variable' && !isBracketed
      ? { kind: 'literal', value: read.name, place: read.place }
      : read
  if (!cursor.take('=')) cursor.expect(':')
  cursor.skip(true)
  const value = readExpression(cursor)
  return { key, value, place: cursor.placeFrom(start) }
}
