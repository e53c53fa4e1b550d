// Evaluates the condition of a check over a resource: true, false, or not known (null), and which
// values made it so.
import type { Resource, Value } from '../resource.ts'
import { type Instance, instancesAt } from './instances.ts'
import { coversPort } from './network.ts'
import { isWildcard } from './path.ts'
import type { Neighbours } from './related.ts'
import type { Condition, Path, PortRange, Test, Values } from './rule-data.ts'
import { passes } from './test.ts'

export interface Outcome {
  truth: boolean | null
  /** What made it true or false; empty where it is not known. */
  decided: readonly Instance[]
}

export interface Context {
  resource: Resource
  /** What paths begin at: the resource's body, or the value that `with` is about. */
  here: Instance
  neighbours: Neighbours
}

export function contextOf(resource: Resource, neighbours: Neighbours): Context {
  const here: Instance = { value: resource.body, place: resource.place, path: '' }
  return { resource, here, neighbours }
}

export function evaluate(condition: Condition, context: Context): Outcome {
  switch (condition.kind) {
    case 'all':
      return combine(condition.of, context, false)
    case 'any':
      return combine(condition.of, context, true)
    case 'none': {
      const { truth, decided } = combine(condition.of, context, true)
      return { truth: truth === null ? null : !truth, decided }
    }
    case 'values':
      return evaluateValues(condition, context)
    case 'ports':
      return evaluatePorts(condition, context)
    default:
      return evaluateNeighbours(condition, context)
  }
}

const unknown: Outcome = { truth: null, decided: [] }

/** The first that comes out as `decisive` settles it; otherwise what the last one showed. */
function combine(conditions: readonly Condition[], context: Context, decisive: boolean): Outcome {
  let last = unknown
  let isKnown = true
  for (const condition of conditions) {
    const outcome = evaluate(condition, context)
    if (outcome.truth === decisive) return outcome
    if (outcome.truth === null) isKnown = false
    last = outcome
  }
  return isKnown ? last : unknown
}

function evaluateValues({ path, quantifier, test, missing }: Values, context: Context): Outcome {
  const { resource, here } = context
  const from = path.fromRoot ? contextOf(resource, context.neighbours).here : here
  const instances = instancesAt(path, from)
  const decisive = quantifier === 'some'
  const deciding: Instance[] = []
  let other: Instance | null = null
  let isKnown = true
  for (const instance of instances) {
    const outcome = testInstance(test, instance, missing, context)
    if (outcome.truth === null) isKnown = false
    const decided = outcome.decided[0] ?? instance
    if (outcome.truth === decisive) deciding.push(decided)
    else other ??= decided
  }
  if (deciding.length > 0) return { truth: decisive, decided: deciding }
  if (!isKnown) return unknown
  return { truth: !decisive, decided: [other ?? nearest(path, from)] }
}

/** Of a path without any values: as far as there is something. */
function nearest(path: Path, from: Instance): Instance {
  const wildcard = path.steps.findIndex(isWildcard)
  const [instance] = instancesAt({ ...path, steps: path.steps.slice(0, wildcard) }, from)
  return { ...(instance ?? from), value: null }
}

function testInstance(test: Test, instance: Instance, missing: boolean, context: Context): Outcome {
  const { value } = instance
  if (value === null) return { truth: missing, decided: [instance] }
  if (test.kind !== 'with') return { truth: passes(test, value), decided: [instance] }
  if (value.kind === 'unknown') return unknown
  return evaluate(test.condition, { ...context, here: instance })
}

function evaluatePorts({ from, to, cover }: PortRange, { here }: Context): Outcome {
  const [first] = instancesAt(from, here)
  const [last] = instancesAt(to, here)
  if (first?.value == null) return { truth: false, decided: [first ?? here] }
  const start = portOf(first.value)
  const end = last?.value == null ? start : portOf(last.value)
  if (start === null || end === null) return unknown
  return { truth: coversPort(`${start}-${end}`, cover), decided: [first] }
}

function portOf(value: Value): number | null {
  if (value.kind !== 'scalar' || value.value === null || value.value === '') return null
  const number = Number(value.value)
  return Number.isInteger(number) && number >= 0 ? number : null
}

function evaluateNeighbours(
  condition: Extract<Condition, { kind: 'related' | 'exists' }>,
  { resource, neighbours }: Context,
): Outcome {
  const candidates =
    condition.kind === 'related'
      ? neighbours.relatedTo(resource, condition)
      : neighbours.besides(resource, condition.resources)
  const decided = [{ value: null, place: resource.place, path: '' }]
  let isKnown = true
  for (const { other, isSure } of candidates) {
    const truth =
      condition.with === null ? true : evaluate(condition.with, contextOf(other, neighbours)).truth
    if (truth === true && isSure) return { truth: true, decided }
    if (truth !== false) isKnown = false
  }
  return isKnown ? { truth: false, decided } : unknown
}
