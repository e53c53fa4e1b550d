// Long work in slices, between which others have their turn.
import { setImmediate } from 'node:timers/promises'

/** Of work between two pauses, in milliseconds: nobody notices that they waited so long. */
const sliceMs = 5

/** Takes all the steps, and answers what they come to. */
export async function inSlices<Result>(steps: Generator<undefined, Result>): Promise<Result> {
  let slicedAt = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - slicedAt < sliceMs) continue
    await setImmediate()
    slicedAt = performance.now()
  }
}
