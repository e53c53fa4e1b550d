// Several evaluations in one request: what each leaves out comes from beside the list, and the
// semantic says where to stop. One that cannot be evaluated is a denial, not a failed request.
import { setImmediate } from 'node:timers/promises'
import { Problem } from '../../platform/errors.ts'
import { validate } from '../../platform/http/validation.ts'
import {
  type Decision,
  type Decisions,
  Evaluation,
  type Evaluations,
  type Semantic,
} from './schema.ts'

/** After so many the event loop lives for a moment. */
const sliceLength = 50

const isLast: Record<Semantic, (decision: Decision) => boolean> = {
  execute_all: () => false,
  deny_on_first_deny: ({ decision }) => !decision,
  permit_on_first_permit: ({ decision }) => decision,
}

export interface Evaluate {
  /** Called first, with how many there are. */
  charge(count: number): Promise<void>
  /** Called once with all that are valid, before any is evaluated. */
  prepare(all: readonly Evaluation[]): Promise<void>
  one(evaluation: Evaluation): Promise<Decision>
}

/** Throws `invalid_request` where there is no list and what stands beside is not complete. */
export async function evaluateAll(
  { evaluations, options, ...defaults }: Evaluations,
  evaluate: Evaluate,
): Promise<Decisions> {
  if (!evaluations || evaluations.length === 0) {
    return evaluate.one(validate(Evaluation, withoutNull(defaults), 'body'))
  }
  await evaluate.charge(evaluations.length)
  const items = evaluations.map((item) => read(item, defaults))
  await evaluate.prepare(items.flatMap((item) => ('problem' in item ? [] : [item])))
  const semantic = options?.evaluations_semantic ?? 'execute_all'
  const decisions: Decision[] = []
  for (const item of items) {
    const decision = await decide(item, evaluate)
    decisions.push(decision)
    if (isLast[semantic](decision)) break
    if (decisions.length % sliceLength === 0) await setImmediate()
  }
  return { evaluations: decisions }
}

interface Unfit {
  problem: Problem
}

function read(item: unknown, defaults: object): Evaluation | Unfit {
  const isObject = typeof item === 'object' && item !== null && !Array.isArray(item)
  const whole = isObject ? { ...withoutNull(defaults), ...withoutNull(item) } : item
  try {
    return validate(Evaluation, whole, 'body')
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    return { problem }
  }
}

async function decide(item: Evaluation | Unfit, evaluate: Evaluate): Promise<Decision> {
  if ('problem' in item) return failed(item.problem)
  try {
    return await evaluate.one(item)
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error
    return failed(error)
  }
}

function failed({ code, status, message }: Problem): Decision {
  return { decision: false, context: { reason: code, message, error: { status, message } } }
}

function withoutNull(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== null && part !== undefined),
  )
}
