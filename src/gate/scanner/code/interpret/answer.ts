// What a function's answer tells of its arguments: `isAllowed(url)` is true only on ways on which
// `url` was found in a list, so that after a test of it `url` is harmless.
import type { Expression } from '../ir/ir.ts'
import type { Value } from './domain.ts'
import type { Answer, Given } from './given.ts'
import type { Returned } from './jumps.ts'
import type { Machine } from './machine.ts'
import { refine } from './refine.ts'
import { truth } from './value.ts'

/**
 * Of the function that is returning `value`, given by `written`. Null is as good as false, and
 * what is no truth value as good as true: many a check answers with what it has checked.
 */
export function tellingOf(
  machine: Machine,
  written: Expression | null,
  value: Value,
): Returned['tells'] {
  const run = machine.running.at(-1)
  if (run === undefined) return null
  const { assigned } = machine.frame
  const cells = run.parameters.map(({ name }) =>
    assigned.has(name) ? null : machine.frame.find(name),
  )
  const isTainted = cells.some((cell) => cell && machine.store.value(cell)?.taints.length)
  const { rules } = machine.findings
  const now = (): bigint[] =>
    cells.map((cell) => cleanedIn(cell === null ? null : machine.store.value(cell), rules.all))
  const known = truth(value)
  if (known !== null || written === null || !isTainted || !isTest(written)) {
    return now().map((bits) => ({
      whenTrue: known === false ? rules.all : bits,
      whenFalse: known === true || (known === null && written !== null) ? rules.all : bits,
    }))
  }
  const after = [true, false].map((holds) => {
    const base = machine.store
    machine.store = base.fork()
    refine(machine, written, holds)
    const bits = now()
    machine.store = base
    return bits
  })
  return now().map((bits, index) => ({
    whenTrue: after[0]?.[index] ?? bits,
    whenFalse: after[1]?.[index] ?? bits,
  }))
}

/** Nothing from outside is harmless for all; a value of which nothing is known says nothing. */
function cleanedIn(value: Value | null, all: bigint): bigint {
  if (value === null) return 0n
  return value.taints.reduce((bits, { cleaned }) => bits & cleaned, all)
}

function isTest(written: Expression): boolean {
  if (written.op === 'unary') return written.operator === '!'
  if (written.op === 'binary') return /^(?:[=!<>]=?=?|&&|\|\||in)$/.test(written.operator)
  return written.op === 'call'
}

/** What holds on all ways on which a function returns. */
export function allTold(returns: readonly Returned['tells'][]): Answer[] {
  const [first, ...others] = returns
  if (first === undefined || first === null) return []
  return first.flatMap((told, index) => {
    let { whenTrue, whenFalse } = told
    for (const other of others) {
      whenTrue &= other?.[index]?.whenTrue ?? 0n
      whenFalse &= other?.[index]?.whenFalse ?? 0n
    }
    return whenTrue === 0n && whenFalse === 0n ? [] : [{ index, whenTrue, whenFalse }]
  })
}

/** Without what the arguments were harmless for before: that says nothing of what made them. */
export function added(told: readonly Answer[], given: readonly Given[], all: bigint): Answer[] {
  return told.flatMap(({ index, whenTrue, whenFalse }) => {
    const before = cleanedIn(given[index]?.value ?? null, all)
    const answer = { index, whenTrue: whenTrue & ~before, whenFalse: whenFalse & ~before }
    return answer.whenTrue === 0n && answer.whenFalse === 0n ? [] : [answer]
  })
}
