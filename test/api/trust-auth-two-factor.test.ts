// The second step of a login as the reference shows it: codes once, recovery codes once, and
// guesses bounded.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { timeStep, totp } from '../../src/identity/login/totp.ts'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite, type Person, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const auth = '/trust/api/auth'
/** Guesses are counted per quarter of an hour, which may end in the middle of a test. */
const oncePerWindow = { retry: 1 }

describe.skipIf(!hasDatabase)('the second step', () => {
  let server: TestServer
  let owner: Browser
  const numbers = [...Array(100).keys()].values()
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
  })
  afterAll(() => server.stop())

  const newcomer = () => {
    const email = `p${numbers.next().value}@example.com`
    return invite(server, owner, { email, role: 'viewer' })
  }

  async function change(statement: ReturnType<typeof sql>): Promise<void> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inSystem((tx) => tx.run(statement))
    await db.close()
  }

  interface Enrolled extends Person {
    secret: Buffer
    recoveryCodes: string[]
  }

  /** With the current code; the next one counts already, and is still to be used. */
  async function enrolled(): Promise<Enrolled> {
    const person = await newcomer()
    const begun = await person.browser.call('POST', `${auth}/2fa/enroll`, {
      body: { password: strongPassword },
    })
    expect(begun.status).toBe(200)
    const secret = fromBase32(begun.json.data.secret)
    const code = totp(secret, timeStep(Date.now()))
    const done = await person.browser.call('POST', `${auth}/2fa/confirm`, { body: { code } })
    expect(done.status).toBe(200)
    return { ...person, secret, recoveryCodes: done.json.data.recoveryCodes }
  }

  async function firstStep(person: Person, browser = openBrowser(server)) {
    const body = { email: person.email, password: strongPassword }
    const answer = await browser.call('POST', `${auth}/login`, { body })
    return { answer, browser, token: answer.json.token as string }
  }

  const verify = (browser: Browser, token: string, code: string) =>
    browser.call('POST', `${auth}/verify-2fa`, { body: { token, code } })

  const next = (person: Enrolled) => totp(person.secret, timeStep(Date.now()) + 1)

  describe('200', () => {
    it('is asked for as the reference shows, and opens the session', async () => {
      const person = await enrolled()
      const { answer, browser, token } = await firstStep(person)
      expect(answer.status).toBe(200)
      expect(answer.json).toEqual({ requires2FA: true, token: expect.stringMatching(/^2fa_/) })
      expect(answer.headers.getSetCookie()).toEqual([])
      expect((await browser.call('GET', `${auth}/me`)).status).toBe(401)
      const done = await verify(browser, token, next(person))
      expect([done.status, done.json.user?.twoFactorEnabled]).toEqual([200, true])
      expect(done.headers.getSetCookie()[0]).toMatch(/^connect\.sid=/)
      const list = await browser.call('GET', `${auth}/sessions`)
      const current = list.json.data.find((one: { current: boolean }) => one.current)
      expect(current.methods).toEqual(['pwd', 'otp'])
    })

    it('is not asked for before the enrolment is complete', async () => {
      const person = await newcomer()
      await person.browser.call('POST', `${auth}/2fa/enroll`, {
        body: { password: strongPassword },
      })
      expect((await firstStep(person)).answer.json.user).toBeDefined()
      const status = await person.browser.call('GET', `${auth}/2fa`)
      expect(status.json.data).toEqual({ enabled: false, recoveryCodesLeft: 0 })
    })

    it('takes each recovery code once, however it is typed', async () => {
      const person = await enrolled()
      expect(person.recoveryCodes).toHaveLength(10)
      const [code = ''] = person.recoveryCodes
      expect(code).toMatch(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/)
      const first = await firstStep(person)
      const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `
      expect((await verify(first.browser, first.token, typed)).status).toBe(200)
      const second = await firstStep(person)
      expect((await verify(second.browser, second.token, code)).status).toBe(401)
      const left = await first.browser.call('GET', `${auth}/2fa`)
      expect(left.json.data).toEqual({ enabled: true, recoveryCodesLeft: 9 })
    })

    it('ends with the password and a code, and not with one of them', async () => {
      const person = await enrolled()
      const disable = (body: object) => person.browser.call('POST', `${auth}/2fa/disable`, { body })
      expect((await disable({ password: 'wrong', code: next(person) })).status).toBe(401)
      expect((await disable({ password: strongPassword, code: '000000' })).status).toBe(401)
      const [code] = person.recoveryCodes
      expect((await disable({ password: strongPassword, code })).status).toBe(200)
      expect((await firstStep(person)).answer.json.user).toBeDefined()
      const again = await disable({ password: strongPassword, code })
      expect([again.status, again.json.error.code]).toEqual([409, 'TWO_FACTOR_NOT_ENROLLED'])
    })

    it('has new recovery codes made, and the old ones end', async () => {
      const person = await enrolled()
      const body = { password: strongPassword, code: next(person) }
      const made = await person.browser.call('POST', `${auth}/2fa/recovery-codes`, { body })
      expect(made.json.data.recoveryCodes).toHaveLength(10)
      const { browser, token } = await firstStep(person)
      expect((await verify(browser, token, person.recoveryCodes[0] ?? '')).status).toBe(401)
      expect((await verify(browser, token, made.json.data.recoveryCodes[0])).status).toBe(200)
    })

    it('is reset by an admin for who has lost it, and ends every session', async () => {
      const person = await enrolled()
      const reset = (password: string) =>
        owner.call('POST', `/trust/api/users/${person.id}/2fa/reset`, { body: { password } })
      expect((await reset('wrong')).status).toBe(401)
      expect((await reset(server.ownerPassword)).json.data.twoFactorEnabled).toBe(false)
      expect((await person.browser.call('GET', `${auth}/me`)).status).toBe(401)
      expect((await firstStep(person)).answer.json.user).toBeDefined()
    })
  })

  describe('401', () => {
    it('for a code that was used: each one counts once, at once or again', async () => {
      const person = await enrolled()
      const code = next(person)
      const steps = await Promise.all([1, 2, 3].map(() => firstStep(person)))
      const answers = await Promise.all(
        steps.map(({ browser, token }) => verify(browser, token, code)),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
      const { browser, token } = await firstStep(person)
      const again = await verify(browser, token, code)
      expect([again.status, again.json.error.code]).toEqual([401, 'UNAUTHORIZED'])
    })

    it('for a token that nobody got, that was used, that is over', async () => {
      const person = await enrolled()
      const { browser, token } = await firstStep(person)
      expect((await verify(browser, '2fa_token_here', next(person))).status).toBe(401)
      expect((await verify(browser, token, next(person))).status).toBe(200)
      const [code = ''] = person.recoveryCodes
      expect((await verify(browser, token, code)).status).toBe(401)
      const late = await firstStep(person)
      await change(sql`update login_challenges set expires_at = now() - interval '1 second'`)
      expect((await verify(late.browser, late.token, code)).status).toBe(401)
    })

    it('after five tries with one token, also with the right code', async () => {
      const person = await enrolled()
      const { browser, token } = await firstStep(person)
      for (let tries = 0; tries < 5; tries++) {
        expect((await verify(browser, token, `not-a-code-${tries}`)).status).toBe(401)
      }
      expect((await verify(browser, token, next(person))).status).toBe(401)
    })

    it('when the password was changed between the steps', async () => {
      const person = await enrolled()
      const { browser, token } = await firstStep(person)
      const [code] = person.recoveryCodes
      const body = { currentPassword: strongPassword, newPassword: `${strongPassword} 2`, code }
      const changed = await person.browser.call('POST', `${auth}/password`, { body })
      expect(changed.status).toBe(200)
      expect((await verify(browser, token, next(person))).status).toBe(401)
    })
  })

  describe('ends what the password alone had opened', () => {
    it('401: other sessions, and logins that wait, when an app is enrolled', async () => {
      const person = await newcomer()
      const other = openBrowser(server)
      await firstStep(person, other)
      const { browser } = person
      const begun = await browser.call('POST', `${auth}/2fa/enroll`, {
        body: { password: strongPassword },
      })
      const code = totp(fromBase32(begun.json.data.secret), timeStep(Date.now()))
      expect((await browser.call('POST', `${auth}/2fa/confirm`, { body: { code } })).status).toBe(
        200,
      )
      expect((await other.call('GET', `${auth}/me`)).status).toBe(401)
      expect((await browser.call('GET', `${auth}/me`)).status).toBe(200)
    })

    it('400 and 401: the password is not changed without a code', async () => {
      const person = await enrolled()
      const next = { currentPassword: strongPassword, newPassword: `${strongPassword} 2` }
      const change = (body: object) => person.browser.call('POST', `${auth}/password`, { body })
      const without = await change(next)
      expect([without.status, without.json.error.details.fields[0].field]).toEqual([400, 'code'])
      expect((await change({ ...next, code: '000000' })).status).toBe(401)
      expect((await change({ ...next, code: person.recoveryCodes[0] })).status).toBe(200)
    })
  })

  it('comes before an invitation is accepted', async () => {
    const person = await enrolled()
    const { json } = await server.call('POST', '/console/api/organizations', {
      body: { name: 'Elsewhere', owner_email: person.email },
    })
    const browser = openBrowser(server)
    const answer = await browser.call('POST', `${auth}/accept-invitation`, {
      body: { token: json.owner_invitation.token, password: strongPassword },
    })
    expect(answer.json).toEqual({ requires2FA: true, token: expect.any(String) })
    const places = async (by: Browser) =>
      new Set(
        (await by.call('GET', `${auth}/me`)).json.workspaces.map(
          (one: { organizationId: string }) => one.organizationId,
        ),
      )
    expect((await places(person.browser)).has(json.id)).toBe(false)
    expect((await verify(browser, answer.json.token, '000000')).status).toBe(401)
    expect((await places(person.browser)).has(json.id)).toBe(false)
    const done = await verify(browser, answer.json.token, next(person))
    expect(done.status).toBe(200)
    expect((await places(browser)).has(json.id)).toBe(true)
  })

  describe('409 and 400', () => {
    it('for what does not fit the state, or the form', async () => {
      const person = await enrolled()
      const post = (path: string, body: object) =>
        person.browser.call('POST', `${auth}/2fa/${path}`, { body })
      const again = await post('enroll', { password: strongPassword })
      expect([again.status, again.json.error.code]).toEqual([409, 'TWO_FACTOR_ENABLED'])
      expect((await post('confirm', { code: '123456' })).status).toBe(409)
      expect((await post('confirm', {})).status).toBe(400)
      const wrong = await verify(openBrowser(server), 'x', '')
      expect(wrong.json.error.details.fields[0].field).toBe('code')
    })
  })

  describe('429', () => {
    it(
      'stops who knows the password and guesses codes, and not the owner of the account',
      oncePerWindow,
      async () => {
        const person = await enrolled()
        const guess = async (browser = openBrowser(server)) => {
          const { token } = await firstStep(person, browser)
          return verify(browser, token, '000000')
        }
        const statuses: number[] = []
        for (let tries = 0; tries < 7; tries++) statuses.push((await guess()).status)
        expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
        // In a browser that has logged in before, and anywhere with a recovery code.
        const { token } = await firstStep(person, person.browser)
        expect((await verify(person.browser, token, next(person))).status).toBe(200)
        const elsewhere = await firstStep(person)
        const [code = ''] = person.recoveryCodes
        expect((await verify(elsewhere.browser, elsewhere.token, code)).status).toBe(200)
        await change(sql`delete from guess_windows`)
      },
    )
  })

  it('keeps neither secrets nor codes in clear, in the database or the log', async () => {
    const person = await enrolled()
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    const rows = await db.inSystem(async (tx) => [
      await tx.rows(sql`select * from user_totp`),
      await tx.rows(sql`select * from recovery_codes`),
    ])
    await db.close()
    const kept = JSON.stringify(rows)
    expect(kept).not.toContain(JSON.stringify([...person.secret]).slice(1, -1))
    for (const code of person.recoveryCodes) {
      const bytes = JSON.stringify([...Buffer.from(code.replaceAll('-', ''))]).slice(1, -1)
      expect(kept).not.toContain(bytes)
      expect(server.logLines.join('')).not.toContain(code)
      const unsalted = createHash('sha256').update(code.replaceAll('-', '')).digest()
      expect(kept).not.toContain(JSON.stringify([...unsalted]).slice(1, -1))
    }
  })
})

function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []
  return Buffer.from(bytes)
}
