// What a real token does too seldom to be tried: it hangs, is taken away, and refuses a PIN.
import type { PKCS11 } from 'pkcs11js'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTokens } from './token.ts'

const access = { library: '/lib/double.so', tokenLabel: 'one', pin: '1234' }

function fault(code: number): Error {
  return Object.assign(new Error('CKR'), { code })
}

describe('a token', () => {
  let calls: string[]
  let now: number
  beforeEach(() => {
    calls = []
    now = 0
  })

  /** As much of a library as sessions need, with one token of one PIN. */
  const double = {
    C_GetSlotList: () => [Buffer.of(1)],
    C_GetTokenInfo: () => ({ label: 'one   ' }),
    C_OpenSession: () => Buffer.of(2),
    C_CloseSession: () => undefined,
    C_Logout: () => undefined,
    C_Login: (_session: Buffer, _user: number, pin: string) => {
      calls.push(`login ${pin}`)
      if (pin !== '1234') throw fault(0xa0)
    },
  } as unknown as PKCS11
  const tokens = (patienceMs?: number) =>
    createTokens(
      async (path) => ({ path, pkcs11: double }),
      () => now,
      patienceMs,
    )

  it('is logged in to once, and again after it was lost', async () => {
    const made = tokens()
    const works = [0, 1, 2].map((n) => made.use(access, 'work', async () => n))
    expect(await Promise.all(works)).toEqual([0, 1, 2])
    expect(new Set(calls)).toEqual(new Set(['login 1234']))
    const before = calls.length
    let attempts = 0
    const result = await made.use(access, 'work', async () => {
      attempts += 1
      if (attempts === 1) throw fault(0xb3)
      return 'done'
    })
    expect([result, attempts, calls.length - before]).toEqual(['done', 2, 1])
  })

  it('is not locked by one wrong PIN that is tried again and again', async () => {
    const made = tokens()
    const wrong = { ...access, pin: '0000' }
    for (let n = 0; n < 5; n++) {
      await expect(made.use(wrong, 'work', async () => n)).rejects.toMatchObject({
        code: 'wrong_pin',
      })
    }
    expect(calls).toEqual(['login 0000'])
    now += 11 * 60_000
    await expect(made.use(wrong, 'work', async () => 1)).rejects.toThrow('PIN')
    expect(calls).toHaveLength(2)
    expect(await made.use(access, 'work', async () => 'right')).toBe('right')
  })

  it('is not locked by many PINs of somebody who guesses, and serves who knows it', async () => {
    const made = tokens()
    expect(await made.use(access, 'work', async () => 'right')).toBe('right')
    for (let n = 0; n < 9; n++) {
      const guess = { ...access, pin: `000${n}` }
      await expect(made.use(guess, 'work', async () => n)).rejects.toThrow(/PIN/)
    }
    expect(calls).toEqual(['login 1234', 'login 0000', 'login 0001'])
    expect(await made.use(access, 'work', async () => 'right')).toBe('right')
    now += 11 * 60_000
    await expect(made.use({ ...access, pin: '0009' }, 'work', async () => 1)).rejects.toThrow()
    expect(calls.at(-1)).toBe('login 0009')
  })

  it('that hangs keeps nobody waiting, and takes no more threads', async () => {
    const made = tokens(5)
    const running = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
    let started = 0
    const work = async () => running[started++]?.promise
    const late = [0, 1, 2, 3].map(() => made.use(access, 'sign', work))
    for (const each of await Promise.allSettled(late)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'failed' } })
    }
    expect(started).toBe(2)
    for (const { resolve } of running) resolve(1)
    await Promise.all(running.map(({ promise }) => promise))
    const again = [0, 1, 2].map((n) => made.use(access, 'sign', async () => n))
    expect(await Promise.all(again)).toEqual([0, 1, 2])
  })

  it('has to have the label', async () => {
    const other = { ...access, tokenLabel: 'two' }
    const used = tokens().use(other, 'work', async () => 1)
    await expect(used).rejects.toMatchObject({ code: 'no_token' })
  })
})
