// The audit log as it is read, and as it proves itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuditVerifier, toSigned } from '../../src/platform/audit/verify.ts'
import { openDatabase, sql } from '../../src/platform/db.ts'
import { type Browser, browserEnv, ownerBrowser } from '../fixtures/browser.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const events = '/identity/v1/audit/events'

describe.skipIf(!hasDatabase)('the audit log', () => {
  let server: TestServer
  let owner: Browser
  beforeAll(async () => {
    server = await startTestServer({ env: browserEnv })
    owner = await ownerBrowser(server)
  })
  afterAll(() => server.stop())

  const makeKey = async (name: string): Promise<Json> =>
    (await server.call('POST', '/console/api/keys', { body: { surface: 'gate', name } })).json

  async function until<Value>(
    what: string,
    find: () => Promise<Value | undefined>,
  ): Promise<Value> {
    for (const startedAt = Date.now(); Date.now() - startedAt < 10_000; ) {
      const found = await find()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${what} did not happen`)
  }

  describe('200', () => {
    it('tells who did what, on what, from where, with what result', async () => {
      const key = await makeKey('seen')
      const list = await server.call('GET', `${events}?object_id=${key.id}`)
      expect(list.json).toEqual({
        data: [
          {
            id: expect.any(String),
            at: expect.stringMatching(/Z$/),
            actor: { kind: 'key', id: expect.stringMatching(/^key_/), name: expect.any(String) },
            action: 'key.created',
            object: { type: 'key', id: key.id },
            address: '127.0.0.1',
            request_id: expect.stringMatching(/^req_/),
            result: 'success',
            details: expect.objectContaining({ name: 'seen' }),
            seal: list.json.data[0].seal,
          },
        ],
        pagination: { total: 1, page: 1, per_page: 50 },
      })
      const one = await server.call('GET', `${events}/${list.json.data[0].id}`)
      expect(one.json).toMatchObject({ action: 'key.created', object: { id: key.id } })
    })

    it('says the same on Trust, in its form, to a person and to a key', async () => {
      const key = await makeKey('on trust')
      for (const call of [owner.call, server.call]) {
        const list = await call('GET', `/trust/api/audit?resourceId=${key.id}`)
        expect(list.json).toEqual({
          data: [
            expect.objectContaining({
              action: 'key.created',
              resource: { type: 'key', id: key.id },
              ipAddress: '127.0.0.1',
              timestamp: expect.any(String),
            }),
          ],
          pagination: { page: 1, limit: 50, total: 1, totalPages: 1 },
        })
      }
    })

    it('is found by actor, action, kind, result, address and time, page by page', async () => {
      const from = new Date().toISOString()
      const made = [await makeKey('a'), await makeKey('b'), await makeKey('c')]
      const total = async (query: string) =>
        (await server.call('GET', `${events}?from=${from}&${query}`)).json.pagination.total
      expect(await total('action=key.created')).toBe(3)
      expect(await total('action=key.')).toBe(3)
      expect(await total('action=key')).toBe(0)
      expect(await total('object_type=key')).toBe(3)
      expect(await total('result=failure')).toBe(0)
      expect(await total('address=127.0.0.1')).toBe(3)
      expect(await total('actor_id=nobody')).toBe(0)
      expect(await total(`to=${from}`)).toBe(0)
      const pages = [1, 2].map((page) =>
        server.call('GET', `${events}?from=${from}&per_page=2&page=${page}`),
      )
      const names = (await Promise.all(pages)).flatMap(({ json }) =>
        json.data.map((event: Json) => event.details.name),
      )
      expect(names).toEqual(['c', 'b', 'a'])
      expect(made).toHaveLength(3)
    })

    it('knows of logins, of failed ones too, and holds no password', async () => {
      const wrong = { email: server.owner.email, password: 'not the password' }
      await server.call('POST', '/trust/api/auth/login', { key: null, body: wrong })
      const failed = await until('the record of the failure', async () => {
        const { json } = await server.call('GET', `${events}?action=login.failed`)
        return json.data[0] as Json
      })
      expect(failed).toMatchObject({
        actor: { kind: 'user', name: server.owner.email },
        result: 'failure',
        details: { wrong: 'password' },
      })
      const opened = await server.call('GET', `${events}?action=session.opened`)
      expect(opened.json.data[0].details.session_id).toEqual(expect.any(String))
      const all = await server.call('GET', `${events}?per_page=100`)
      for (const secret of ['not the password', server.ownerPassword]) {
        expect(all.text).not.toContain(secret)
      }
    })

    it('knows once of a key that was refused, however often', async () => {
      const key = await makeKey('to be refused')
      await server.call('DELETE', `/console/api/keys/${key.id}`)
      const use = () => server.call('GET', '/gate/api/findings', { key: key.api_key })
      expect([(await use()).status, (await use()).status]).toEqual([401, 401])
      const rows = await until('the record of the refusal', async () => {
        const { json } = await server.call('GET', `${events}?object_id=${key.id}`)
        const found = json.data.filter(({ action }: Json) => action === 'key.refused')
        return found.length > 0 ? (found as Json[]) : undefined
      })
      expect(rows).toEqual([
        expect.objectContaining({ result: 'failure', details: { reason: 'revoked' } }),
      ])
    })

    it('knows once of what a credential reached for and may not have', async () => {
      const wanted = { surface: 'identity', name: 'narrow', scopes: ['read:principals'] }
      const made = (await server.call('POST', '/console/api/keys', { body: wanted })).json
      const key = made.api_key
      const headers = { 'x-workspace-id': 'ws_000000000000' }
      const asked: number[] = []
      for (let time = 0; time < 3; time++) {
        asked.push((await server.call('GET', events, { key })).status)
        asked.push((await server.call('GET', events, { key, headers })).status)
      }
      expect(asked).toEqual(asked.map(() => 403))
      const rows = await until('the records of the refusals', async () => {
        const { json } = await server.call('GET', `${events}?actor_id=${made.id}`)
        return json.data.length > 1 ? (json.data as Json[]) : undefined
      })
      const object = { type: 'operation', id: 'listAuditEvents' }
      const shared = { action: 'request.refused', result: 'failure', object }
      const actor = { kind: 'key', id: made.id, name: 'narrow' }
      expect(rows.map(({ details }) => details.reason).sort()).toEqual([
        'forbidden',
        'workspace_access_denied',
      ])
      for (const row of rows) expect(row).toMatchObject({ ...shared, actor })
      expect(rows.map(({ details }) => details)).toEqual(
        expect.arrayContaining([
          { reason: 'forbidden', scope: 'read:audit' },
          { reason: 'workspace_access_denied', workspace_id: 'ws_000000000000' },
        ]),
      )
    })

    it('knows of makers who asked for more than they have, and of people', async () => {
      const wanted = { surface: 'identity', name: 'maker', scopes: ['admin:console'] }
      const made = (await server.call('POST', '/console/api/keys', { body: wanted })).json
      const more = { surface: 'identity', name: 'more', scopes: ['*'] }
      const answer = await server.call('POST', '/console/api/keys', {
        key: made.api_key,
        body: more,
      })
      expect(answer.status).toBe(403)
      const row = await until('the record of the refusal', async () => {
        const { json } = await server.call('GET', `${events}?actor_id=${made.id}`)
        return json.data[0] as Json
      })
      expect(row.details).toEqual({ reason: 'scope_exceeds_maker' })
    })

    it('knows of an access token that is used after its end', async () => {
      const client = await server.call('POST', '/identity/v1/oauth/clients', {
        body: { name: 'ended', scopes: ['read:audit'] },
      })
      const { client_id, client_secret } = client.json
      const body = { grant_type: 'client_credentials', client_id, client_secret }
      const issued = await server.call('POST', '/identity/v1/oauth/token', { key: null, body })
      const key = issued.json.access_token
      await server.call('POST', '/identity/v1/oauth/revoke', { key: null, body: { token: key } })
      const use = () => server.call('GET', events, { key })
      expect([(await use()).status, (await use()).status]).toEqual([401, 401])
      const path = `${events}?object_id=${client_id}&action=token.refused`
      const rows = await until('the record of the refusal', async () => {
        const { json } = await server.call('GET', path)
        return json.data.length > 0 ? (json.data as Json[]) : undefined
      })
      expect(rows).toEqual([
        expect.objectContaining({
          result: 'failure',
          actor: { kind: 'client', id: client_id, name: 'ended' },
          details: { reason: 'revoked', jti: expect.any(String) },
        }),
      ])
    })

    it('knows once of a client whose secret was guessed at, however often', async () => {
      const { json: client } = await server.call('POST', '/identity/v1/oauth/clients', {
        body: { name: 'guessed', scopes: ['read:audit'] },
      })
      const body = { grant_type: 'client_credentials', client_id: client.client_id }
      for (let time = 0; time < 5; time++) {
        const guess = { ...body, client_secret: `guess ${time}` }
        const answer = await server.call('POST', '/identity/v1/oauth/token', { body: guess })
        expect(answer.status).toBe(401)
      }
      const path = `${events}?actor_id=${client.client_id}`
      const rows = await until('the record of the guess', async () => {
        const { json } = await server.call('GET', path)
        return json.data.length > 0 ? (json.data as Json[]) : undefined
      })
      expect(rows).toEqual([
        expect.objectContaining({
          action: 'client.refused',
          result: 'failure',
          details: { reason: 'secret' },
        }),
      ])
    })

    it('holds nothing of strangers', async () => {
      const before = (await server.call('GET', `${events}?per_page=1`)).json.pagination.total
      const stranger = `ti_live_${'x'.repeat(38)}`
      for (const key of [null, stranger, 'x.y.z']) {
        expect((await server.call('GET', events, { key })).status).toBe(401)
      }
      const after = (await server.call('GET', `${events}?per_page=1`)).json.pagination.total
      expect(after).toBe(before)
    })

    it('is chained within a second', async () => {
      const key = await makeKey('to be sealed')
      const committedAt = Date.now()
      const seal = await until('the seal', async () => {
        const { json } = await server.call('GET', `${events}?object_id=${key.id}`)
        return (json.data[0].seal ?? undefined) as Json
      })
      expect(seal.hash).toMatch(/^[0-9a-f]{64}$/)
      // Generous, because many share the machine; the poll is every 0.4 s.
      expect(Date.now() - committedAt).toBeLessThan(9_000)
    })
  })

  describe('the export', () => {
    const verify = (text: string, options?: Parameters<typeof createAuditVerifier>[0]) => {
      const verifier = createAuditVerifier(options)
      for (const line of text.trimEnd().split('\n')) verifier.line(line)
      return verifier.end()
    }
    const exported = (query = '') => server.call('GET', `/identity/v1/audit/export${query}`)
    const checkpoint = async () =>
      (await server.call('GET', '/identity/v1/audit/checkpoint')).json as Json

    it('proves itself with the key that the server tells', async () => {
      await makeKey('exported')
      const answer = await exported()
      expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
      const { key_id } = await checkpoint()
      const verdict = verify(answer.text, { keyIds: [key_id] })
      expect(verdict).toMatchObject({
        intact: true,
        trusted: true,
        organizationId: server.organization_id,
        problems: [],
      })
      const { json } = await server.call('GET', events)
      expect(verdict.rows).toBe(json.pagination.total)
      expect(verdict.lastSeq).toBe(verdict.rows)
    })

    it('begins where it is asked to, and fits a checkpoint that was kept', async () => {
      const kept = await checkpoint()
      await makeKey('after the checkpoint')
      const { seq } = kept.checkpoint
      const part = await exported(`?from_seq=${seq}`)
      const signed = toSigned(kept)
      if (signed === null) throw new Error('the checkpoint is one')
      expect(verify(part.text, { known: [signed] })).toMatchObject({ intact: true, firstSeq: seq })
      const beyond = await exported('?from_seq=1000000')
      expect([beyond.status, beyond.json.error.details.fields[0].field]).toEqual([400, 'from_seq'])
    })

    it('shows what was done to the table behind its back', async () => {
      const key = await makeKey('to be hidden')
      await checkpoint()
      await asOwner(`update audit_events set details = '{}' where object_id = '${key.id}'`)
      expect(verify((await exported()).text)).toMatchObject({
        intact: false,
        problems: [expect.objectContaining({ fault: 'changed' })],
      })
      const removed = `delete from audit_events where object_id = '${key.id}'`
      await asOwner(removed)
      await makeKey('after it')
      const faults = verify((await exported()).text).problems.map(({ fault }) => fault)
      expect(faults).toContain('removed')
    })

    /** What only somebody with the database itself can do. */
    async function asOwner(statement: string): Promise<void> {
      const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
      await db.pool.query(`alter table audit_events no force row level security; ${statement};
        alter table audit_events force row level security`)
      await db.close()
    }
  })

  describe('400, 403, 404', () => {
    it.each([
      ['page=0', 'page'],
      ['per_page=101', 'per_page'],
      ['from=yesterday', 'from'],
      ['result=maybe', 'result'],
      ['colour=red', 'colour'],
      ['action=', 'action'],
    ])('%s names %s', async (query, field) => {
      const answer = await server.call('GET', `${events}?${query}`)
      expect([answer.status, answer.json.error.details.fields[0].field]).toEqual([400, field])
    })

    it('is closed to a key without the scope', async () => {
      const made = await server.call('POST', '/console/api/keys', {
        body: { surface: 'identity', name: 'narrow', scopes: ['read:policies'] },
      })
      for (const path of ['events', 'events/x', 'export', 'checkpoint']) {
        const key = made.json.api_key
        const answer = await server.call('GET', `/identity/v1/audit/${path}`, { key })
        expect([answer.status, answer.json.error.details.scope]).toEqual([403, 'read:audit'])
      }
      const agent = await server.call('GET', '/trust/api/audit', {
        key: server.keys.trust_agent ?? '',
      })
      expect(agent.status).toBe(403)
    })

    it('is closed to who is kept to one workspace', async () => {
      const made = await owner.call('POST', '/trust/api/workspaces', { body: { name: 'Apart' } })
      const headers = { 'x-workspace-id': made.json.data.id }
      const body = { surface: 'identity', name: 'of a workspace', scopes: ['read:audit'] }
      const { json } = await server.call('POST', '/console/api/keys', { headers, body })
      expect(json.workspace_id).toBe(made.json.data.id)
      const paths = [
        'events',
        'events/00000000-0000-4000-8000-000000000000',
        'export',
        'checkpoint',
      ]
      for (const path of paths) {
        const key = json.api_key
        const answer = await server.call('GET', `/identity/v1/audit/${path}`, { key })
        expect([answer.status, answer.json.error.code]).toEqual([403, 'workspace_access_denied'])
      }
      expect((await owner.call('GET', '/trust/api/audit', { headers })).status).toBe(403)
    })

    it('has no event of another organization', async () => {
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      const key = other.json.admin_key
      await server.call('POST', '/console/api/keys', {
        key,
        body: { surface: 'gate', name: 'theirs' },
      })
      const db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
      const { id } = await db.inTenant(other.json.id, (tx) =>
        tx.one<{ id: string }>(sql`select id from audit_events limit 1`),
      )
      await db.close()
      const answers = [id, '00000000-0000-4000-8000-000000000000'].map((each) =>
        server.call('GET', `${events}/${each}`),
      )
      const [foreign, missing] = await Promise.all(answers)
      expect([foreign?.status, foreign?.json.error.code]).toEqual([404, 'audit_event_not_found'])
      const withoutId = (text = '') => text.replace(/req_\w+/, '')
      expect(withoutId(foreign?.text)).toBe(withoutId(missing?.text))
    })
  })
})
