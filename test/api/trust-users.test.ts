// People of an organization: invitations, roles, workspaces, and what nobody may do to others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite, type Person, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const users = '/trust/api/users'
const invitations = '/trust/api/invitations'
const workspaces = '/trust/api/workspaces'

describe.skipIf(!hasDatabase)('people', () => {
  let server: TestServer
  let owner: Browser
  let ownerId: string
  let admin: Person
  let operator: Person
  let viewer: Person
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
    ownerId = (await owner.call('GET', '/trust/api/auth/me')).json.user.id
    admin = await invite(server, owner, { email: 'admin@example.com', role: 'admin' })
    operator = await invite(server, owner, { email: 'operator@example.com', role: 'operator' })
    viewer = await invite(server, admin.browser, { email: 'viewer@example.com', role: 'viewer' })
  })
  afterAll(() => server.stop())

  async function change(statement: ReturnType<typeof sql>): Promise<void> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) => tx.run(statement))
    await db.close()
  }

  const refusal = (answer: { status: number; json: { error: { code: string } } }) => [
    answer.status,
    answer.json.error.code,
  ]

  describe('roles', () => {
    it('have the permissions that they are known for', async () => {
      const permissions = async (browser: Browser) =>
        (await browser.call('GET', '/trust/api/auth/me')).json.user.permissions.sort()
      expect(await permissions(admin.browser)).toEqual([
        'manage_certificates',
        'manage_policies',
        'manage_users',
        'renew_certificates',
        'view_audit_logs',
        'view_certificates',
        'view_reports',
      ])
      expect(await permissions(operator.browser)).toEqual([
        'manage_certificates',
        'renew_certificates',
        'view_certificates',
        'view_reports',
      ])
      expect(await permissions(viewer.browser)).toEqual(['view_certificates', 'view_reports'])
    })

    it('403: only admins manage people, see the audit log and open the console', async () => {
      const ws = server.workspace_id
      const requests: [string, string, object?][] = [
        ['GET', users],
        ['PATCH', `${users}/${viewer.id}`, { role: 'admin' }],
        ['DELETE', `${users}/${viewer.id}`],
        ['GET', invitations],
        ['POST', invitations, { email: 'x@example.com', role: 'viewer' }],
        ['POST', workspaces, { name: 'Mine' }],
        ['PATCH', `${workspaces}/${ws}`, { name: 'Mine' }],
        ['GET', `${workspaces}/${ws}/members`],
        ['PUT', `${workspaces}/${ws}/members/${viewer.id}`],
        ['GET', '/trust/api/audit'],
        ['GET', '/console/api/keys'],
        ['POST', '/console/api/keys', { surface: 'gate', name: 'x' }],
      ]
      for (const [method, path, body] of requests) {
        for (const { browser } of [operator, viewer]) {
          const answer = await browser.call(method, path, body === undefined ? {} : { body })
          expect(answer.status, `${method} ${path}`).toBe(403)
        }
      }
    })

    it('403: nobody gives, changes or removes a role above their own', async () => {
      const by = admin.browser
      const above = [
        await by.call('POST', invitations, { body: { email: 'x@example.com', role: 'owner' } }),
        await by.call('PATCH', `${users}/${ownerId}`, { body: { role: 'viewer' } }),
        await by.call('PATCH', `${users}/${admin.id}`, { body: { role: 'owner' } }),
        await by.call('PATCH', `${users}/${viewer.id}`, { body: { role: 'owner' } }),
        await by.call('DELETE', `${users}/${ownerId}`),
        await by.call('POST', `${users}/${ownerId}/2fa/reset`, {
          body: { password: strongPassword },
        }),
      ]
      expect(above.map(refusal)).toEqual(above.map(() => [403, 'ROLE_EXCEEDS_OWN']))
    })

    it('give a person no less and no more than the keys that the person makes', async () => {
      const body = { surface: 'identity', name: 'mine' }
      const seen = async (browser: Browser) => {
        const { json } = await browser.call('POST', '/console/api/keys', { body })
        const paths = ['/console/api/keys', '/console/api/organizations']
        const asking = paths.flatMap((path) => [
          server.call('GET', path, { key: json.api_key }),
          browser.call('GET', path),
        ])
        return (await Promise.all(asking)).map(({ status }) => status)
      }
      expect(await seen(owner)).toEqual([200, 200, 200, 200])
      // Only owners operate the installation, which the list of organizations is part of.
      expect(await seen(admin.browser)).toEqual([200, 200, 403, 403])
      for (const { browser } of [operator, viewer]) {
        expect((await browser.call('GET', '/console/api/organizations')).status).toBe(403)
      }
    })

    it('403: no key manages people, however much it carries', async () => {
      for (const path of [users, invitations, workspaces]) {
        expect((await server.call('GET', path)).status).toBe(403)
        const headers = { 'x-agent-api-key': server.keys.trust_agent ?? '' }
        expect((await server.call('GET', path, { key: null, headers })).status).toBe(403)
      }
    })

    it('409: an organization keeps an owner', async () => {
      for (const attempt of [
        owner.call('PATCH', `${users}/${ownerId}`, { body: { role: 'admin' } }),
        owner.call('DELETE', `${users}/${ownerId}`),
      ]) {
        expect(refusal(await attempt)).toEqual([409, 'LAST_OWNER'])
      }
    })

    it('200: hold from the next request on', async () => {
      const person = await invite(server, owner, { email: 'riser@example.com', role: 'viewer' })
      expect((await person.browser.call('GET', users)).status).toBe(403)
      const raised = await owner.call('PATCH', `${users}/${person.id}`, { body: { role: 'admin' } })
      expect(raised.json.data).toMatchObject({ id: person.id, role: 'admin' })
      expect((await person.browser.call('GET', users)).status).toBe(200)
      await owner.call('PATCH', `${users}/${person.id}`, { body: { role: 'operator' } })
      expect((await person.browser.call('GET', users)).status).toBe(403)
      const removed = await admin.browser.call('DELETE', `${users}/${person.id}`)
      expect(removed.status).toBe(200)
      expect((await person.browser.call('GET', '/trust/api/auth/me')).status).toBe(401)
      const body = { email: person.email, password: strongPassword }
      const again = await openBrowser(server).call('POST', '/trust/api/auth/login', { body })
      expect(again.status).toBe(401)
    })

    it('keep one owner where two take the role from each other at once', async () => {
      const second = await invite(server, owner, { email: 'second@example.com', role: 'owner' })
      const [a, b] = await Promise.all([
        owner.call('PATCH', `${users}/${second.id}`, { body: { role: 'viewer' } }),
        second.browser.call('PATCH', `${users}/${ownerId}`, { body: { role: 'viewer' } }),
      ])
      expect([a.status, b.status].sort()).toEqual([200, 403])
      if (b.status === 200) {
        await second.browser.call('PATCH', `${users}/${ownerId}`, { body: { role: 'owner' } })
      }
    })
  })

  describe('users', () => {
    it('200: are listed page by page, and found', async () => {
      const list = await admin.browser.call('GET', `${users}?limit=2`)
      expect(list.json.data).toHaveLength(2)
      expect(list.json.pagination).toMatchObject({ page: 1, limit: 2 })
      expect(list.json.pagination.totalPages).toBe(Math.ceil(list.json.pagination.total / 2))
      const found = await admin.browser.call('GET', `${users}?search=VIEWER@`)
      expect(found.json.data).toEqual([
        {
          id: viewer.id,
          email: 'viewer@example.com',
          name: null,
          role: 'viewer',
          workspaceIds: [server.workspace_id],
          twoFactorEnabled: false,
          joinedAt: expect.any(String),
        },
      ])
      expect(found.text).not.toContain('argon2')
    })

    it('200: name themselves', async () => {
      const body = { name: 'Vera' }
      const answer = await viewer.browser.call('PATCH', '/trust/api/auth/me', { body })
      expect(answer.json.user.name).toBe('Vera')
    })

    it.each([
      [
        'PATCH',
        `${users}/00000000-0000-4000-8000-000000000000`,
        { role: 'viewer' },
        404,
        undefined,
      ],
      ['PATCH', `${users}/x`, { role: 'viewer' }, 400, 'user_id'],
      ['PATCH', `${users}/00000000-0000-4000-8000-000000000000`, {}, 400, 'body'],
      ['PATCH', `${users}/00000000-0000-4000-8000-000000000000`, { role: 'king' }, 400, 'role'],
      ['GET', `${users}?limit=101`, undefined, 400, 'limit'],
      ['GET', `${users}?page=0`, undefined, 400, 'page'],
      ['POST', invitations, { email: 'nobody', role: 'viewer' }, 400, 'email'],
      [
        'POST',
        invitations,
        { email: 'a@b', role: 'viewer', workspaceIds: [] },
        400,
        'workspaceIds',
      ],
      [
        'POST',
        invitations,
        { email: 'a@b', role: 'viewer', workspaceIds: ['ws_x'] },
        400,
        'workspaceIds',
      ],
      ['POST', workspaces, { name: ' ' }, 400, 'name'],
    ])('%s %s %j is %i, %s', async (method, path, body, status, field) => {
      const answer = await owner.call(method, path, body === undefined ? {} : { body })
      expect(answer.status).toBe(status)
      expect(answer.json.error.details.fields?.[0].field).toBe(field)
    })
  })

  describe('a forgotten password', () => {
    const issue = (by: Browser, userId: string, password: string) =>
      by.call('POST', `${users}/${userId}/password/reset`, { body: { password } })
    const choose = (token: string, newPassword: string) =>
      openBrowser(server).call('POST', '/trust/api/auth/reset-password', {
        body: { token, newPassword },
      })

    it('200: is replaced with a token of an admin, once, and every session ends', async () => {
      const person = await invite(server, owner, { email: 'lost@example.com', role: 'viewer' })
      expect(refusal(await issue(admin.browser, person.id, 'wrong'))).toEqual([401, 'UNAUTHORIZED'])
      const first = await issue(admin.browser, person.id, strongPassword)
      const { token } = (await issue(admin.browser, person.id, strongPassword)).json.data
      expect((await choose(first.json.data.token, 'a new password')).status).toBe(401)
      expect((await choose(token, 'short')).status).toBe(400)
      const both = await Promise.all([1, 2].map((n) => choose(token, `a new password ${n}`)))
      expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
      expect((await person.browser.call('GET', '/trust/api/auth/me')).status).toBe(401)
      const body = { email: person.email, password: strongPassword }
      const old = await openBrowser(server).call('POST', '/trust/api/auth/login', { body })
      expect(old.status).toBe(401)
    })

    it('401: its token is no second step, and a second step no token', async () => {
      const { token } = (await issue(admin.browser, viewer.id, strongPassword)).json.data
      const body = { token, code: '123456' }
      const verify = '/trust/api/auth/verify-2fa'
      expect((await openBrowser(server).call('POST', verify, { body })).status).toBe(401)
      expect((await choose('2fa_token_here', 'a new password')).status).toBe(401)
    })

    it('403: is not replaced above one’s own role, nor one’s own', async () => {
      expect(refusal(await issue(admin.browser, ownerId, strongPassword))).toEqual([
        403,
        'ROLE_EXCEEDS_OWN',
      ])
      expect((await issue(admin.browser, admin.id, strongPassword)).status).toBe(403)
      expect((await issue(viewer.browser, operator.id, strongPassword)).status).toBe(403)
    })
  })

  describe('invitations', () => {
    const accept = (body: object, browser = openBrowser(server)) =>
      browser.call('POST', '/trust/api/auth/accept-invitation', { body })
    const create = async (by: Browser, email: string, role = 'viewer') =>
      (await by.call('POST', invitations, { body: { email, role } })).json.data

    it('200: are listed without their tokens, and revoked', async () => {
      const made = await create(owner, 'late@example.com')
      expect(made.token).toMatch(/^inv_[0-9A-Za-z]{40}$/)
      const list = await owner.call('GET', invitations)
      expect(list.text).not.toContain(made.token)
      expect(list.json.data[0]).toMatchObject({ id: made.id, status: 'pending' })
      const revoked = await owner.call('DELETE', `${invitations}/${made.id}`)
      expect(revoked.json.data.status).toBe('revoked')
      const late = await accept({ token: made.token, password: strongPassword })
      expect(refusal(late)).toEqual([404, 'INVITATION_NOT_FOUND'])
      expect(refusal(await owner.call('DELETE', `${invitations}/${made.id}`))).toEqual([
        404,
        'INVITATION_NOT_FOUND',
      ])
    })

    it('200: count once, and make an account with a password of its own', async () => {
      const made = await create(owner, 'once@example.com')
      const short = await accept({ token: made.token, password: 'short' })
      expect(short.json.error.details.fields[0].field).toBe('password')
      const given = { token: made.token, password: strongPassword, name: 'Otto' }
      const answers = await Promise.all([accept(given), accept(given), accept(given)])
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      const made1 = answers.find(({ status }) => status === 200)
      expect(made1?.json.user).toMatchObject({
        email: 'once@example.com',
        name: 'Otto',
        passwordChangeDue: false,
      })
    })

    it('401: join an account that there is only with its own password', async () => {
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      // The other organization invites somebody who is here already; its first owner is planted.
      const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
      await db.inTenant(other.json.id, (tx) =>
        tx.run(sql`insert into memberships (organization_id, user_id, role)
          values (${other.json.id}, ${ownerId}, 'owner')`),
      )
      await db.close()
      const headers = { 'x-workspace-id': other.json.default_workspace_id }
      const { json } = await owner.call('POST', invitations, {
        headers,
        body: { email: viewer.email, role: 'admin' },
      })
      const wrong = await accept({ token: json.data.token, password: 'another password' })
      expect(refusal(wrong)).toEqual([401, 'UNAUTHORIZED'])
      const browser = openBrowser(server)
      const joined = await accept({ token: json.data.token, password: strongPassword }, browser)
      const organizations = joined.json.workspaces.map(
        (one: { organizationId: string }) => one.organizationId,
      )
      expect(organizations.sort()).toEqual([server.organization_id, other.json.id].sort())
      // A viewer here, an admin there: the workspace says which.
      expect((await browser.call('GET', users)).status).toBe(403)
      const there = await browser.call('GET', users, { headers })
      expect(there.json.data.map((one: { email: string }) => one.email).sort()).toEqual(
        [server.owner.email, viewer.email].sort(),
      )
      const reset = await owner.call('POST', `${users}/${viewer.id}/2fa/reset`, {
        body: { password: server.ownerPassword },
      })
      expect(refusal(reset)).toEqual([409, 'USER_IN_OTHER_ORGANIZATIONS'])
    })

    it('404: are worth nothing once their maker may not give the role any more', async () => {
      const maker = await invite(server, owner, { email: 'maker@example.com', role: 'admin' })
      const made = await create(maker.browser, 'friend@example.com', 'admin')
      await owner.call('PATCH', `${users}/${maker.id}`, { body: { role: 'viewer' } })
      const answer = await accept({ token: made.token, password: strongPassword })
      expect(refusal(answer)).toEqual([404, 'INVITATION_NOT_FOUND'])
    })

    it('404: end after a week', async () => {
      const made = await create(owner, 'slow@example.com')
      await change(sql`update invitations set expires_at = now() - interval '1 second'
        where id = ${made.id}`)
      expect((await accept({ token: made.token, password: strongPassword })).status).toBe(404)
    })

    it('409: are not made for who is in already', async () => {
      const body = { email: 'VIEWER@example.com', role: 'admin' }
      expect(refusal(await owner.call('POST', invitations, { body }))).toEqual([
        409,
        'ALREADY_MEMBER',
      ])
    })
  })

  describe('workspaces', () => {
    it('200 and 403: bound who is in them, and take effect at once', async () => {
      const made = await owner.call('POST', workspaces, { body: { name: 'Payments' } })
      expect([made.status, made.json.data.isDefault]).toEqual([201, false])
      const headers = { 'x-workspace-id': made.json.data.id }
      const members = `${workspaces}/${made.json.data.id}/members`
      const look = () => operator.browser.call('GET', '/trust/api/auth/me', { headers })
      expect(refusal(await look())).toEqual([403, 'WORKSPACE_ACCESS_DENIED'])
      const put = await owner.call('PUT', `${members}/${operator.id}`)
      const emails = put.json.data.map((one: { email: string }) => one.email)
      expect(emails).toContain(operator.email)
      expect(emails).toContain(admin.email)
      expect(emails).not.toContain(viewer.email)
      expect((await look()).status).toBe(200)
      const mine = await operator.browser.call('GET', workspaces)
      expect(mine.json.data.map((one: { name: string }) => one.name)).toEqual([
        'Default',
        'Payments',
      ])
      await owner.call('DELETE', `${members}/${operator.id}`)
      expect((await look()).status).toBe(403)
      // A key learns of a new workspace as well.
      const key = await server.call('GET', '/gate/api/findings', { headers })
      expect(key.status).toBe(200)
    })

    it('200: get another name', async () => {
      const path = `${workspaces}/${server.workspace_id}`
      const named = await owner.call('PATCH', path, { body: { name: 'Main' } })
      expect(named.json.data).toMatchObject({ id: server.workspace_id, name: 'Main' })
      await owner.call('PATCH', path, { body: { name: 'Default' } })
    })

    it('404: for one that there is not', async () => {
      const none = `${workspaces}/ws_000000000000`
      const answers = [
        await owner.call('PATCH', none, { body: { name: 'x' } }),
        await owner.call('GET', `${none}/members`),
        await owner.call('PUT', `${none}/members/${viewer.id}`),
        await owner.call('DELETE', `${none}/members/${viewer.id}`),
      ]
      expect(answers.map(refusal)).toEqual(answers.map(() => [404, 'WORKSPACE_NOT_FOUND']))
    })
  })
})
