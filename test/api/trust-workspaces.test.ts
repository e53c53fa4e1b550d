// Deleting a workspace: what ends with it, and what keeps it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, browserEnv, openBrowser, ownerBrowser } from '../fixtures/browser.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite, type Person, strongPassword } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const workspaces = '/trust/api/workspaces'

describe.skipIf(!hasDatabase)('a workspace', () => {
  let server: TestServer
  let owner: Browser
  let viewer: Person
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
    viewer = await invite(server, owner, { email: 'viewer@example.com', role: 'viewer' })
  })
  afterAll(() => server.stop())

  const make = async (name: string): Promise<string> =>
    (await owner.call('POST', workspaces, { body: { name } })).json.data.id
  const remove = (id: string, by: Browser = owner) => by.call('DELETE', `${workspaces}/${id}`)

  it('200: is deleted with its keys, clients, tokens and the invitations to it alone', async () => {
    const id = await make('Leaving')
    const headers = { 'x-workspace-id': id }
    const gate = { surface: 'gate', name: 'there' }
    const made = (await owner.call('POST', '/console/api/keys', { body: gate, headers })).json
    const client = await server.call('POST', '/identity/v1/oauth/clients', {
      headers,
      body: { name: 'there', scopes: ['read:audit', 'manage:keys'] },
    })
    const { client_id, client_secret } = client.json
    const token = (grant: object) =>
      server.call('POST', '/identity/v1/oauth/token', {
        key: null,
        body: { grant_type: 'client_credentials', client_id, client_secret, ...grant },
      })
    const { access_token: bearer } = (await token({})).json
    const invitation = async (workspaceIds: string[], email: string) =>
      (
        await owner.call('POST', '/trust/api/invitations', {
          body: { email, role: 'viewer', workspaceIds },
        })
      ).json.data
    const lost = await invitation([id], 'lost@example.com')
    const left = await invitation([id, server.workspace_id], 'left@example.com')
    const findings = () => server.call('GET', '/gate/api/findings', { key: made.api_key })
    const list = () => server.call('GET', '/identity/v1/oauth/clients', { key: bearer })
    expect([(await findings()).status, (await list()).status]).toEqual([200, 200])

    const gone = await remove(id)
    expect([gone.status, gone.json.data]).toEqual([
      200,
      {
        id,
        name: 'Leaving',
        status: 'deleted',
        deletedAt: expect.any(String),
        revokedKeys: [{ id: made.id, name: 'there', surface: 'gate' }],
        deletedClients: [{ id: client_id, name: 'there' }],
        revokedInvitations: [lost.id],
      },
    ])
    expect([(await findings()).status, (await list()).status]).toEqual([401, 401])
    expect((await token({})).status).toBe(401)
    const named = await server.call('GET', '/identity/v1/auth/api-keys', { headers })
    expect([named.status, named.json.error.code]).toEqual([403, 'workspace_access_denied'])
    expect((await owner.call('GET', '/trust/api/users', { headers })).status).toBe(403)
    const listed = (await owner.call('GET', workspaces)).json.data
    expect(listed.map((one: { id: string }) => one.id)).not.toContain(id)
    const accept = (accepted: string) =>
      openBrowser(server).call('POST', '/trust/api/auth/accept-invitation', {
        body: { token: accepted, password: strongPassword },
      })
    expect((await accept(lost.token)).status).toBe(404)
    const joined = (await accept(left.token)).json.workspaces
    expect(joined.map((one: { id: string }) => one.id)).toEqual([server.workspace_id])
    const log = await owner.call('GET', `/trust/api/audit?resourceId=${id}`)
    expect(log.json.data[0]).toMatchObject({
      action: 'workspace.deleted',
      details: { name: 'Leaving', revoked_keys: [made.id], deleted_clients: [client_id] },
    })
  })

  it('403: is deleted by nobody who may not manage people', async () => {
    const id = await make('Kept')
    expect((await remove(id, viewer.browser)).status).toBe(403)
    expect((await remove(id)).status).toBe(200)
  })

  it('404: is not there a second time, and answers as one that never was', async () => {
    const id = await make('Twice')
    await remove(id)
    const without = (text: string) => text.replace(/req_\w+/, '')
    const missing = await remove('ws_000000000000')
    expect(missing.status).toBe(404)
    expect(without((await remove(id)).text)).toBe(without(missing.text))
    const named = await owner.call('PATCH', `${workspaces}/${id}`, { body: { name: 'Back' } })
    expect(named.status).toBe(404)
    const put = await owner.call('PUT', `${workspaces}/${id}/members/${viewer.id}`)
    expect(put.status).toBe(404)
  })

  it('409: stays where it is the default one, or all that somebody has', async () => {
    const standard = await remove(server.workspace_id)
    expect([standard.status, standard.json.error.code, standard.json.error.details]).toEqual([
      409,
      'WORKSPACE_IN_USE',
      { default: true },
    ])
    const id = await make('Only')
    const wanted = { email: 'only@example.com', role: 'operator', workspaceIds: [id] }
    const person = await invite(server, owner, wanted)
    const kept = await remove(id)
    expect([kept.status, kept.json.error.code]).toEqual([409, 'WORKSPACE_IN_USE'])
    expect(kept.json.error.details.stranded).toEqual([{ id: person.id, email: person.email }])
    expect((await person.browser.call('GET', '/trust/api/auth/me')).status).toBe(200)
    await owner.call('PUT', `${workspaces}/${server.workspace_id}/members/${person.id}`)
    expect((await remove(id)).status).toBe(200)
    const me = (await person.browser.call('GET', '/trust/api/auth/me')).json.workspaces
    expect(me.map((one: { id: string }) => one.id)).toEqual([server.workspace_id])
  })
})
