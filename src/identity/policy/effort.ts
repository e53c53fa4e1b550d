// How much work explanations may be: a policy is compiled again, part by part, to find the one that
// failed, and whoever may write policies writes long ones.
import type { Evaluation } from './evaluation.ts'

/** Parts of policies in JSON that the explanation of one request looks into; a few milliseconds. */
export const explainedMax = 20_000

/** The same for the words that go with a decision that nobody asked to explain. */
const toldMax = 2_000

/** One budget for all that is said of a request. */
const left = new WeakMap<object, { evaluation: Evaluation; parts: number }>()

/** What the request sees, read once; null where too much was said of it already. */
export function affordable(
  request: object,
  conditions: readonly unknown[],
  begin: () => Evaluation,
): Evaluation | null {
  let known = left.get(request)
  if (known === undefined) {
    known = { evaluation: begin(), parts: toldMax }
    left.set(request, known)
  }
  const size = sizeOf(conditions, known.parts)
  if (size > known.parts) return null
  known.parts -= size
  return known.evaluation
}

/** Its objects and lists; not counted much further than `most`. */
export function sizeOf(json: readonly unknown[], most: number): number {
  const waiting: unknown[] = [json]
  let size = 0
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (typeof each !== 'object' || each === null) continue
    size += 1
    if (size > most) break
    waiting.push(...Object.values(each).filter((inner) => typeof inner === 'object'))
  }
  return size
}
