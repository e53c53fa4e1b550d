// What a test tells of the variables in it: `if (mode.equals("asc"))` leaves one value for `mode`,
// a name that was found in a list of constants is one of these, and a path that begins as it
// should lies where it should.
import type { Call, Expression } from '../ir/ir.ts'
import type { CheckModel, Position } from '../model/data.ts'
import type { Value } from './domain.ts'
import type { Answer } from './given.ts'
import type { Machine } from './machine.ts'
import { strictness } from './pattern.ts'
import { cleanFor, type Source, type Taints } from './taint.ts'
import { constant, only, withTaints } from './value.ts'

/** Changes the store: call it on a fork. `holds` says which way was taken. */
export function refine(machine: Machine, test: Expression, holds: boolean): void {
  if (test.op === 'unary' && test.operator === '!') refine(machine, test.operand, !holds)
  else if (test.op === 'binary') refineBinary(machine, test, holds)
  else if (test.op === 'call') refineCall(machine, test, holds)
  else if (test.op === 'cast') refine(machine, test.value, holds)
  else if (test.op === 'sequence') {
    const last = test.values.at(-1)
    if (last !== undefined) refine(machine, last, holds)
  }
}

function refineBinary(
  machine: Machine,
  test: Extract<Expression, { op: 'binary' }>,
  holds: boolean,
): void {
  const { operator, left, right } = test
  const isEquality = operator.startsWith('==') || operator.startsWith('!=')
  if (isEquality) refineAnswer(machine, test, holds === operator.startsWith('=='))
  if (operator === '&&' && holds) {
    refine(machine, left, true)
    refine(machine, right, true)
  } else if (operator === '||' && !holds) {
    refine(machine, left, false)
    refine(machine, right, false)
  } else if ((operator === '==' || operator === '===') && holds) {
    refineEqual(machine, left, right)
  } else if ((operator === '!=' || operator === '!==') && !holds) {
    refineEqual(machine, left, right)
  } else if (operator === 'in' && holds) refineMember(machine, left, right)
}

/** `check(x) == null`, `isFine(x) == false`. */
function refineAnswer(
  machine: Machine,
  { left, right }: Extract<Expression, { op: 'binary' }>,
  equal: boolean,
): void {
  for (const [call, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (call.op !== 'call' || other.op !== 'constant') continue
    if (other.value === null || other.value === false) refineCall(machine, call, !equal)
    else if (other.value === true) refineCall(machine, call, equal)
  }
}

/** Also called for `switch`: the subject equals the constant of the case. */
export function refineEqual(machine: Machine, left: Expression, right: Expression): void {
  for (const [place, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isQuiet(other)) continue
    const value = only(machine.evaluate(other))
    if (value === undefined) continue
    if (typeof value === 'string') settle(machine, place)
    if (place.op === 'local') setLocal(machine, place.name, () => constant(value))
  }
}

/** `x in LIST`, `LIST.contains(x)`: harmless where all that the list holds is constant. */
function refineMember(machine: Machine, member: Expression, list: Expression): void {
  if (isFixedList(machine, list)) settle(machine, member)
}

function isFixedList(machine: Machine, list: Expression): boolean {
  if (!isQuiet(list)) return false
  const found = machine.evaluate(list)
  if (found.objects.length === 0 || isForeign(machine.deepTaints(found))) return false
  return found.objects.every((object) => !machine.store.contents(object).open)
}

/** `LIST.includes(a.b()) ? a.b() : …`: the very expression that was found in the list. */
export function isMemberTested(machine: Machine, test: Expression, part: Expression): boolean {
  if (test.op !== 'call' || test.callee.op !== 'field') return false
  const [argument] = test.arguments
  const models = machine.modelled.get(test) ?? []
  if (argument === undefined || models.every(({ does }) => does !== 'list.contains')) return false
  const { text } = machine.frame.module.source
  const written = ({ at, end }: Expression): string => text.slice(at, end)
  return written(argument.value) === written(part) && isFixedList(machine, test.callee.object)
}

/**
 * Settings of the process are its own, and so is what its other functions hand over; what others
 * send is no measure for what they send.
 */
function isForeign(taints: Taints): boolean {
  return taints.some(({ source: { kind } }) => kind !== 'environment' && kind !== 'library')
}

/** One of what the program itself has written down: it, and the address that it is the host of. */
function settle(machine: Machine, tested: Expression): void {
  cleanRoots(machine, tested, rulesSettledBy(machine, tested))
  if (tested.op !== 'local' || !hostName.test(tested.name)) return
  cleanSources(machine, tested, machine.findings.bitsOf(['ssrf', 'open-redirect']))
}

/** All variables at hand that come from where what was tested comes from. */
function cleanSources(machine: Machine, tested: Expression, rules: bigint): void {
  const { store, frame } = machine
  const sources = new Set<Source>()
  for (const name of rootsOf(tested, 0)) {
    const cell = frame.find(name)
    const value = cell === null ? null : store.value(cell)
    if (value === null) continue
    for (const { source } of machine.deepTaints(value)) sources.add(source)
  }
  if (sources.size === 0) return
  for (const cell of frame.cells()) {
    const value = store.value(cell)
    if (value === null || !value.taints.some(({ source }) => sources.has(source))) continue
    const taints = value.taints.map((taint) =>
      sources.has(taint.source) ? { ...taint, cleaned: taint.cleaned | rules } : taint,
    )
    store.setValue(cell, withTaints(value, taints))
  }
}

/** Of a variable that is known whole, all; of an address whose host is known, where it leads. */
function rulesSettledBy(machine: Machine, tested: Expression): bigint {
  const { findings } = machine
  for (let part: Expression = tested; ; ) {
    if (part.op === 'local') return findings.allRules
    if (part.op === 'cast') part = part.value
    else if (part.op === 'index') part = part.object
    else if (part.op === 'field') {
      if (hostName.test(part.name)) return findings.bitsOf(['ssrf', 'open-redirect'])
      part = part.object
    } else if (part.op === 'call' && part.callee.op === 'field') {
      const { name } = part.callee
      if (hostName.test(name)) return findings.bitsOf(['ssrf', 'open-redirect'])
      if (!wholeText.test(name)) return 0n
      part = part.callee.object
    } else return 0n
  }
}

const hostName = /host|netloc|domain|origin|authority/i
/** What leaves a text what it was but for capitals and blanks. */
const wholeText = /^(?:to)?(?:lower|upper|trim|strip|casefold|toString|text|String)/i

/** Evaluated once more without anything happening. */
function isQuiet(expression: Expression): boolean {
  if (expression.op === 'field') return isQuiet(expression.object)
  if (expression.op === 'call') {
    const { callee, arguments: given } = expression
    const isFactory = callee.op === 'field' && callee.object.op === 'symbol'
    return isFactory && given.every(({ value }) => value.op === 'constant')
  }
  return (
    expression.op === 'constant' ||
    expression.op === 'local' ||
    expression.op === 'symbol' ||
    expression.op === 'self' ||
    expression.op === 'list' ||
    expression.op === 'map'
  )
}

function setLocal(machine: Machine, name: string, change: (value: Value) => Value): void {
  const cell = machine.frame.find(name)
  const value = cell === null ? null : machine.store.value(cell)
  if (cell !== null && value !== null) machine.store.setValue(cell, change(value))
}

/** The variables from which what was tested is made. */
function cleanRoots(machine: Machine, tested: Expression, rules: bigint): void {
  if (rules === 0n) return
  for (const name of rootsOf(tested, 0)) {
    setLocal(machine, name, (value) => withTaints(value, cleanFor(value.taints, rules)))
  }
}

function rootsOf(expression: Expression, depth: number): string[] {
  if (depth > 8) return []
  if (expression.op === 'local') return [expression.name]
  if (expression.op === 'field' || expression.op === 'index') {
    return rootsOf(expression.object, depth + 1)
  }
  if (expression.op === 'cast') return rootsOf(expression.value, depth + 1)
  if (expression.op !== 'call') return []
  const { callee, arguments: given } = expression
  const ofReceiver = callee.op === 'field' ? rootsOf(callee.object, depth + 1) : []
  const [first] = given
  return ofReceiver.length > 0 || first === undefined ? ofReceiver : rootsOf(first.value, depth + 1)
}

function refineCall(machine: Machine, test: Call, holds: boolean): void {
  const models = machine.modelled.get(test) ?? []
  for (const { index, whenTrue, whenFalse } of machine.answers.get(test) ?? []) {
    const tested = test.arguments[index]?.value
    if (tested !== undefined) cleanRoots(machine, tested, holds ? whenTrue : whenFalse)
  }
  for (const check of models.flatMap((model) => model.checks)) {
    if (check.answers === holds) applyCheck(machine, test, check)
  }
  const [argument] = test.arguments
  const { callee } = test
  if (!holds || callee.op !== 'field') return
  const does = models.find((model) => model.does !== null)?.does
  if (does === 'matcher.matches') refineMatcher(machine, callee.object, true)
  else if (does === 'matcher.find') refineMatcher(machine, callee.object, false)
  if (argument === undefined) return
  if (does === 'text.equals') refineEqual(machine, callee.object, argument.value)
  else if (does === 'list.contains' || does === 'map.contains') {
    refineMember(machine, argument.value, callee.object)
  } else if (does === 'text.starts-with') refineStart(machine, callee.object, argument.value)
  else if (does === 'text.matches') refinePattern(machine, callee.object, argument.value, true)
}

/** Keeps what a call tells for the test that it is part of; what always holds, holds at once. */
export function hear(machine: Machine, call: Call, told: readonly Answer[]): void {
  machine.answers.set(call, told)
  for (const { index, whenTrue, whenFalse } of told) {
    const tested = call.arguments[index]?.value
    if (tested !== undefined) cleanRoots(machine, tested, whenTrue & whenFalse)
  }
}

function applyCheck(machine: Machine, test: Call, { positions, cleans }: CheckModel): void {
  const rules = machine.findings.bitsOf(cleans)
  for (const position of positions) {
    for (const tested of expressionsAt(test, position)) cleanRoots(machine, tested, rules)
  }
}

function expressionsAt({ callee, arguments: given }: Call, position: Position): Expression[] {
  const { root, index, name } = position
  if (root === 'receiver') return callee.op === 'field' ? [callee.object] : []
  if (root === 'all') return given.map(({ value }) => value)
  if (name !== null) return given.filter((one) => one.name === name).map(({ value }) => value)
  const one = given.filter((each) => each.name === null)[index ?? 0]
  return one === undefined ? [] : [one.value]
}

/** A path tells by its beginning where it lies, once nothing in it leads up again. */
function refineStart(machine: Machine, tested: Expression, start: Expression): void {
  if (!isQuietSum(start)) return
  const value = machine.evaluate(start)
  if (isForeign(machine.deepTaints(value))) return
  const { findings } = machine
  const written = only(value) ?? value.prefix
  const isSite = typeof written === 'string' && /^https?:\/\/[^/?#]+[/?#]/.test(written)
  if (isSite) cleanRoots(machine, tested, findings.bitsOf(['ssrf', 'open-redirect']))
  if (isNormalised(machine, tested)) {
    cleanSources(machine, tested, findings.bitsOf(['path-traversal']))
  } else if (!isSite) machine.isTestWeak = true
}

function isNormalised(machine: Machine, tested: Expression): boolean {
  if (isNormalising(machine, tested)) return true
  const { normalised } = machine.findings.rules
  return rootsOf(tested, 0).every((name) => {
    const cell = machine.frame.find(name)
    const value = cell === null ? null : machine.store.value(cell)
    return value?.taints.every(({ cleaned }) => (cleaned & normalised) !== 0n) ?? false
  })
}

/** `file.getCanonicalPath().startsWith(…)`: the test itself takes the way up out. */
function isNormalising(machine: Machine, tested: Expression): boolean {
  if (tested.op !== 'call') return false
  const models = machine.modelled.get(tested) ?? []
  if (models.some(({ cleans }) => cleans.includes('normalised'))) return true
  return tested.callee.op === 'field' && isNormalising(machine, tested.callee.object)
}

function isQuietSum(expression: Expression): boolean {
  if (expression.op === 'binary') return isQuietSum(expression.left) && isQuietSum(expression.right)
  if (expression.op === 'call') {
    const { callee, arguments: given } = expression
    const of = callee.op === 'field' ? callee.object : callee
    // A function of a library, as `path.resolve(folder)`, or a method without arguments.
    const isPlain = of.op === 'symbol' ? isQuietAll(given) : given.length === 0
    return isPlain && isQuietSum(of)
  }
  return isQuiet(expression)
}

const isQuietAll = (given: Call['arguments']): boolean =>
  given.every(({ value }) => isQuietSum(value))

function refinePattern(
  machine: Machine,
  tested: Expression,
  pattern: Expression,
  whole: boolean,
): void {
  if (!isQuiet(pattern)) return
  const written = patternIn(machine, machine.evaluate(pattern))
  const { allRules } = machine.findings
  const found = written === null ? null : strictness(written, whole)
  if (written !== null && found === null) machine.isTestWeak = true
  if (found === 'all') cleanRoots(machine, tested, allRules)
  else if (found === 'site') {
    cleanRoots(machine, tested, machine.findings.bitsOf(['ssrf', 'open-redirect']))
  } else if (found === 'paths') {
    const open = machine.findings.bitsOf(['path-traversal', 'ssrf', 'open-redirect'])
    cleanRoots(machine, tested, allRules & ~open)
  }
}

/** As a text, or compiled. */
function patternIn(machine: Machine, value: Value): string | null {
  const [object] = value.objects
  const held = object === undefined ? value : machine.store.contents(object).fields.get('#pattern')
  const written = held === undefined ? undefined : only(held)
  return typeof written === 'string' ? written : null
}

/** `pattern.matcher(text).matches()`, also where the matcher has a name of its own. */
function refineMatcher(machine: Machine, matcher: Expression, whole: boolean): void {
  if (matcher.op === 'local') {
    const [object] = machine.evaluate(matcher).objects
    const tested = object && machine.matched.get(object)
    if (tested !== undefined) refinePattern(machine, tested, matcher, whole)
    return
  }
  if (matcher.op !== 'call' || matcher.callee.op !== 'field') return
  const [tested] = matcher.arguments
  if (tested !== undefined) refinePattern(machine, tested.value, matcher.callee.object, whole)
}
