// What a test tells of the text that it looked at: where `is_safe_url(url)` holds, `url` is no
// danger any more. There the variable is assigned what an imaginary function makes of it, which
// `rules/models/python/guards.yaml` describes like any other.
import type { Call, Expression, Local, Statement } from '../ir/ir.ts'
import { callBuiltin, type Lowering } from './lowering.ts'

export interface Guarded {
  place: Local
  by: 'guard.word' | 'guard.host' | 'guard.folder' | 'guard.unquoted'
}

/** What is known where `test` holds (`holds`), or where it does not, beyond what models tell. */
export function guardsOf(file: Lowering, test: Expression, holds: boolean): Guarded[] {
  switch (test.op) {
    case 'unary':
      return test.operator === '!' ? guardsOf(file, test.operand, !holds) : []
    case 'call':
      return holds ? guardingCall(file, test) : []
    case 'binary':
      return guardingOperator(file, test, holds)
    default:
      return []
  }
}

/** The assignments that say so. */
export function guarding(file: Lowering, test: Expression, holds: boolean): Statement[] {
  return guardsOf(file, test, holds).map(({ place, by }): Statement => {
    const span = { at: test.at, end: test.end }
    const value = callBuiltin(by, [place], span)
    return { op: 'evaluate', value: { op: 'assign', target: place, value, ...span }, ...span }
  })
}

function guardingOperator(
  file: Lowering,
  test: Extract<Expression, { op: 'binary' }>,
  holds: boolean,
): Guarded[] {
  const { operator, left, right } = test
  if ((operator === '&&' && holds) || (operator === '||' && !holds)) {
    return [...guardsOf(file, left, holds), ...guardsOf(file, right, holds)]
  }
  if (operator === 'in') {
    return holds ? hostOf(file, left) : absence(left, right)
  }
  const isEqual = (operator === '==' && holds) || (operator === '!=' && !holds)
  if (!isEqual) return []
  return [left, right].flatMap((side) => [...hostOf(file, side), ...folderOf(file, side)])
}

/** `'..' in path` or `"'" in text` did not hold; nor did it for a part of the text. */
function absence(part: Expression, text: Expression): Guarded[] {
  if (part.op !== 'constant') return []
  const isSlice =
    text.op === 'call' && text.callee.op === 'field' && text.callee.name === '__getitem__'
  const place = isSlice && text.callee.op === 'field' ? text.callee.object : text
  if (place.op !== 'local') return []
  if (/^\.\.[/\\]?$/.test(String(part.value))) return [{ place, by: 'guard.folder' }]
  return /^['"]$/.test(String(part.value)) ? [{ place, by: 'guard.unquoted' }] : []
}

/** Of `parsed = urlparse(url)`: `parsed.hostname`. */
function hostOf(file: Lowering, value: Expression): Guarded[] {
  const whole = through(file, value)
  if (whole.op !== 'field' || !/^(?:hostname|netloc|host)$/.test(whole.name)) return []
  const parsed = through(file, whole.object)
  if (parsed.op !== 'call' || !/^(?:urlparse|urlsplit|URL|parse_url)$/.test(nameOf(parsed))) {
    return []
  }
  const [url] = parsed.arguments
  return url?.value.op === 'local' ? [{ place: url.value, by: 'guard.host' }] : []
}

/** `os.path.commonpath([folder, path]) == folder`. */
function folderOf(file: Lowering, value: Expression): Guarded[] {
  if (value.op !== 'call' || !/^common(?:path|prefix)$/.test(nameOf(value))) return []
  const [list] = value.arguments
  if (list?.value.op !== 'list') return []
  return list.value.elements.flatMap(({ value: one }) => {
    return one.op === 'local' && isResolved(file, one)
      ? [{ place: one, by: 'guard.folder' as const }]
      : []
  })
}

function guardingCall(file: Lowering, call: Call): Guarded[] {
  const name = nameOf(call)
  const [first, second] = call.arguments.map(({ value }) => value)
  const { callee } = call
  const place = callee.op === 'field' && name === 'startswith' ? textOf(callee.object) : null
  if (place !== null && isResolved(file, place)) return [{ place, by: 'guard.folder' }]
  if (/^(?:match|fullmatch)$/.test(name) && second?.op === 'local' && isWordPattern(name, first)) {
    return [{ place: second, by: 'guard.word' }]
  }
  if (first?.op !== 'local') return []
  if (safeUrl.test(name)) return [{ place: first, by: 'guard.host' }]
  if (safePath.test(name)) return [{ place: first, by: 'guard.folder' }]
  const isNumber =
    name === 'isinstance' && second?.op === 'symbol' && /^(?:int|float)$/.test(second.name)
  return isNumber ? [{ place: first, by: 'guard.word' }] : []
}

/** The variable itself, or in `str(path)`. */
function textOf(value: Expression): Local | null {
  if (value.op === 'local') return value
  const [first] = value.op === 'call' && nameOf(value) === 'str' ? value.arguments : []
  return first?.value.op === 'local' ? first.value : null
}

const safeUrl =
  /^(?:is_(?:safe|valid|local|allowed)_(?:url|redirect|host|domain|next)|safe_for_redirect)/
const safePath =
  /^is_(?:safe|valid|allowed|within|inside)_(?:path|file|dir|folder)|^is_safe_join|^path_is_safe/

function nameOf({ callee }: Call): string {
  if (callee.op === 'field') return callee.name
  if (callee.op === 'symbol') return callee.name.slice(callee.name.lastIndexOf('.') + 1)
  return callee.op === 'local' ? callee.name.replace(/#.*/, '') : ''
}

/** A variable that is assigned once is what it is assigned. */
function through(file: Lowering, value: Expression): Expression {
  return value.op === 'local' ? (file.once.get(value.name) ?? value) : value
}

/** `..` and links are gone from the path. */
function isResolved(file: Lowering, place: Local): boolean {
  const value = through(file, place)
  return (
    value.op === 'call' && /^(?:realpath|abspath|normpath|resolve|absolute)$/.test(nameOf(value))
  )
}

/** The whole text is letters, digits, `_` and `-`. */
function isWordPattern(name: string, pattern: Expression | undefined): boolean {
  if (pattern?.op !== 'constant' || typeof pattern.value !== 'string') return false
  const { value } = pattern
  if (name === 'match' && !/(?:\$|\\Z)$/.test(value)) return false
  const inner = value.replace(/^\^|^\\A/, '').replace(/\$$|\\Z$/, '')
  return /^(?:\[(?:\\[wd]|[\w-])+\]|\\[wd]|[\w-]|[+*?]|\{\d+,?\d*\}|\(\?:|[()|])+$/.test(inner)
}
