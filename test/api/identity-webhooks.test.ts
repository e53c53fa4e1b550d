// /identity/v1/webhooks: who and what changed, told in the transaction of the change.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startReceiver } from '../fixtures/receiver.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const v1 = '/identity/v1'

describe.skipIf(!hasDatabase)('webhooks of Identity', () => {
  let server: TestServer
  beforeAll(async () => {
    const limits = { 'identity.keys.hour': 10_000 }
    server = await startTestServer({
      env: {
        PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
        PANTHERA_RATE_LIMITS: JSON.stringify(limits),
      },
    })
  })
  afterAll(() => server.stop())

  async function create(url: string, events: readonly string[]): Promise<Json> {
    const made = await server.call('POST', `${v1}/webhooks`, { body: { url, events } })
    expect(made.status, made.text).toBe(201)
    return made.json
  }

  async function receiving(events: readonly string[]) {
    const receiver = await startReceiver()
    const webhook = await create(receiver.url, events)
    receiver.secret = webhook.secret
    return { receiver, webhook }
  }

  async function eventNames(): Promise<string[]> {
    const { json } = await server.call('GET', '/identity/openapi.json', { key: null })
    const { schema } = json.paths['/v1/webhooks'].post.requestBody.content['application/json']
    return schema.properties.events.items.enum
  }

  const act = async (method: string, path: string, body?: object): Promise<Json> => {
    const answer = await server.call(method, `${v1}${path}`, body === undefined ? {} : { body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.json
  }

  describe('200', () => {
    it('a test sends a signed sample of every event there is', async () => {
      const events = await eventNames()
      expect(events).toEqual(expect.arrayContaining(['principal.suspended', 'policy.activated']))
      const { receiver, webhook } = await receiving(events)
      for (const event of events) {
        const tested = await act('POST', `/webhooks/${webhook.id}/test`, { event })
        expect(tested).toMatchObject({ delivered: true })
      }
      receiver.close()
      expect(receiver.received.every(({ verified }) => verified)).toBe(true)
      expect(receiver.received.map(({ body }) => body.event)).toEqual(events)
      expect(receiver.received[0]?.body).toMatchObject({
        organization_id: server.organization_id,
        timestamp: expect.any(String),
        data: { test: true },
      })
    })

    it('keys: made, rotated and revoked, and never the key itself', async () => {
      const events = ['key.created', 'key.rotated', 'key.revoked']
      const { receiver } = await receiving(events)
      const made = await act('POST', '/auth/api-keys', { name: 'k', scopes: ['read:audit'] })
      const rotated = await act('POST', `/auth/api-keys/${made.id}/rotate`, { overlap_hours: 0 })
      await act('DELETE', `/auth/api-keys/${rotated.id}`)
      const received = await receiver.waitFor(3)
      receiver.close()
      const told = received.map(({ body }) => [body.event, body.data.key_id, body.data.new_key_id])
      expect(told).toEqual(
        expect.arrayContaining([
          ['key.created', made.id, undefined],
          ['key.rotated', made.id, rotated.id],
          ['key.revoked', rotated.id, undefined],
        ]),
      )
      expect(JSON.stringify(received)).not.toContain('ti_live_')
    })

    it('clients: made, rotated and deleted', async () => {
      const events = ['client.created', 'client.rotated', 'client.deleted']
      const { receiver, webhook } = await receiving(events)
      const body = { name: 'c', scopes: ['read:audit'] }
      const { client_id: id } = await act('POST', '/oauth/clients', body)
      await act('POST', `/oauth/clients/${id}/rotate`, { overlap_hours: 1 })
      await act('DELETE', `/oauth/clients/${id}`)
      const received = await receiver.waitFor(3)
      const all = received.map(({ body: { event } }) => event as string).sort()
      expect(all).toEqual([...events].sort())
      expect(received[0]?.body.data).toMatchObject({ client_id: id, name: 'c', actor: {} })
      const { deliveries } = await act('GET', `/webhooks/${webhook.id}/deliveries`)
      await act('POST', `/webhooks/deliveries/${deliveries[0].id}/replay`)
      while (received.length < 4) await new Promise((resolve) => setTimeout(resolve, 25))
      receiver.close()
    })
  })

  it('200: principals and policies, in each of their turns', async () => {
    const told = ['created', 'updated', 'suspended', 'deleted'].map((what) => `principal.${what}`)
    const turns = ['created', 'activated', 'updated', 'deactivated', 'archived', 'deleted']
    const events = [...told, ...turns.map((what) => `policy.${what}`)]
    const { receiver } = await receiving(events)
    const { id } = await act('POST', '/principals', { type: 'USER', name: 'p' })
    await act('PATCH', `/principals/${id}`, { status: 'suspended' })
    await act('DELETE', `/principals/${id}`)
    const cedar = 'permit(principal, action == Action::"read", resource is x);'
    const policy = await act('POST', '/policies', { name: 'w', cedar })
    for (const change of [
      { status: 'active' },
      { cedar: cedar.replace('read', 'write') },
      { status: 'draft' },
      { status: 'archived' },
    ]) {
      await act('PATCH', `/policies/${policy.id}`, change)
    }
    await act('DELETE', `/policies/${policy.id}`)
    const received = await receiver.waitFor(events.length)
    receiver.close()
    expect(received.map(({ body }) => body.event).sort()).toEqual([...events].sort())
    const of = (event: string) => received.find(({ body }) => body.event === event)?.body.data
    expect(of('principal.suspended')).toMatchObject({ principal_id: id, status: 'suspended' })
    expect(of('policy.updated')).toMatchObject({ policy_id: policy.id, version: 2, name: 'w' })
  })

  it('403: with a key that may not', async () => {
    const body = { name: 'k', scopes: ['read:audit'] }
    const { api_key: key } = await act('POST', '/auth/api-keys', body)
    const refused = await server.call('GET', `${v1}/webhooks`, { key })
    expect([refused.status, refused.json.error.details.scope]).toEqual([403, 'manage:webhooks'])
  })
})
