import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { createDevices } from './device.ts'
import { createThrottle, type Guess } from './throttle.ts'

const limits = { perDevice: 3, perPair: 3, perAddress: 6, perAccount: 8 }

describe.skipIf(!hasDatabase)('guesses', () => {
  let database: TestDatabase
  let nowMs = Date.UTC(2026, 1, 5, 10, 0)
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  const throttle = () => createThrottle({ db: database.db, limits, now: () => nowMs })
  const stranger = (account: string, address: string): Guess => ({
    account: `password ${account}`,
    address,
    device: null,
    familiar: false,
  })
  const tries = async (guesses: readonly Guess[]) => {
    const results = await Promise.allSettled(guesses.map((guess) => throttle().begin(guess)))
    return results.filter(({ status }) => status === 'fulfilled').length
  }
  const times = (count: number, guess: Guess) => Array<Guess>(count).fill(guess)

  it('are counted before they are judged: many at once are not more', async () => {
    expect(await tries(times(20, stranger('a', '192.0.2.1')))).toBe(3)
    const refused = throttle().begin(stranger('a', '192.0.2.1'))
    await expect(refused).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '900' } })
  })

  it('end with their window', async () => {
    nowMs += 15 * 60_000
    expect(await tries(times(20, stranger('a', '192.0.2.1')))).toBe(3)
    nowMs += 60 * 60_000
    await throttle().clean()
    const { rows } = await database.db.pool.query('select 1 from guess_windows')
    expect(rows).toEqual([])
  })

  it('do not count where they are right', async () => {
    for (let time = 0; time < 10; time++) {
      await (await throttle().begin(stranger('b', '192.0.2.2'))).right()
    }
    expect(await tries(times(20, stranger('b', '192.0.2.2')))).toBe(3)
  })

  it('from one address are bounded over all accounts, a network of IPv6 being one', async () => {
    const accounts = ['c', 'd', 'e', 'f']
    const guesses = accounts.flatMap((account, at) =>
      times(3, stranger(account, `2001:db8:1:2::${at}`)),
    )
    expect(await tries(guesses)).toBe(6)
    expect(await tries([stranger('c', '2001:db8:1:3::1')])).toBe(1)
  })

  it('of strangers use up no tries of a known browser or an address in use', async () => {
    const many = [...Array(10).keys()].map((at) => stranger('owner', `198.51.100.${at}`))
    expect(await tries(many)).toBe(8)
    const fresh = stranger('owner', '203.0.113.1')
    expect(await tries([fresh])).toBe(0)
    expect(await tries([{ ...fresh, address: '203.0.113.2', familiar: true }])).toBe(1)
    expect(await tries(times(5, { ...fresh, device: 'known' }))).toBe(3)
    expect(await tries([{ ...fresh, device: 'another' }])).toBe(1)
  })

  it('are bounded altogether where that is asked, however many browsers are known', async () => {
    const bounded = { ...limits, altogether: 7 }
    const throttle = createThrottle({ db: database.db, limits: bounded, now: () => nowMs })
    const guesses = async (count: number, device: (at: number) => string | null) => {
      const results = await Promise.allSettled(
        [...Array(count).keys()].map((at) =>
          throttle.begin({ ...stranger('many', '192.0.2.77'), device: device(at) }),
        ),
      )
      return results.filter(({ status }) => status === 'fulfilled').length
    }
    // What strangers are refused is not held against those who are known.
    expect(await guesses(40, () => null)).toBe(3)
    expect(await guesses(40, (at) => `known ${at}`)).toBe(4)
    nowMs += 15 * 60_000
    const right = await throttle.begin({ ...stranger('many', '192.0.2.77'), device: 'known 1' })
    await right.right()
    expect(await guesses(40, (at) => `known ${at}`)).toBe(7)
  })
})

describe('the cookie of a browser', () => {
  it('keeps the name of its device when it is given out again', () => {
    const devices = createDevices(createSecrets({ masterKey: Buffer.alloc(32, 1) }))
    const first = devices.read(devices.issue('epoch 1'), 'epoch 1')
    const again = devices.issue('epoch 1', first)
    expect(devices.read(again, 'epoch 1')).toBe(first)
    expect(devices.read(again, 'epoch 2')).toBeNull()
  })

  const secrets = createSecrets({ masterKey: Buffer.alloc(32, 1) })
  const devices = createDevices(secrets)

  it('is known to its account alone, also after a change of the master key', () => {
    const value = devices.issue('a@example.com')
    expect(devices.read(value, 'a@example.com')).toBe(value.split('.')[0])
    expect(devices.read(value, 'b@example.com')).toBeNull()
    const next = createSecrets({
      masterKey: Buffer.alloc(32, 2),
      previousMasterKey: Buffer.alloc(32, 1),
    })
    expect(createDevices(next).read(value, 'a@example.com')).not.toBeNull()
  })

  it.each([null, '', 'x', `${'a'.repeat(16)}.${'b'.repeat(43)}`, `${'a'.repeat(99_999)}.`])(
    'is not %j',
    (value) => {
      expect(devices.read(value, 'a@example.com')).toBeNull()
    },
  )
})
