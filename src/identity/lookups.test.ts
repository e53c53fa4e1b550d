import { describe, expect, it } from 'vitest'
import type { Database } from '../platform/db.ts'
import { createLookups } from './lookups.ts'

/** One client is known, whose secret is `right`; counts how often the database is asked. */
function node() {
  let asked = 0
  const db = {
    inSystem: async (work: (tx: never) => unknown) => work(undefined as never),
  } as unknown as Database
  const lookups = createLookups<string, { secret: string }>({
    db,
    revocations: {
      generation: () => 0,
      isFresh: () => true,
      forget: () => undefined,
      onChange: () => undefined,
      start: () => undefined,
      stop: () => undefined,
    },
    name: (id) => id,
    look: async (_tx, id) => {
      asked += 1
      return id === 'known' ? { secret: 'right' } : null
    },
  })
  const costs = async (id: string, secret: string) => {
    const before = asked
    await lookups.find(id, (found) => found?.secret === secret)
    return asked - before
  }
  return { costs }
}

describe('what a node remembers', () => {
  it('saves a look-up where it is right', async () => {
    const { costs } = node()
    expect([await costs('known', 'right'), await costs('known', 'right')]).toEqual([1, 0])
  })

  it('tells nobody who guesses what is there: each guess costs the same', async () => {
    const { costs } = node()
    await costs('known', 'right')
    const guesses = ['known', 'known', 'unknown', 'unknown', 'another']
    for (const id of guesses) expect(await costs(id, 'wrong'), id).toBe(1)
    expect(await costs('known', 'right')).toBe(0)
  })
})
