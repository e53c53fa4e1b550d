// What is made in the very instant in which its maker loses the right.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, browserEnv, ownerBrowser } from '../fixtures/browser.ts'
import type { Answer } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { invite, type Person } from '../fixtures/people.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const keys = '/console/api/keys'
const clients = '/identity/v1/oauth/clients'

describe.skipIf(!hasDatabase)('a credential', () => {
  let server: TestServer
  let owner: Browser
  let other: pg.Client
  let maker: Person
  let makers = 0
  beforeAll(async () => {
    server = await startTestServer({
      env: { ...browserEnv, PANTHERA_RATE_LIMITS: '{"identity.keys.hour": 1000}' },
    })
    owner = await ownerBrowser(server)
    other = new pg.Client({ connectionString: server.databaseUrl })
    await other.connect()
  })
  afterAll(async () => {
    await other.end()
    await server.stop()
  })
  beforeEach(async () => {
    makers += 1
    maker = await invite(server, owner, { email: `m${makers}@example.com`, role: 'admin' })
  })

  /** Resolves when the answer is there, or waits for what the other transaction holds. */
  async function blocked(asking: Promise<Answer>): Promise<boolean> {
    let answered = false
    asking.finally(() => {
      answered = true
    })
    while (!answered) {
      // Sees all that is open on this database, whoever holds it.
      const { rows } = await watch(`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`)
      if (rows.length > 0) return true
    }
    return false
  }

  async function watch(statement: string): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: server.databaseUrl })
    await client.connect()
    try {
      return await client.query(statement)
    } finally {
      await client.end()
    }
  }

  const begin = () =>
    other.query(`begin; select set_config('role', 'panthera_tenant', true),
      set_config('app.organization', '${server.organization_id}', true)`)

  const losing: [string, string][] = [
    ['removed', 'delete from memberships where user_id ='],
    ['demoted', "update memberships set role = 'viewer' where user_id ="],
  ]
  const making: [string, () => Promise<() => Promise<Answer>>][] = [
    [
      'a key of their own',
      async () => () =>
        maker.browser.call('POST', keys, { body: { surface: 'gate', name: 'late' } }),
    ],
    [
      'a key by a key of theirs',
      async () => {
        const key = await keyOf(maker)
        return () => server.call('POST', keys, { key, body: { surface: 'identity', name: 'late' } })
      },
    ],
    [
      'the successor of a key',
      async () => {
        const body = { surface: 'gate', name: 'old' }
        const { json } = await server.call('POST', keys, { body })
        return () => maker.browser.call('POST', `${keys}/${json.id}/rotate`)
      },
    ],
    [
      'a client by a key of theirs',
      async () => {
        const key = await keyOf(maker)
        const body = { name: 'late', scopes: ['read:audit'] }
        return () => server.call('POST', clients, { key, body })
      },
    ],
    [
      'a new secret of a client',
      async () => {
        const key = await keyOf(maker)
        const body = { name: 'old', scopes: ['read:audit'] }
        const { json } = await server.call('POST', clients, { body })
        return () => server.call('POST', `${clients}/${json.client_id}/rotate`, { key })
      },
    ],
  ]

  async function keyOf({ browser }: Person): Promise<string> {
    const body = { surface: 'identity', name: 'first' }
    return (await browser.call('POST', keys, { body })).json.api_key
  }

  describe.each(losing)(
    '403: whose maker is being %s waits, and is not made:',
    (_how, statement) => {
      it.each(making)('%s', async (_what, prepare) => {
        const make = await prepare()
        await begin()
        await other.query(`${statement} '${maker.id}'`)
        const asking = make()
        const waited = await blocked(asking)
        await other.query('commit')
        const { status, json } = await asking
        expect([waited, status, json.error?.code]).toEqual([true, 403, 'forbidden'])
      })
    },
  )

  it.each([
    ['PATCH', { role: 'operator' }],
    ['DELETE', undefined],
  ])('that is being made is found and ended: %s %j', async (method, body) => {
    await begin()
    // What the server does when it makes a key, up to its commit.
    await other.query(`select from memberships where user_id = '${maker.id}' for share`)
    await other.query(`insert into api_keys (organization_id, id, workspace_id, surface, type, hash,
        hint, name, scopes, created_by, person_id)
      values ('${server.organization_id}', 'key_made${makers}', '${server.workspace_id}', 'gate',
        'standard', '\\x0${makers % 10}', 'h', 'n', '{*}', '${maker.id}', '${maker.id}')`)
    const path = `/trust/api/users/${maker.id}`
    const ending = owner.call(method, path, body === undefined ? {} : { body })
    expect(await blocked(ending)).toBe(true)
    await other.query('commit')
    const ids = (await ending).json.data.revokedKeys.map(({ id }: { id: string }) => id)
    expect(ids).toEqual([`key_made${makers}`])
  })

  it('401: by a key that was revoked elsewhere, and that this node still remembers', async () => {
    const key = await keyOf(maker)
    const made = () => server.call('POST', keys, { key, body: { surface: 'gate', name: 'x' } })
    expect((await made()).status).toBe(201)
    // As another node does it, but for the version that tells this one.
    await begin()
    await other.query(`update api_keys set revoked_at = now() where person_id = '${maker.id}'`)
    await other.query('commit')
    expect((await made()).status).toBe(401)
  })

  it('404: has no place in a workspace that is deleted meanwhile', async () => {
    const { json } = await owner.call('POST', '/trust/api/workspaces', { body: { name: 'Gone' } })
    const headers = { 'x-workspace-id': json.data.id }
    await begin()
    await other.query(`update workspaces set deleted_at = now() where id = '${json.data.id}'`)
    const body = { surface: 'gate', name: 'late' }
    const asking = maker.browser.call('POST', keys, { body, headers })
    expect(await blocked(asking)).toBe(true)
    await other.query('commit')
    const answer = await asking
    expect([answer.status, answer.json.error.code]).toEqual([404, 'workspace_not_found'])
  })
})
