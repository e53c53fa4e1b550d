import { describe, expect, it } from 'vitest'
import { createWaiting } from './waiting.ts'

describe('agents that wait', () => {
  const start = (max: { all: number; organization: number }) =>
    createWaiting({ listen: async () => undefined }, new AbortController().signal, max)
  const agent = (organizationId: string, id: string) => ({ organizationId, id })

  it('leave room for those of other organizations', async () => {
    const waiting = start({ all: 3, organization: 2 })
    await waiting.enter(agent('a', '1'))
    const second = await waiting.enter(agent('a', '2'))
    await expect(waiting.enter(agent('a', '3'))).rejects.toThrow('Too many agents wait here')
    await waiting.enter(agent('b', '1'))
    await expect(waiting.enter(agent('c', '1'))).rejects.toThrow('Too many agents wait here')
    second.leave()
    second.leave()
    await waiting.enter(agent('a', '3'))
    await expect(waiting.enter(agent('a', '4'))).rejects.toThrow('Too many agents wait here')
  })

  it('end the wait before where they come again, and count once', async () => {
    const waiting = start({ all: 1, organization: 1 })
    const first = await waiting.enter(agent('a', '1'))
    const again = await waiting.enter(agent('a', '1'))
    expect(await first.next(60_000)).toBe(false)
    first.leave()
    await expect(waiting.enter(agent('a', '2'))).rejects.toThrow('Too many agents wait here')
    again.leave()
    await waiting.enter(agent('a', '2'))
  })
})
