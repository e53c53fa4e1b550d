import { describe, expect, it } from 'vitest'
import { gather } from './git/fixtures/repository.ts'
import { inOrder } from './ordered.ts'

describe('inOrder', () => {
  it('hands results on in order, with no more at once than allowed', async () => {
    const finish: (() => void)[] = []
    let running = 0
    let most = 0
    const results = gather(
      inOrder([0, 1, 2, 3, 4, 5], 3, async (item) => {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => {
          finish.push(resolve)
          // The later ones of a group finish before the earlier ones.
          if (finish.length === 3 || item === 5)
            for (const each of finish.splice(0).reverse()) each()
          else if (item > 2) setImmediate(resolve)
        })
        running--
        return item
      }),
    )
    expect(await results).toEqual([0, 1, 2, 3, 4, 5])
    expect(most).toBe(3)
  })

  it('fails with the first failure in the order', async () => {
    const results = gather(
      inOrder([1, 2, 3], 3, async (item) => {
        if (item > 1) throw new Error(`item ${item}`)
        return item
      }),
    )
    await expect(results).rejects.toThrow('item 2')
  })
})
