// What must not be enough to take over an account or an organization.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import type { Answer } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { accept, invite, type Person, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const users = '/trust/api/users'

describe.skipIf(!hasDatabase)('taking over', () => {
  let server: TestServer
  let owner: Browser
  let admin: Person
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
    admin = await invite(server, owner, { email: 'admin@example.com', role: 'admin' })
  })
  afterAll(() => server.stop())

  const refusal = ({ status, json }: Answer) => [status, json?.error?.code]
  const login = (email: string, password: string) =>
    openBrowser(server).call('POST', '/trust/api/auth/login', { body: { email, password } })
  const acceptWith = (token: string, password: string) =>
    openBrowser(server).call('POST', '/trust/api/auth/accept-invitation', {
      body: { token, password },
    })
  const organization = async (name: string, owner_email?: string) =>
    (await server.call('POST', '/console/api/organizations', { body: { name, owner_email } })).json
  const inviteTo = async (by: Person, email: string) =>
    (await by.browser.call('POST', '/trust/api/invitations', { body: { email, role: 'admin' } }))
      .json.data

  it('takes no more guesses for an address that is spelt in another way', {
    retry: 1,
  }, async () => {
    const person = await invite(server, owner, { email: 'vivii@example.com', role: 'viewer' })
    // PostgreSQL takes the dotted capital for an i where JavaScript makes two characters of it.
    const spellings = ['vivii', 'v\u0130vii', 'viv\u0130i', 'VIVI\u0130', 'v\u0130v\u0130i']
    const statuses: number[] = []
    for (const spelling of spellings) {
      for (let tries = 0; tries < 3; tries++) {
        statuses.push((await login(`${spelling}@example.com`, 'wrong')).status)
      }
    }
    const counted = (await login('V\u0130VII@example.com', strongPassword)).status
    // Where the database does not find the account by that spelling, nothing is guessed at.
    const sameAccount = await sameToDatabase('vivii@example.com', 'v\u0130vii@example.com')
    if (sameAccount) {
      expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401))
      expect(statuses.slice(10)).toEqual(Array(5).fill(429))
      expect(counted).toBe(429)
    } else expect(counted).toBe(401)
    expect((await person.browser.call('GET', '/trust/api/auth/me')).status).toBe(200)
  })

  async function sameToDatabase(one: string, other: string): Promise<boolean> {
    const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    const { same } = await db.inSystem((tx) =>
      tx.one<{ same: boolean }>(sql`select lower(${one}) = lower(${other}) as same`),
    )
    await db.close()
    return same
  }

  describe('with a token for another password', () => {
    const issue = async (by: Person, userId: string) =>
      (
        await by.browser.call('POST', `${users}/${userId}/password/reset`, {
          body: { password: strongPassword },
        })
      ).json.data.token
    const choose = (token: string) =>
      openBrowser(server).call('POST', '/trust/api/auth/reset-password', {
        body: { token, newPassword: 'chosen by somebody else' },
      })

    it('401: once the person has joined another organization', async () => {
      const person = await invite(server, owner, { email: 'joiner@example.com', role: 'viewer' })
      const token = await issue(admin, person.id)
      const { owner_invitation } = await organization('Joined', person.email)
      expect((await acceptWith(owner_invitation.token, strongPassword)).status).toBe(200)
      expect(refusal(await choose(token))).toEqual([401, 'UNAUTHORIZED'])
      expect((await login(person.email, strongPassword)).status).toBe(200)
    })

    it('401: once its issuer may not manage the person any more', async () => {
      const person = await invite(server, owner, { email: 'kept@example.com', role: 'viewer' })
      const issuer = await invite(server, owner, { email: 'issuer@example.com', role: 'admin' })
      const token = await issue(issuer, person.id)
      await owner.call('PATCH', `${users}/${issuer.id}`, { body: { role: 'viewer' } })
      expect(refusal(await choose(token))).toEqual([401, 'UNAUTHORIZED'])
      await owner.call('PATCH', `${users}/${issuer.id}`, { body: { role: 'admin' } })
      await owner.call('PATCH', `${users}/${person.id}`, { body: { role: 'owner' } })
      expect(refusal(await choose(token))).toEqual([401, 'UNAUTHORIZED'])
      expect((await login(person.email, strongPassword)).status).toBe(200)
    })
  })

  describe('by what was made before', () => {
    const console = '/console/api/keys'
    const wanted = { surface: 'identity', name: 'kept' }
    const works = async (key: string) => (await server.call('GET', console, { key })).status === 200

    it.each([
      ['DELETE', undefined],
      ['PATCH', { role: 'operator' }],
    ])('401: keys and clients end with the person: %s %j', async (method, body) => {
      const name = `maker-${method.toLowerCase()}`
      const maker = await invite(server, owner, { email: `${name}@example.com`, role: 'admin' })
      const made = (await maker.browser.call('POST', console, { body: wanted })).json
      const child = (await server.call('POST', console, { key: made.api_key, body: wanted })).json
      const client = await server.call('POST', '/identity/v1/oauth/clients', {
        key: child.api_key,
        body: { name, grant_types: ['client_credentials'], scopes: ['admin:console'] },
      })
      expect([await works(made.api_key), await works(child.api_key)]).toEqual([true, true])
      const path = `${users}/${maker.id}`
      const ended = await owner.call(method, path, body === undefined ? {} : { body })
      const ids = ended.json.data.revokedKeys.map((key: { id: string }) => key.id)
      expect(ids.sort()).toEqual([made.id, child.id].sort())
      expect(ended.json.data.deletedClients).toEqual([{ id: client.json.client_id, name }])
      expect([await works(made.api_key), await works(child.api_key)]).toEqual([false, false])
      const log = await server.call('GET', `/identity/v1/audit/events?object_id=${maker.id}`)
      const details = log.json.data.map((event: { details: object }) => event.details)
      expect(details).toContainEqual(
        expect.objectContaining({ deleted_clients: [client.json.client_id] }),
      )
      // What the organization was given at its first start is nobody's own.
      expect(await works(server.keys.identity ?? '')).toBe(true)
    })

    it('200: the first start and all that it gave out are in the audit log', async () => {
      const events = '/identity/v1/audit/events?actor_id=first-run'
      const { json } = await server.call('GET', events)
      const actions = json.data.map((event: { action: string }) => event.action).sort()
      expect(actions).toEqual([
        ...Array(5).fill('key.created'),
        'member.added',
        'organization.created',
      ])
    })
  })

  describe('an organization', () => {
    const inviteOwner = (key: string, email: string) =>
      server.call('POST', '/console/api/owner-invitations', { key, body: { email } })

    it('201: gets its first owner by an invitation, who lets others in', async () => {
      const made = await organization('Peopled', 'first@example.org')
      expect(made.owner_invitation).toEqual({
        id: expect.any(String),
        email: 'first@example.org',
        token: expect.stringMatching(/^inv_/),
        expires_at: expect.any(String),
      })
      const first = await accept(server, made.owner_invitation)
      const me = await first.browser.call('GET', '/trust/api/auth/me')
      expect(me.json.user).toMatchObject({ organizationId: made.id, role: 'owner' })
      const other = await inviteTo(first, 'second@example.org')
      expect((await accept(server, other)).email).toBe('second@example.org')
      const late = await inviteOwner(made.admin_key, 'late@example.org')
      expect(refusal(late)).toEqual([409, 'organization_has_owner'])
    })

    it('201: gets one by its own key, the last invitation counting', async () => {
      const made = await organization('Keyed')
      expect(made.owner_invitation).toBeNull()
      const earlier = (await inviteOwner(made.admin_key, 'a@example.net')).json
      const later = (await inviteOwner(made.admin_key, 'b@example.net')).json
      expect((await acceptWith(earlier.token, strongPassword)).status).toBe(404)
      expect((await accept(server, later)).email).toBe('b@example.net')
    })

    it('404: gets none by a key that was revoked meanwhile', async () => {
      const made = await organization('Revoked')
      const invitation = (await inviteOwner(made.admin_key, 'c@example.net')).json
      const { json } = await server.call('GET', '/console/api/keys', { key: made.admin_key })
      const path = `/console/api/keys/${json.keys[0].id}`
      expect((await server.call('DELETE', path, { key: made.admin_key })).status).toBe(200)
      expect((await acceptWith(invitation.token, strongPassword)).status).toBe(404)
    })

    it('400: is told nothing of whether an invited address has an account', async () => {
      const first = await accept(server, (await organization('Nosy', 'n@nosy.io')).owner_invitation)
      const known = await inviteTo(first, admin.email)
      const unknown = await inviteTo(first, 'nobody@example.com')
      const [one, other] = [
        await acceptWith(known.token, 'short'),
        await acceptWith(unknown.token, 'short'),
      ]
      expect(one.status).toBe(400)
      expect(one.text).toBe(other.text)
    })
  })
})
