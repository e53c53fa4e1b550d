// Strangers that ask for answers without end: the database does not hear of them.
import { describe, expect, it } from 'vitest'
import type { Platform } from '../../../../platform/platform.ts'
import { answerTo } from './routes.ts'

const token = 'x'.repeat(43)

function platform(allowed: boolean, asked: string[]): Platform {
  return {
    now: Date.now,
    plans: { named: () => ({ minute: 1 }) },
    limits: {
      take: async (subject: string) => {
        asked.push(subject)
        return { allowed, limit: 1, remaining: 0, resetAt: 0 }
      },
    },
    db: { inSystem: async () => 'text' },
  } as unknown as Platform
}

describe('answers to authorities', () => {
  it('are told within bounds, by network', async () => {
    const asked: string[] = []
    expect(await answerTo(platform(true, asked), token, '192.0.2.1')).toBe('text')
    const beyond = answerTo(platform(false, asked), token, '192.0.2.1')
    await expect(beyond).rejects.toMatchObject({ status: 429 })
    expect(asked).toEqual(['acme.answers 192.0.2.1', 'acme.answers 192.0.2.1'])
  })

  it('are not looked for where it is no token', async () => {
    const asked: string[] = []
    for (const wrong of ['', 'short', `${token}/..`, 'x'.repeat(500)]) {
      expect(await answerTo(platform(true, asked), wrong, '192.0.2.1')).toBeNull()
    }
    expect(asked).toEqual([])
  })
})
