// Login as the reference shows it, sessions, throttling, and the change of a password.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/platform/db.ts'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const login = '/trust/api/auth/login'
const me = '/trust/api/auth/me'

describe.skipIf(!hasDatabase)('login', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: { ...browserEnv, PANTHERA_OWNER_EMAIL: 'owner@localhost' },
    })
  })
  afterAll(() => server.stop())

  const credentials = () => ({ email: 'owner@localhost', password: server.ownerPassword })

  async function query<Row extends object>(statement: string): Promise<Row[]> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    try {
      return await db.inSystem((tx) =>
        tx.rows<Row>({ text: statement, values: [] } as unknown as Parameters<typeof tx.rows>[0]),
      )
    } finally {
      await db.close()
    }
  }

  describe('200', () => {
    it('answers the cookie of the reference, the user and the workspaces', async () => {
      const answer = await server.call('POST', login, { key: null, body: credentials() })
      expect(answer.status).toBe(200)
      const [cookie = ''] = answer.headers.getSetCookie()
      expect(cookie).toMatch(
        /^connect\.sid=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict$/,
      )
      expect(answer.json).toEqual({
        user: {
          id: expect.any(String),
          email: 'owner@localhost',
          name: null,
          organizationId: server.organization_id,
          organizationName: 'First organization',
          role: 'owner',
          permissions: expect.arrayContaining(['manage_users', 'view_certificates']),
          twoFactorEnabled: false,
          passwordChangeDue: true,
        },
        workspaces: [
          {
            id: server.workspace_id,
            name: 'Default',
            isDefault: true,
            organizationId: server.organization_id,
            organizationName: 'First organization',
            role: 'owner',
          },
        ],
      })
      expect(answer.json.user.permissions).toHaveLength(7)
    })

    it('opens Trust and the console, with the limits of the plan', async () => {
      const browser = await ownerBrowser(server)
      const shown = await browser.call('GET', me)
      expect([shown.status, shown.json.user.email]).toEqual([200, 'owner@localhost'])
      expect(shown.headers.get('x-ratelimit-limit')).toBe('1000')
      const keys = await browser.call('GET', '/console/api/keys')
      expect(keys.status).toBe(200)
      const body = { surface: 'gate', name: 'from the dashboard' }
      const made = await browser.call('POST', '/console/api/keys', { body })
      expect([made.status, made.json.expires_at]).toEqual([201, null])
    })

    it('takes the address in any case, and a password of any form of Unicode', async () => {
      const body = { ...credentials(), email: ' OWNER@LocalHost ' }
      expect((await server.call('POST', login, { key: null, body })).status).toBe(200)
    })

    it('gives another id at each login, and ends the one that was brought along', async () => {
      const browser = await ownerBrowser(server)
      const before = browser.cookies.get('connect.sid') ?? ''
      await browser.call('POST', login, { body: credentials() })
      const after = browser.cookies.get('connect.sid') ?? ''
      expect(after).not.toBe(before)
      const old = await server.call('GET', me, {
        key: null,
        headers: { cookie: `connect.sid=${before}` },
      })
      expect(old.status).toBe(401)
    })

    it('takes no id that it did not make', async () => {
      const planted = 'a'.repeat(43)
      const headers = { cookie: `connect.sid=${planted}` }
      const answer = await server.call('POST', login, { key: null, headers, body: credentials() })
      expect(answer.headers.getSetCookie()[0]).not.toContain(planted)
      expect((await server.call('GET', me, { key: null, headers })).status).toBe(401)
    })

    it('logs out at once', async () => {
      const browser = await ownerBrowser(server)
      const cookie = `connect.sid=${browser.cookies.get('connect.sid')}`
      const answer = await browser.call('POST', '/trust/api/auth/logout')
      expect([answer.status, answer.json]).toEqual([200, { data: { status: 'logged_out' } }])
      expect(browser.cookies.has('connect.sid')).toBe(false)
      const after = await server.call('GET', me, { key: null, headers: { cookie } })
      expect(after.status).toBe(401)
    })

    it('lasts seven days and not longer', async () => {
      await ownerBrowser(server)
      const [row] = await query<{ days: number }>(
        `select extract(epoch from expires_at - created_at)::int / 86400 as days from sessions
          order by created_at desc limit 1`,
      )
      expect(row?.days).toBe(7)
      const browser = await ownerBrowser(server)
      await query(`update sessions set expires_at = now() - interval '1 second'`)
      expect((await browser.call('GET', me)).status).toBe(401)
    })

    it('keeps nothing that could be sent as a cookie', async () => {
      const browser = await ownerBrowser(server)
      const kept = JSON.stringify(await query('select * from sessions'))
      const cookie = browser.cookies.get('connect.sid') ?? ''
      expect(kept).not.toContain(cookie)
      expect(server.logLines.join('')).not.toContain(cookie)
      expect(server.logLines.join('')).not.toContain(server.ownerPassword)
    })
  })

  describe('sessions', () => {
    it('are listed, and end one by one or all others at once', async () => {
      await query('delete from sessions')
      const browsers = [
        await ownerBrowser(server),
        await ownerBrowser(server),
        await ownerBrowser(server),
      ]
      const [mine, second, third] = browsers as [Browser, Browser, Browser]
      const list = await mine.call('GET', '/trust/api/auth/sessions')
      expect(list.json.data).toHaveLength(3)
      expect(list.json.data.filter((one: { current: boolean }) => one.current)).toHaveLength(1)
      expect(list.json.data[0]).toMatchObject({ address: '127.0.0.1', methods: ['pwd'] })
      const theirs = (await second.call('GET', '/trust/api/auth/sessions')).json.data
      const { id } = theirs.find((one: { current: boolean }) => one.current)
      const ended = await mine.call('DELETE', `/trust/api/auth/sessions/${id}`)
      expect([ended.status, ended.json.data.id]).toEqual([200, id])
      expect((await second.call('GET', me)).status).toBe(401)
      const again = await mine.call('DELETE', `/trust/api/auth/sessions/${id}`)
      expect([again.status, again.json.error.code]).toEqual([404, 'SESSION_NOT_FOUND'])
      const others = await mine.call('DELETE', '/trust/api/auth/sessions')
      expect(others.json).toEqual({ data: { ended: 1 } })
      expect((await third.call('GET', me)).status).toBe(401)
      expect((await mine.call('GET', me)).status).toBe(200)
    })
  })

  describe('400', () => {
    it.each([
      [{}, 'email'],
      [{ email: 'a@b' }, 'password'],
      [{ email: '', password: 'x' }, 'email'],
      [{ email: 'a@b', password: '' }, 'password'],
      [{ email: 1, password: 'x' }, 'email'],
      [{ email: 'a@b', password: 'x'.repeat(513) }, 'password'],
      [{ email: 'a\0@b', password: 'x' }, 'email'],
      [{ email: 'a@b', password: 'x', admin: true }, 'admin'],
    ])('%j names %s', async (body, field) => {
      const answer = await server.call('POST', login, { key: null, body })
      expect([answer.status, answer.json.error.code]).toEqual([400, 'INVALID_REQUEST'])
      expect(answer.json.error.details.fields[0].field).toBe(field)
    })
  })

  describe('401', () => {
    it('says the same of a wrong password and of an account that does not exist', async () => {
      const wrong = { ...credentials(), password: 'wrong' }
      const answers = [wrong, { ...wrong, email: 'nobody@localhost' }].map((body) =>
        server.call('POST', login, { key: null, body }),
      )
      const [known, unknown] = await Promise.all(answers)
      expect([known?.status, known?.json.error.code]).toEqual([401, 'UNAUTHORIZED'])
      expect(known?.text).toBe(unknown?.text)
      expect(known?.headers.getSetCookie()).toEqual([])
    })

    it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(9_000), 's%3Aabc.def', "' or 1=1 --"])(
      'for the cookie %j',
      async (value) => {
        const headers = { cookie: `connect.sid=${value}` }
        expect((await server.call('GET', me, { key: null, headers })).status).toBe(401)
      },
    )

    it('for a session on a surface that people do not use in a browser', async () => {
      const browser = await ownerBrowser(server)
      expect((await browser.call('GET', '/gate/api/findings')).status).toBe(401)
    })
  })

  describe('403', () => {
    it('refuses what a page of another site sends with the cookie', async () => {
      const browser = await ownerBrowser(server)
      for (const origin of [
        'https://evil.example',
        'null',
        'https://panthera.example.evil.example',
      ]) {
        const answer = await browser.call('POST', '/trust/api/auth/logout', { headers: { origin } })
        expect([answer.status, answer.json.error.code]).toEqual([403, 'FORBIDDEN'])
      }
      const cookie = `connect.sid=${browser.cookies.get('connect.sid')}`
      const without = await server.call('POST', '/console/api/keys', {
        key: null,
        headers: { cookie },
        body: { surface: 'gate', name: 'x' },
      })
      expect(without.status).toBe(403)
      expect((await browser.call('GET', me)).status).toBe(200)
    })

    it('refuses a login from a page of another site', async () => {
      const browser = openBrowser(server, 'https://evil.example')
      expect((await browser.call('POST', login, { body: credentials() })).status).toBe(403)
    })

    it('keeps keys from what only a person may do', async () => {
      const answer = await server.call('GET', me)
      expect([answer.status, answer.json.error.details]).toEqual([403, { credential: 'session' }])
    })

    it('names a workspace that the person is not in', async () => {
      const browser = await ownerBrowser(server)
      const headers = { 'x-workspace-id': 'ws_nowhere' }
      const answer = await browser.call('GET', me, { headers })
      expect([answer.status, answer.json.error.code]).toEqual([403, 'WORKSPACE_ACCESS_DENIED'])
    })
  })

  describe('429', () => {
    // Guesses are counted per quarter of an hour, which may end in the middle of a test.
    it('stops a stranger who guesses, and not the owner in the browser they use', {
      retry: 1,
    }, async () => {
      const mine = await ownerBrowser(server)
      await query('delete from sessions; delete from guess_windows')
      const guess = () =>
        server.call('POST', login, { key: null, body: { ...credentials(), password: 'guess' } })
      const answers = await Promise.all(Array.from({ length: 14 }, guess))
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)])
      const refused = answers.find(({ status }) => status === 429)
      expect(refused?.json.error.code).toBe('RATE_LIMITED')
      const seconds = Number(refused?.headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(0)
      expect(refused?.headers.get('x-ratelimit-limit')).toBe('10')
      expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0')
      const resetAt = Number(refused?.headers.get('x-ratelimit-reset'))
      // The end of a quarter of an hour, which is when it says to come back.
      expect(resetAt % 900).toBe(0)
      expect(resetAt - seconds).toBeLessThanOrEqual(Date.now() / 1000)
      expect(refused?.json.error.details).toEqual({
        limit: 10,
        remaining: 0,
        retry_after_seconds: seconds,
        resets_at: new Date(resetAt * 1_000).toISOString(),
      })
      // Even the right password does not help the stranger, who must not learn that it was right.
      const right = await server.call('POST', login, { key: null, body: credentials() })
      expect(right.status).toBe(429)
      expect((await mine.call('POST', login, { body: credentials() })).status).toBe(200)
      await query('delete from guess_windows')
    })
  })
})

describe.skipIf(!hasDatabase)('the first password', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
  })
  afterAll(() => server.stop())

  const change = (browser: Browser, body: object) =>
    browser.call('POST', '/trust/api/auth/password', { body })
  const next = 'a longer and better one'

  it('400: is not replaced by what is no better', async () => {
    const browser = await ownerBrowser(server)
    const currentPassword = server.ownerPassword
    const refused = ['short', currentPassword, server.owner.email, 'a'.repeat(20), 'x'.repeat(600)]
    for (const newPassword of refused) {
      const answer = await change(browser, { currentPassword, newPassword })
      expect(answer.status, newPassword).toBe(400)
      expect(answer.json.error.details.fields[0].field).toBe('newPassword')
    }
  })

  it('401: is not changed without it', async () => {
    const browser = await ownerBrowser(server)
    const answer = await change(browser, { currentPassword: 'wrong', newPassword: next })
    expect(answer.status).toBe(401)
    expect((await browser.call('GET', me)).status).toBe(200)
  })

  it('200: is due to be changed, holds up no work, and ends everywhere when it is', async () => {
    const [browser, other] = [await ownerBrowser(server), await ownerBrowser(server)]
    expect((await browser.call('GET', me)).json.user.passwordChangeDue).toBe(true)
    const before = browser.cookies.get('connect.sid')
    const answer = await change(browser, {
      currentPassword: server.ownerPassword,
      newPassword: next,
    })
    expect([answer.status, answer.json.user?.passwordChangeDue]).toEqual([200, false])
    expect(browser.cookies.get('connect.sid')).not.toBe(before)
    expect((await browser.call('GET', me)).status).toBe(200)
    expect((await other.call('GET', me)).status).toBe(401)
    const { email } = server.owner
    const old = { email, password: server.ownerPassword }
    expect((await server.call('POST', login, { key: null, body: old })).status).toBe(401)
    const body = { email, password: next }
    expect((await server.call('POST', login, { key: null, body })).status).toBe(200)
  })
})

describe.skipIf(!hasDatabase)('first-run.json', () => {
  it('loses the password that was made up once it is changed, and nothing else', async () => {
    const server = await startTestServer({ env: browserEnv })
    const path = join(server.dataDir, 'first-run.json')
    const { strikePassword } = await import('../../src/platform/first-run-file.ts')
    const { writeFileSync } = await import('node:fs')
    const content = JSON.parse(readFileSync(path, 'utf8'))
    const made = { ...content, owner: { ...content.owner, password: 'made up' } }
    writeFileSync(path, JSON.stringify(made))
    expect(await strikePassword(server.dataDir, 'somebody@else')).toBe(false)
    const browser = await ownerBrowser(server)
    const body = { currentPassword: server.ownerPassword, newPassword: 'a longer and better one' }
    await browser.call('POST', '/trust/api/auth/password', { body })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(content)
    await server.stop()
  })
})
