import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { common } from '../errors.ts'
import { createPlanLimits } from '../rates.ts'
import { createAccess } from './access.ts'

/** One key is good; `asked` holds what was looked up. */
function door() {
  const asked: string[] = []
  let now = 0
  const access = createAccess({
    authenticate: async ({ token }) => {
      asked.push(token ?? '')
      if (token?.startsWith('good') !== true) throw common.problem('unauthorized')
      return {
        organizationId: 'o',
        workspaceId: 'w',
        plan: 'free',
        actor: { kind: 'key', id: token, name: token },
        surface: 'gate',
        scopes: [],
        expiresAt: null,
        firstOrganization: false,
      }
    },
    limits: {
      take: async () => ({ allowed: true, limit: 1, remaining: 1, resetAt: 1 }),
      close: () => undefined,
    },
    plans: createPlanLimits({}),
    isOwnOrigin: () => false,
    now: () => now,
  })
  const reply = { headers: () => undefined } as unknown as FastifyReply
  const ask = async (token: string, ip = '192.0.2.1'): Promise<number> => {
    const request = { ip, headers: { authorization: `Bearer ${token}` } } as FastifyRequest
    try {
      await access.admit('gate', request, reply)
      return 200
    } catch (error) {
      return (error as { status: number }).status
    }
  }
  const guess = async (times: number, from?: (time: number) => string) => {
    const statuses: number[] = []
    for (let time = 0; time < times; time++) statuses.push(await ask(`bad${time}`, from?.(time)))
    return statuses
  }
  return { asked, ask, guess, wait: (ms: number) => (now += ms) }
}

describe('failed authentications', () => {
  it('are answered 401, then 429, then not even looked up', async () => {
    const { asked, guess } = door()
    const statuses = await guess(200)
    expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 401))
    expect(statuses.slice(60)).toEqual(Array.from({ length: 140 }, () => 429))
    expect(asked.length).toBe(120)
  })

  it('shut out neither what was good here before nor another network', async () => {
    const { ask, guess } = door()
    expect(await ask('good1')).toBe(200)
    await guess(200)
    expect(await ask('good1')).toBe(200)
    expect(await ask('good2')).toBe(429)
    expect(await ask('good2', '192.0.2.2')).toBe(200)
  })

  it('are forgotten with the minute', async () => {
    const { ask, guess, wait } = door()
    await guess(200)
    wait(60_000)
    expect([await ask('bad'), await ask('good2')]).toEqual([401, 200])
  })

  it('count for a whole /64 of version 6', async () => {
    const { asked, guess } = door()
    const statuses = await guess(200, (time) => `2001:db8::${time.toString(16)}`)
    expect(statuses.at(-1)).toBe(429)
    expect(asked.length).toBe(120)
  })

  it('of many other networks hide no guesser who goes on', async () => {
    const { asked, ask, guess } = door()
    await guess(120)
    for (let block = 0; block < 3; block++) {
      await guess(20_000, (time) => `10.${block}.${time >> 8}.${time & 255}`)
      await ask('bad')
    }
    asked.length = 0
    expect(await ask('bad')).toBe(429)
    expect(asked).toEqual([])
  })
})
