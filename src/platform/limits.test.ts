import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../test/fixtures/database.ts'
import { bounds, createLimits } from './limits.ts'

describe('windows', () => {
  it('are calendar windows in UTC', () => {
    const now = Date.UTC(2026, 0, 31, 23, 59, 30)
    expect(bounds('minute', now).endsAt).toBe(Date.UTC(2026, 1, 1))
    expect(bounds('hour', now).startsAt).toBe(Date.UTC(2026, 0, 31, 23))
    expect(bounds('day', now).startsAt).toBe(Date.UTC(2026, 0, 31))
    expect(bounds('month', now)).toEqual({
      startsAt: Date.UTC(2026, 0),
      endsAt: Date.UTC(2026, 1),
    })
  })
})

describe.skipIf(!hasDatabase)('limits', () => {
  const database = useTestDatabase()
  let now = Date.UTC(2026, 10, 21, 12)

  const node = () => createLimits({ db: database.db, now: () => now })

  it('grant exactly the limit, also to requests that come at once', async () => {
    const limits = node()
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => limits.take('at-once', { minute: 100 })),
    )
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(100)
    limits.close()
  })

  it('spend several at once, or none', async () => {
    const limits = node()
    const take = (count: number) => limits.take('several', { minute: 100 }, count)
    const seen = [await take(70), await take(40), await take(30), await take(1)]
    expect(seen.map(({ allowed, remaining }) => ({ allowed, remaining }))).toEqual([
      { allowed: true, remaining: 30 },
      { allowed: false, remaining: 30 },
      { allowed: true, remaining: 0 },
      { allowed: false, remaining: 0 },
    ])
    limits.close()
  })

  it('count down in the headers of the window with the least left', async () => {
    const limits = node()
    const rates = { minute: 3, hour: 2 }
    const seen = []
    for (let request = 0; request < 3; request++) seen.push(await limits.take('two', rates))
    expect(seen.map(({ allowed, limit, remaining }) => ({ allowed, limit, remaining }))).toEqual([
      { allowed: true, limit: 2, remaining: 1 },
      { allowed: true, limit: 2, remaining: 0 },
      { allowed: false, limit: 2, remaining: 0 },
    ])
    expect(seen[0]?.resetAt).toBe(Math.floor(now / 1000) + 3_600)
    limits.close()
  })

  it('are shared by nodes: together they never grant more than the limit', async () => {
    const nodes = [node(), node(), node()]
    let allowed = 0
    for (let request = 0; request < 200; request++) {
      const answer = await nodes[request % 3]?.take('shared', { minute: 100 })
      if (answer?.allowed) allowed += 1
    }
    expect(allowed).toBe(100)
    for (const one of nodes) one.close()
  })

  it('begin anew in the next window', async () => {
    const limits = node()
    await limits.take('next', { minute: 1 })
    expect((await limits.take('next', { minute: 1 })).allowed).toBe(false)
    now += 60_000
    expect((await limits.take('next', { minute: 1 })).allowed).toBe(true)
    limits.close()
  })
})
