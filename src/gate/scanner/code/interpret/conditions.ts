// Whether what models ask of a call holds.

import { rulePattern } from '../../rule-pattern.ts'
import type { Condition, ConditionTest, Scalar } from '../model/data.ts'
import type { Value } from './domain.ts'
import type { Machine } from './machine.ts'
import { ownersOf } from './owners.ts'
import { type Found, valuesAt } from './positions.ts'
import type { Site } from './site.ts'
import { only, unknown } from './value.ts'

/** All of `when` hold, and none of `unless`. */
export function applies(
  machine: Machine,
  site: Site,
  { when, unless }: { when: readonly Condition[]; unless: readonly Condition[] },
): boolean {
  return (
    when.every((condition) => holds(machine, site, condition)) &&
    !unless.some((condition) => holds(machine, site, condition))
  )
}

function holds(machine: Machine, site: Site, { positions, test }: Condition): boolean {
  const found = positions.flatMap((position) => valuesAt(machine, site, position))
  if (test.kind === 'missing') return found.length === 0
  if (test.kind === 'given') return found.length > 0
  return found.some((one) => fulfils(machine, one, test))
}

function fulfils(machine: Machine, { value, node }: Found, test: ConditionTest): boolean {
  const constants = comparable(value)
  switch (test.kind) {
    case 'is':
      return constants?.some((one) => test.values.some((wanted) => equal(one, wanted))) ?? false
    case 'isNot':
      return constants?.some((one) => !test.values.some((allowed) => equal(one, allowed))) ?? false
    case 'matches':
      return constants?.some((one) => one !== null && search(test.pattern, String(one))) ?? false
    case 'startsWith':
      return startsWith(value, test.pattern)
    case 'below':
      return constants?.some((one) => typeof one === 'number' && one < test.number) ?? false
    case 'constant':
      return isConstant(machine, value)
    case 'unknown':
      return value.constants === null && node?.op !== 'constant'
    case 'tainted':
      return machine.deepTaints(value).length > 0
    case 'type':
      return ownersOf(machine, value).some((owner) =>
        test.types.some((type) =>
          machine.catalogue.isSubtype(owner, type, machine.declared.supertypes),
        ),
      )
    case 'answers':
      return value.functions.some((closure) => {
        const { parameters } = closure.function
        const given = parameters.map(() => ({ value: unknown, name: null, node: null }))
        const answer = machine.invoke(closure, given)
        machine.dead = false
        return answer !== null && only(answer) === test.value
      })
    default:
      return false
  }
}

/** Also an array that holds nothing but constants. */
function isConstant(machine: Machine, { constants, objects }: Value): boolean {
  if (constants?.some((one) => one !== null && one !== '')) return true
  return objects.some((object) => {
    const { kind, open, elements, rest } = machine.store.contents(object)
    const held = [...(elements ?? []), ...(rest === null ? [] : [rest])]
    return kind === 'list' && !open && held.length > 0 && held.every((one) => one.constants)
  })
}

/** Constants, and the full names of what libraries call so. */
function comparable({ constants, symbols }: Value): readonly Scalar[] | null {
  if (symbols.length === 0) return constants
  return constants === null ? symbols : [...constants, ...symbols]
}

/** Whatever of it is known begins so. */
export function startsWith(value: Value, pattern: string): boolean {
  return startsOf(value).some((start) => search(pattern, start))
}

function startsOf({ constants, prefix }: Value): string[] {
  if (constants !== null) return constants.map((one) => String(one))
  return prefix === null ? [] : [prefix]
}

function equal(a: Scalar, b: Scalar): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase()
  return a === b
}

const patterns = new Map<string, RegExp>()

/** Patterns of models have bounded repetitions, and texts are cut. */
function search(pattern: string, text: string): boolean {
  const known = patterns.get(pattern) ?? rulePattern(pattern)
  patterns.set(pattern, known)
  return known.test(text.slice(0, 4000))
}
