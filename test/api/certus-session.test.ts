// The session of Certus: by the form or an OpenID provider, and what it opens.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { timeStep, totp } from '../../src/identity/login/totp.ts'
import {
  type Browser,
  browserEnv,
  browserOrigin,
  openBrowser,
  ownerBrowser,
} from '../fixtures/browser.ts'
import type { Answer } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { type OpenidProvider, startOpenidProvider } from '../fixtures/openid-provider.ts'
import { invite, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const login = '/certus/auth/login'
const evidence = '/certus/api/evidence'
const form = { 'content-type': 'application/x-www-form-urlencoded' }

describe.skipIf(!hasDatabase)('the session of Certus', () => {
  let server: TestServer
  let provider: OpenidProvider
  beforeAll(async () => {
    provider = await startOpenidProvider(`${browserOrigin}/certus/auth/callback`)
    server = await startTestServer({ env: { ...browserEnv, ...provider.env } })
  })
  afterAll(async () => {
    await server.stop()
    provider.close()
  })

  const submit = (browser: Browser, fields: Record<string, string>): Promise<Answer> => {
    const body = new URLSearchParams(fields).toString()
    return browser.call('POST', login, { body, headers: form, redirect: 'manual' })
  }
  const owner = () => ({ email: server.owner.email, password: server.ownerPassword })
  async function loggedIn(fields: Record<string, string> = owner()): Promise<Browser> {
    const browser = openBrowser(server)
    expect((await submit(browser, fields)).status).toBe(303)
    return browser
  }

  it('303: sets a cookie for Certus alone, which opens it', async () => {
    const browser = openBrowser(server)
    const answer = await submit(browser, { ...owner(), next: '/certus/api/evidence?limit=1' })
    expect(answer.headers.get('location')).toBe('/certus/api/evidence?limit=1')
    expect(answer.headers.getSetCookie()).toContainEqual(
      expect.stringMatching(
        /^certus\.sid=[\w-]{43}; Path=\/certus; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/,
      ),
    )
    expect((await browser.call('GET', evidence)).status).toBe(200)
    expect((await browser.call('GET', '/trust/api/auth/me')).status).toBe(401)
    // Neither is the other's session, under whichever name it comes.
    const value = browser.cookies.get('certus.sid') ?? ''
    const asTrust = { headers: { cookie: `connect.sid=${value}` }, key: null }
    expect((await server.call('GET', '/trust/api/auth/me', asTrust)).status).toBe(401)
    const trust = await ownerBrowser(server)
    expect((await trust.call('GET', evidence)).status).toBe(401)
    const asCertus = `certus.sid=${trust.cookies.get('connect.sid')}`
    const options = { headers: { cookie: asCertus }, key: null }
    expect((await server.call('GET', evidence, options)).status).toBe(401)
  })

  it('403: changes nothing for a page of another site', async () => {
    const browser = await loggedIn()
    const body = { provider: 'gitlab', name: 'x' }
    const path = '/certus/api/code-hosts'
    const headers = { origin: 'https://evil.example' }
    expect((await browser.call('POST', path, { body, headers })).status).toBe(403)
    expect((await browser.call('POST', path, { body })).status).toBe(201)
    expect((await browser.call('GET', path)).json.links).toHaveLength(1)
    const stranger = openBrowser(server, 'https://evil.example')
    expect((await submit(stranger, owner())).status).toBe(403)
  })

  it('opens by role', async () => {
    const admin = await ownerBrowser(server)
    for (const [role, scan, hosts] of [
      ['viewer', 403, 403],
      ['operator', 400, 403],
    ] as const) {
      const email = `${role}@example.com`
      await invite(server, admin, { email, role, workspaceIds: [server.workspace_id] })
      const browser = await loggedIn({ email, password: strongPassword })
      expect((await browser.call('GET', evidence)).status).toBe(200)
      expect((await browser.call('POST', '/certus/api/scans', { body: {} })).status).toBe(scan)
      expect((await browser.call('GET', '/certus/api/code-hosts')).status).toBe(hosts)
    }
  })

  it('401, 400: shows the form again, and nothing of what was sent as a part of it', async () => {
    const browser = openBrowser(server)
    const email = '"><script>alert(1)</script>@example.com'
    const answer = await submit(browser, { email, password: 'wrong', next: '"><b>' })
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('role="alert"')
    expect(answer.text).not.toMatch(/<script|<b>/)
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src/)
    expect((await submit(browser, { email: '', password: '' })).status).toBe(400)
    expect((await browser.call('POST', login, { body: {} })).status).toBe(400)
    expect(browser.cookies.size).toBe(0)
  })

  it('leads nowhere else', async () => {
    const nextIn = async (next: string) => {
      const query = new URLSearchParams({ next })
      const { text } = await server.call('GET', `${login}?${query}`, { key: null })
      return /name="next" value="([^"]*)"/.exec(text)?.[1]
    }
    expect(await nextIn('/certus/api/log/checkpoint')).toBe('/certus/api/log/checkpoint')
    const others = ['//evil.example', 'https://evil.example', '/certus/\\evil', '/trust/docs']
    for (const next of [...others, '/certusx', '/certus/\n', '']) {
      expect(await nextIn(next), next).toBe('/certus/docs')
    }
  })

  it('ends at once, and asks first where another site leads there', async () => {
    const browser = await loggedIn()
    const cookie = `certus.sid=${browser.cookies.get('certus.sid')}`
    const from = (site: string) =>
      ({ headers: { 'sec-fetch-site': site }, redirect: 'manual' }) as const
    const asked = await browser.call('GET', '/certus/auth/logout', from('cross-site'))
    expect([asked.status, (await browser.call('GET', evidence)).status]).toEqual([200, 200])
    const done = await browser.call('GET', '/certus/auth/logout', from('same-origin'))
    expect([done.status, browser.cookies.has('certus.sid')]).toEqual([303, false])
    expect((await server.call('GET', evidence, { key: null, headers: { cookie } })).status).toBe(
      401,
    )
    const post = await (await loggedIn()).call('POST', '/certus/auth/logout', {
      body: '',
      headers: form,
      redirect: 'manual',
    })
    expect(post.status).toBe(303)
  })

  it('asks for the second step where one is set', async () => {
    const admin = await ownerBrowser(server)
    const { browser: trust } = await invite(server, admin, {
      email: 'two@example.com',
      role: 'admin',
    })
    const recoveryCode = await secondStep(trust)
    const browser = openBrowser(server)
    const given = { email: 'two@example.com', password: strongPassword }
    const first = await submit(browser, { ...given, next: '/certus/api/evidence' })
    expect([first.status, browser.cookies.has('certus.sid')]).toEqual([200, false])
    const token = /name="token" value="([^"]+)"/.exec(first.text)?.[1] ?? ''
    const wrong = await submit(browser, { token, code: '000000', next: '/certus/api/evidence' })
    expect([wrong.status, wrong.text.includes(token)]).toEqual([401, true])
    const second = await submit(browser, {
      token,
      code: recoveryCode,
      next: '/certus/api/evidence',
    })
    expect(second.headers.get('location')).toBe('/certus/api/evidence')
    expect((await browser.call('GET', evidence)).status).toBe(200)

    // So it is where the provider has not asked for one.
    provider.people.set('two', { email: 'two@example.com', email_verified: true })
    const other = openBrowser(server)
    const back = await byProvider(other, 'two')
    expect([back.status, other.cookies.has('certus.sid')]).toEqual([200, false])
    expect(back.text).toContain('name="code"')
  })

  describe('by the provider', () => {
    it('lets in whom it vouches for, and knows them again by their subject', async () => {
      provider.people.set('o1', { email: server.owner.email.toUpperCase(), email_verified: true })
      const browser = openBrowser(server)
      const back = await byProvider(browser, 'o1')
      expect([back.status, back.headers.get('location')]).toEqual([303, '/certus/docs'])
      expect((await browser.call('GET', evidence)).status).toBe(200)
      expect(browser.cookies.has('certus.login')).toBe(false)
      provider.people.set('o1', { email: 'another@example.com', email_verified: false })
      expect((await byProvider(openBrowser(server), 'o1')).status).toBe(303)
    })

    it('403: lets nobody into an account by an address that was another’s there', async () => {
      provider.people.set('o2', { email: server.owner.email, email_verified: true })
      const browser = openBrowser(server)
      expect((await byProvider(browser, 'o2')).status).toBe(403)
      expect(browser.cookies.has('certus.sid')).toBe(false)
    })

    it('403: makes no accounts, and believes no address that is not verified', async () => {
      provider.people.set('n1', { email: 'nobody@example.com', email_verified: true })
      provider.people.set('n2', { email: server.owner.email, email_verified: false })
      for (const name of ['n1', 'n2', 'n3']) {
        const browser = openBrowser(server)
        expect((await byProvider(browser, name)).status).toBe(403)
        expect(browser.cookies.has('certus.sid')).toBe(false)
      }
    })

    it('401: refuses what was begun elsewhere, changed, or refused there', async () => {
      const browser = openBrowser(server)
      const callback = await callbackOf(browser, 'o1')
      const elsewhere = await openBrowser(server).call('GET', callback)
      expect(elsewhere.status).toBe(401)
      const changed = callback.replace(/state=[^&]+/, 'state=other')
      expect((await browser.call('GET', changed)).status).toBe(401)
      const other = openBrowser(server)
      await callbackOf(other, 'o1')
      const denied = '/certus/auth/callback?error=access_denied&state=x'
      expect((await other.call('GET', denied)).status).toBe(401)
      expect(server.logLines.join('')).not.toMatch(/"code":"[\w-]{20,}"/)
    })
  })

  async function callbackOf(browser: Browser, name: string): Promise<string> {
    const begun = await browser.call('GET', `${login}?with=provider`, { redirect: 'manual' })
    expect(begun.status).toBe(303)
    const end = await provider.logIn(begun.headers.get('location') ?? '', name)
    expect(end.origin).toBe(browserOrigin)
    return `${end.pathname}${end.search}`
  }

  async function byProvider(browser: Browser, name: string): Promise<Answer> {
    return browser.call('GET', await callbackOf(browser, name), { redirect: 'manual' })
  }
})

/** Sets one; answers a recovery code. */
async function secondStep(browser: Browser): Promise<string> {
  const auth = '/trust/api/auth/2fa'
  const begun = await browser.call('POST', `${auth}/enroll`, { body: { password: strongPassword } })
  const code = totp(fromBase32(begun.json.data.secret), timeStep(Date.now()))
  const done = await browser.call('POST', `${auth}/confirm`, { body: { code } })
  return done.json.data.recoveryCodes[0]
}

function fromBase32(text: string): Buffer {
  const bits = [...text]
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    )
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
