import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startReceiver } from '../fixtures/receiver.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const base = '/gate/api/webhooks'
const open = 'http://127.0.0.1:9/hook'

describe.skipIf(!hasDatabase)('webhooks', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({
      env: {
        PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
        PANTHERA_GITHUB_CLONE_URL: 'file:///nowhere',
      },
    })
  })
  afterAll(() => server.stop())

  const call = (method: string, path = '', body?: unknown, options: CallOptions = {}) =>
    server.call(method, `${base}${path}`, { ...(body === undefined ? {} : { body }), ...options })

  async function create(url = open, events = ['scan.failed']): Promise<Json> {
    const made = await call('POST', '', { url, events })
    expect(made.status, made.text).toBe(201)
    return made.json
  }

  /** A receiver, and the webhook that leads to it. */
  async function receiving(answer?: (nth: number) => number) {
    const receiver = await startReceiver(answer)
    const webhook = await create(receiver.url)
    receiver.secret = webhook.secret
    return { receiver, webhook }
  }

  /** Nothing is there to be cloned, so it starts and fails. */
  const failScan = () =>
    server.call('POST', '/gate/api/scans', {
      body: {
        organization_id: server.organization_id,
        scan_type: 'code',
        provider: 'github',
        owner: 'acme',
        repo_name: 'nothing',
      },
    })

  async function ended(webhookId: string, status: string): Promise<Json> {
    for (;;) {
      const { json } = await call('GET', `/${webhookId}/deliveries?status=${status}`)
      if (json.total > 0) return json.deliveries[0]
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  describe('201', () => {
    it('answers the secret, which no later answer holds', async () => {
      const made = await create('https://93.184.216.34/hook?token=x', [
        'scan.failed',
        'finding.new',
      ])
      expect(made).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        url: 'https://93.184.216.34/hook?token=x',
        description: null,
        events: ['scan.failed', 'finding.new'],
        active: true,
        disabled_reason: null,
        paused_until: null,
        created_at: expect.any(String),
        updated_at: expect.any(String),
        secret: expect.stringMatching(/^whsec_[0-9A-Za-z+/]{43}=$/),
      })
      const { secret, ...shown } = made
      const got = await call('GET', `/${made.id}`)
      expect([got.status, got.json]).toEqual([200, shown])
      const list = await call('GET')
      expect(list.json).toMatchObject({ total: expect.any(Number), limit: 50, offset: 0 })
      expect(list.json.webhooks).toContainEqual(shown)
      expect(list.text + server.logLines.join('')).not.toContain(secret)
      await call('DELETE', `/${made.id}`)
    })
  })

  describe('200', () => {
    it('delivers what happened, and shows the delivery with its attempt', async () => {
      const { receiver, webhook } = await receiving()
      const scan = await failScan()
      const [received] = await receiver.waitFor(1)
      expect(received).toMatchObject({
        verified: true,
        body: { event: 'scan.failed', scan_id: scan.json.scan_id },
      })
      const delivery = await ended(webhook.id, 'delivered')
      expect(delivery).toMatchObject({
        webhook_id: webhook.id,
        message_id: received?.id,
        event: 'scan.failed',
        attempt_count: 1,
        next_attempt_at: null,
        attempts: [{ number: 1, status: 204, error: null, duration_ms: expect.any(Number) }],
      })
      await call('DELETE', `/${webhook.id}`)
      receiver.close()
    })

    it('delivers while another endpoint does not answer', async () => {
      const silent = createServer()
      silent.listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const { port } = silent.address() as AddressInfo
      const stuck = await create(`http://127.0.0.1:${port}/`)
      const { receiver, webhook } = await receiving()
      await failScan()
      await receiver.waitFor(1)
      await failScan()
      await receiver.waitFor(2)
      const { deliveries } = (await call('GET', `/${stuck.id}/deliveries`)).json
      expect(deliveries).toMatchObject([
        { status: 'pending', attempt_count: 0 },
        { status: 'pending', attempt_count: 0 },
      ])
      silent.closeAllConnections()
      silent.close()
      for (const each of [stuck, webhook]) await call('DELETE', `/${each.id}`)
      receiver.close()
    })

    it('changes what it is told to, and nothing else', async () => {
      const { id, secret: _, ...made } = await create()
      const changes = { events: ['finding.new', 'scan.started'], description: 'To chat' }
      const changed = await call('PATCH', `/${id}`, changes)
      expect(changed.json).toEqual({
        ...made,
        id,
        description: 'To chat',
        // As the reference orders them.
        events: ['scan.started', 'finding.new'],
        updated_at: expect.any(String),
      })
      expect((await call('PATCH', `/${id}`, { active: false })).json.active).toBe(false)
      expect((await call('GET', `/${id}`)).json).toMatchObject({ active: false, url: open })
      await call('DELETE', `/${id}`)
    })

    it('tells what came of a test, whether it arrives or not', async () => {
      const { receiver, webhook } = await receiving((nth) => (nth === 1 ? 204 : 418))
      const good = await call('POST', `/${webhook.id}/test`)
      expect([good.status, good.json]).toMatchObject([
        200,
        { event: 'scan.failed', delivered: true, status: 204, error: null },
      ])
      expect(receiver.received).toMatchObject([
        { id: good.json.message_id, verified: true, body: { data: { test: true } } },
      ])
      const bad = await call('POST', `/${webhook.id}/test`, { event: 'finding.new' })
      expect(bad.json).toMatchObject({ event: 'finding.new', delivered: false, status: 418 })
      expect(bad.json.error).toBe('bad_status')
      receiver.close()
      const none = await call('POST', `/${webhook.id}/test`)
      expect(none.json).toMatchObject({ delivered: false, status: null })
      // Which of them depends on whether a connection was still kept open.
      expect(['refused', 'reset']).toContain(none.json.error)
      await call('DELETE', `/${webhook.id}`)
    })

    it('rotates the secret: the new one verifies at once', async () => {
      const { receiver, webhook } = await receiving()
      const rotated = await call('POST', `/${webhook.id}/rotate-secret`)
      expect(rotated.status).toBe(200)
      expect(rotated.json.secret).not.toBe(webhook.secret)
      await call('POST', `/${webhook.id}/test`)
      expect(receiver.received).toMatchObject([{ verified: true }])
      receiver.secret = rotated.json.secret
      await call('POST', `/${webhook.id}/rotate-secret`, { overlap_seconds: 3_600 })
      await call('POST', `/${webhook.id}/test`)
      expect(receiver.received).toMatchObject([{ verified: true }, { verified: true }])
      await call('POST', `/${webhook.id}/rotate-secret`, { overlap_seconds: 0 })
      await call('POST', `/${webhook.id}/test`)
      expect(receiver.received.at(-1)).toMatchObject({ verified: false })
      expect(() => new Webhook(rotated.json.secret)).not.toThrow()
      await call('DELETE', `/${webhook.id}`)
      receiver.close()
    })

    it('deletes it with all that was sent', async () => {
      const { id } = await create()
      const deleted = await call('DELETE', `/${id}`)
      expect([deleted.status, deleted.json]).toEqual([200, { id, deleted: true }])
      expect((await call('GET', `/${id}`)).status).toBe(404)
    })
  })

  describe('202', () => {
    it('sends a delivery again under the same id, by either address', async () => {
      const { receiver, webhook } = await receiving()
      await failScan()
      await receiver.waitFor(1)
      const { id } = await ended(webhook.id, 'delivered')
      for (const path of [`/${webhook.id}/deliveries/${id}/replay`, `/deliveries/${id}/replay`]) {
        const count = receiver.received.length
        const answer = await call('POST', path)
        expect([answer.status, answer.json]).toMatchObject([202, { id, status: 'pending' }])
        while (receiver.received.length === count) {
          await new Promise((resolve) => setTimeout(resolve, 25))
        }
        expect((await ended(webhook.id, 'delivered')).attempt_count).toBe(count + 1)
      }
      expect(new Set(receiver.received.map((each) => each.id)).size).toBe(1)
      await call('DELETE', `/${webhook.id}`)
      receiver.close()
    })

    it('sends again what never arrived since a time', async () => {
      const { receiver, webhook } = await receiving((nth) => (nth === 1 ? 410 : 204))
      const since = new Date(Date.now() - 60_000).toISOString()
      await failScan()
      await ended(webhook.id, 'failed')
      const off = await call('GET', `/${webhook.id}`)
      expect(off.json).toMatchObject({ active: false, disabled_reason: 'gone' })
      const early = await call('POST', `/${webhook.id}/replay`, { since })
      expect([early.status, early.json.error.code]).toEqual([409, 'webhook_inactive'])
      await call('PATCH', `/${webhook.id}`, { active: true })
      const replayed = await call('POST', `/${webhook.id}/replay`, { since })
      expect([replayed.status, replayed.json]).toEqual([202, { replayed: 1, next_since: null }])
      await receiver.waitFor(1)
      expect((await ended(webhook.id, 'delivered')).attempts).toMatchObject([
        { number: 1, status: 410 },
        { number: 2, status: 204 },
      ])
      const again = await call('POST', `/${webhook.id}/replay`, { since })
      expect(again.json.replayed).toBe(0)
      await call('DELETE', `/${webhook.id}`)
      receiver.close()
    })
  })

  describe('400', () => {
    const good = { url: open, events: ['scan.failed'] }
    const firstField = (answer: Answer) => {
      expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid_request'])
      return answer.json.error.details.fields[0]
    }

    it.each([
      [{ ...good, url: undefined }, 'url'],
      [{ ...good, url: '' }, 'url'],
      [{ ...good, url: 'hooks.example.com' }, 'url'],
      [{ ...good, url: 'ftp://example.com/' }, 'url'],
      [{ ...good, url: 'https://user:password@example.com/' }, 'url'],
      [{ ...good, url: `https://example.com/${'x'.repeat(2_000)}` }, 'url'],
      [{ ...good, url: 'https://10.0.0.1/' }, 'url'],
      [{ ...good, url: 'https://[::1]/' }, 'url'],
      [{ ...good, url: 'https://169.254.169.254/latest/meta-data' }, 'url'],
      [{ ...good, url: 'http://93.184.216.34/' }, 'url'],
      [{ ...good, url: 'https://nowhere.invalid/' }, 'url'],
      [{ ...good, events: undefined }, 'events'],
      [{ ...good, events: [] }, 'events'],
      [{ ...good, description: 7 }, 'description'],
      [{ ...good, secret: 'whsec_mine' }, 'secret'],
      [{ ...good, active: true }, 'active'],
    ])('%j names %s', async (body, field) => {
      expect(firstField(await call('POST', '', body)).field).toBe(field)
    })

    it('lists the events where one is unknown', async () => {
      const { field, message } = firstField(
        await call('POST', '', { ...good, events: ['scan.failed', 'scan.done'] }),
      )
      expect(field).toBe('events.1')
      for (const name of ['scan.started', 'scan.completed', 'scan.failed', 'finding.new']) {
        expect(message).toContain(name)
      }
    })

    it('refuses the same in a change, and stores none of it', async () => {
      const { id } = await create()
      for (const [body, field] of [
        [{ url: 'https://10.0.0.1/', description: 'x' }, 'url'],
        [{ events: ['*'] }, 'events.0'],
        [{ active: 'yes' }, 'active'],
        [{ colour: 'red' }, 'colour'],
        [{}, 'body'],
      ] as const) {
        expect(firstField(await call('PATCH', `/${id}`, body)).field).toBe(field)
      }
      expect((await call('GET', `/${id}`)).json).toMatchObject({ url: open, description: null })
      await call('DELETE', `/${id}`)
    })

    it('names wrong parameters of lists, replays, rotations and tests', async () => {
      const { id } = await create()
      for (const [method, path, body, field] of [
        ['GET', '?limit=101', undefined, 'limit'],
        ['GET', '?page=2', undefined, 'page'],
        ['GET', `/${id}/deliveries?status=lost`, undefined, 'status'],
        ['POST', `/${id}/replay`, {}, 'since'],
        ['POST', `/${id}/replay`, { since: 'yesterday' }, 'since'],
        ['POST', `/${id}/rotate-secret`, { overlap_seconds: 86_401 }, 'overlap_seconds'],
        ['POST', `/${id}/test`, { event: 'scan.done' }, 'event'],
        ['GET', '/not-a-uuid', undefined, 'webhook_id'],
      ] as const) {
        expect(firstField(await call(method, path, body)).field).toBe(field)
      }
      await call('DELETE', `/${id}`)
    })
  })

  describe('404', () => {
    it('answers for another tenant’s webhook as for one that does not exist', async () => {
      const { id } = await create()
      const other = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Other' },
      })
      const { json } = await server.call('POST', '/console/api/keys', {
        key: other.json.admin_key,
        body: { surface: 'gate', name: 'other' },
      })
      const key = { key: json.api_key }
      const paths = (webhook: string) =>
        [
          ['GET', `/${webhook}`, undefined],
          ['PATCH', `/${webhook}`, { active: false }],
          ['DELETE', `/${webhook}`, undefined],
          ['POST', `/${webhook}/test`, undefined],
          ['POST', `/${webhook}/rotate-secret`, undefined],
          ['GET', `/${webhook}/deliveries`, undefined],
          ['POST', `/${webhook}/replay`, { since: '2026-01-01T00:00:00Z' }],
          ['POST', `/${webhook}/deliveries/${randomUUID()}/replay`, undefined],
        ] as const
      const absent = paths(randomUUID())
      for (const [at, [method, path, body]] of paths(id).entries()) {
        const theirs = await call(method, path, body, key)
        const none = await call(method, absent[at]?.[1], body, key)
        expect([theirs.status, theirs.json.error.code]).toEqual([404, 'webhook_not_found'])
        expect(theirs.text).toBe(none.text)
      }
      expect((await call('GET', '', undefined, key)).json).toMatchObject({ webhooks: [], total: 0 })
      expect((await call('GET', `/${id}`)).json.active).toBe(true)
      await call('DELETE', `/${id}`)
    })

    it('answers for a delivery that is not there, or belongs to another webhook', async () => {
      const { receiver, webhook } = await receiving()
      await failScan()
      const { id } = await ended(webhook.id, 'delivered')
      const second = await create()
      for (const path of [
        `/${second.id}/deliveries/${id}/replay`,
        `/${webhook.id}/deliveries/${randomUUID()}/replay`,
        `/deliveries/${randomUUID()}/replay`,
      ]) {
        const answer = await call('POST', path)
        expect([answer.status, answer.json.error.code]).toEqual([404, 'delivery_not_found'])
      }
      for (const each of [webhook, second]) await call('DELETE', `/${each.id}`)
      receiver.close()
    })
  })

  describe('409', () => {
    it('keeps to 50 webhooks, also when many are created at once', async () => {
      const { total } = (await call('GET')).json
      const answers = await Promise.all(
        Array.from({ length: 55 }, () => call('POST', '', { url: open, events: ['scan.failed'] })),
      )
      const made = answers.filter(({ status }) => status === 201)
      expect(made).toHaveLength(50 - total)
      const refused = answers.find(({ status }) => status !== 201)
      expect([refused?.status, refused?.json.error]).toMatchObject([
        409,
        { code: 'too_many_webhooks', details: { webhooks_max: 50 } },
      ])
      for (const { json } of made) await call('DELETE', `/${json.id}`)
    })
  })
})
