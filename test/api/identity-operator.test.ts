// `panthera owner reset` and `panthera user release`, beside a server that runs.
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { panthera } from '../../src/cli/fixtures/command.ts'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import type { Answer } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { accept, invite, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const auth = '/trust/api/auth'

describe.skipIf(!hasDatabase)('the operator of the machine', { timeout: 60_000 }, () => {
  let server: TestServer
  let owner: Browser
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
  })
  afterAll(() => server.stop())

  const run = (...args: string[]) =>
    panthera(args, {
      cwd: tmpdir(),
      env: { DATABASE_URL: server.databaseUrl, PANTHERA_DATA_DIR: server.dataDir },
    })
  const login = (email: string, password: string): Promise<Answer> =>
    openBrowser(server).call('POST', `${auth}/login`, { body: { email, password } })
  const logged = async (by: Browser, id: string) =>
    (await by.call('GET', `/trust/api/audit?resourceId=${id}`)).json.data[0]

  async function organization(name: string, owner_email: string) {
    const body = { name, owner_email }
    const made = (await server.call('POST', '/console/api/organizations', { body })).json
    return { id: made.id as string, owner: await accept(server, made.owner_invitation) }
  }

  describe('panthera owner reset', () => {
    it('gives the only owner a new password, ends the sessions and logs it', async () => {
      const acme = await organization('Acme', 'sole@acme.example')
      const { browser, id, email } = acme.owner
      const done = await run('owner', 'reset', 'SOLE@acme.example')
      expect([done.code, done.stderr]).toEqual([
        0,
        expect.stringContaining('sole@acme.example, owner of Acme: 1 session ended.'),
      ])
      const password = done.stdout.trim()
      expect(password).toMatch(/^[\w-]{24}$/)
      expect((await browser.call('GET', `${auth}/me`)).status).toBe(401)
      expect((await login(email, strongPassword)).status).toBe(401)
      const fresh = openBrowser(server)
      const entered = await fresh.call('POST', `${auth}/login`, { body: { email, password } })
      expect([entered.status, entered.json.user.passwordChangeDue]).toEqual([200, true])
      const log = await fresh.call('GET', `/trust/api/audit?resourceId=${id}&action=password.reset`)
      expect(log.json.data).toMatchObject([
        {
          actor: { kind: 'system', id: 'operator' },
          details: { by: 'operator', two_factor_disabled: false },
          ipAddress: null,
        },
      ])
    })

    it('keeps the second step unless it is told to disable it', async () => {
      const acme = await organization('Steps', 'steps@acme.example')
      const { email, id } = acme.owner
      await enrol(id)
      const kept = await run('owner', 'reset', email)
      expect(kept.stderr).toContain('A code is still asked')
      const first = await login(email, kept.stdout.trim())
      expect(first.json).toEqual({ requires2FA: true, token: expect.any(String) })
      const done = await run('owner', 'reset', email, '--disable-2fa', '--format', 'json')
      const answer = JSON.parse(done.stdout)
      expect(answer).toMatchObject({ email, second_step: false })
      const body = { token: first.json.token, code: '123456' }
      const late = await openBrowser(server).call('POST', `${auth}/verify-2fa`, { body })
      expect(late.status).toBe(401)
      expect((await login(email, answer.password)).json.user.twoFactorEnabled).toBe(false)
    })

    it('helps who is in several organizations, whom no admin can help', async () => {
      const acme = await organization('Several', 'several@acme.example')
      const wanted = { email: 'both@example.com', role: 'viewer' }
      const both = await invite(server, owner, wanted)
      const { json } = await acme.owner.browser.call('POST', '/trust/api/invitations', {
        body: wanted,
      })
      const body = { token: json.data.token, password: strongPassword }
      await both.browser.call('POST', `${auth}/accept-invitation`, { body })
      const done = await run('owner', 'reset', both.email)
      expect([done.code, (await login(both.email, done.stdout.trim())).status]).toEqual([0, 200])
      for (const by of [owner, acme.owner.browser]) {
        expect(JSON.stringify((await by.call('GET', '/trust/api/audit?limit=20')).json)).toContain(
          'password.reset',
        )
      }
    })

    it('changes nothing for others, and says who can help', async () => {
      const viewer = await invite(server, owner, { email: 'viewer@example.com', role: 'viewer' })
      const refused = await run('owner', 'reset', viewer.email)
      expect([refused.code, refused.stdout]).toEqual([2, ''])
      expect(refused.stderr).toContain('viewer of First organization, and no owner')
      expect((await login(viewer.email, strongPassword)).status).toBe(200)
      const nobody = await run('owner', 'reset', 'nobody@example.com')
      expect([nobody.code, nobody.stderr]).toEqual([
        2,
        expect.stringContaining('no account has the address nobody@example.com'),
      ])
    })

    it('says where there is no installation, or one of another version', async () => {
      const ledger = (statement: ReturnType<typeof sql>) => within((db) => db.pool.query(statement))
      await ledger(sql`insert into schema_migrations values ('9999-later.sql', 'x')`)
      const other = await run('owner', 'reset', server.owner.email)
      await ledger(sql`delete from schema_migrations where name = '9999-later.sql'`)
      expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('another version')])
      const env = { PANTHERA_DATA_DIR: `${server.dataDir}/nothing` }
      const none = await panthera(['owner', 'reset', 'a@b.c'], { cwd: tmpdir(), env })
      expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no installation in')])
    })
  })

  describe('panthera user release', () => {
    it('gives an address back, once it was told from whom', async () => {
      const rival = await organization('Rival', 'boss@rival.example')
      const squatter = await invite(server, rival.owner.browser, {
        email: 'ceo@example.com',
        role: 'owner',
      })
      const asked = await run('user', 'release', 'CEO@example.com')
      expect([asked.code, asked.stdout]).toEqual([2, ''])
      expect(asked.stderr).toContain(`owner of Rival (${rival.id})`)
      expect(asked.stderr).toContain(`--from ${rival.id}`)
      const wrong = await run(
        'user',
        'release',
        'ceo@example.com',
        '--from',
        server.organization_id,
      )
      expect(wrong.code).toBe(2)
      expect((await squatter.browser.call('GET', `${auth}/me`)).status).toBe(200)

      const done = await run('user', 'release', 'ceo@example.com', '--from', rival.id)
      const renamed = `${squatter.id}@released.invalid`
      expect([done.code, done.stdout]).toEqual([
        0,
        `ceo@example.com is free: its account is now ${renamed}, 1 session ended\n`,
      ])
      expect((await squatter.browser.call('GET', `${auth}/me`)).status).toBe(401)
      expect((await login('ceo@example.com', strongPassword)).status).toBe(401)
      expect(await logged(rival.owner.browser, squatter.id)).toMatchObject({
        action: 'user.address_released',
        actor: { kind: 'system', id: 'operator' },
        details: { email_before: 'ceo@example.com', email: renamed },
      })
      const real = await invite(server, owner, { email: 'ceo@example.com', role: 'admin' })
      expect((await real.browser.call('GET', `${auth}/me`)).json.user.role).toBe('admin')
      // Nothing of the other organization is lost: it still has its member.
      const members = await rival.owner.browser.call('GET', '/trust/api/users?search=released')
      expect(members.json.data.map(({ id }: { id: string }) => id)).toEqual([squatter.id])
    })

    it('takes nothing from an owner of the first organization', async () => {
      const refused = await run('user', 'release', server.owner.email, '--from', 'x')
      expect([refused.code, refused.stderr]).toEqual([
        2,
        expect.stringContaining('operates this installation'),
      ])
    })
  })

  /** No code is ever judged here, so any secret will do. */
  const enrol = (userId: string) =>
    within((db) =>
      db.inSystem((tx) =>
        tx.run(sql`insert into user_totp (user_id, sealed_secret, confirmed_at)
          values (${userId}, ${Buffer.alloc(1)}, now())`),
      ),
    )

  async function within<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    try {
      return await work(db)
    } finally {
      await db.close()
    }
  }
})
