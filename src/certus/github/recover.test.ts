import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import type { Github, GithubCall } from '../../platform/github.ts'
import { createLog } from '../../platform/log.ts'
import { recoverMissed } from './recover.ts'

const now = Date.parse('2026-03-10T12:00:00Z')
const log = createLog({ destination: { write: () => undefined } })

interface Told {
  id: number
  guid: string
  delivered_at: string
  status_code: number
}

const told = (id: number, guid: string, status_code: number, daysAgo = 0): Told => {
  const delivered_at = new Date(now - daysAgo * 86_400_000 - id).toISOString()
  return { id, guid, delivered_at, status_code }
}

describe.skipIf(!hasDatabase)('missed deliveries', () => {
  const database = useTestDatabase()

  async function recover(pages: unknown[][]): Promise<{ asked: string[]; read: number }> {
    const asked: string[] = []
    let read = 0
    const github = {
      async asApp({ method, path }: GithubCall) {
        if (method === 'POST') asked.push(path)
        else read += 1
        return { data: pages[read - 1] ?? [], next: pages.length > read ? `/page/${read}` : null }
      },
    } as Github
    const platform = { db: database.db, github, log, now: () => now }
    await recoverMissed(platform, new AbortController().signal)
    return { asked: asked.map((path) => path.split('/')[4] ?? ''), read }
  }

  it('are asked for again, the oldest first, unless they have come through', async () => {
    const { asked, read } = await recover([
      [told(9, 'a', 502), told(8, 'b', 200), { no: 'delivery' }],
      [told(7, 'c', 0), told(6, 'b', 500), told(5, 'a', 500)],
    ])
    expect([asked, read]).toEqual([['7', '9'], 2])
  })

  it('are asked for three times and no more', async () => {
    const pages = [[told(1, 'stubborn', 500)]]
    for (const times of [1, 1, 1, 0]) expect((await recover(pages)).asked).toHaveLength(times)
  })

  it('are left where GitHub has forgotten them, and no further page is read', async () => {
    const { asked, read } = await recover([[told(1, 'x', 500, 4)], [told(2, 'y', 500, 5)]])
    expect([asked, read]).toEqual([[], 1])
  })
})
