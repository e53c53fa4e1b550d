// Long work leaves others their turns, and comes to the same.
import { describe, expect, it } from 'vitest'
import { inSlices } from './slices.ts'

/** As long as a few slices. */
function* busy(): Generator<undefined, string> {
  for (let step = 0; step < 20; step++) {
    const until = performance.now() + 1
    while (performance.now() < until);
    yield
  }
  return 'done'
}

describe('work in slices', () => {
  it('lets others have their turns in between', async () => {
    let turns = 0
    let next = setImmediate(function turn() {
      turns += 1
      next = setImmediate(turn)
    })
    expect(await inSlices(busy())).toBe('done')
    clearImmediate(next)
    expect(turns).toBeGreaterThanOrEqual(2)
  })

  it('fails as the work fails', async () => {
    function* failing(): Generator<undefined, void> {
      yield
      throw new Error('no policy')
    }
    await expect(inSlices(failing())).rejects.toThrow('no policy')
  })
})
