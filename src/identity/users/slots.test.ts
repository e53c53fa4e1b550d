import { expect, it } from 'vitest'
import { slots } from './slots.ts'

it('does so many at once, lets so many wait, and refuses the rest', async () => {
  const inTurn = slots({ atOnce: 2, waitingMax: 3 })
  const ends: (() => void)[] = []
  let most = 0
  let running = 0
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => ends.push(resolve))
    running -= 1
  }
  const started = [1, 2, 3, 4, 5].map(() => inTurn(work))
  await expect(inTurn(work)).rejects.toMatchObject({ status: 503 })
  for (let done = 0; done < 5; done++) {
    while (ends.length === 0) await Promise.resolve()
    ends.shift()?.()
    await Promise.race(started.slice(done))
  }
  await Promise.all(started)
  expect([most, running]).toEqual([2, 0])
  await expect(inTurn(async () => 'free again')).resolves.toBe('free again')
})

it('gives its place back where the work fails', async () => {
  const inTurn = slots({ atOnce: 1, waitingMax: 0 })
  for (let times = 0; times < 3; times++) {
    await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  }
})
