// /trust/api/alert-channels, told to a real mail server, and to receivers of ours in the place of
// Slack, of PagerDuty and of somebody's webhook.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import type { Ways } from '../../src/trust/alerts/channels/contract.ts'
import { forget } from '../../src/trust/alerts/channels/deliver.ts'
import { channelTypes } from '../../src/trust/alerts/channels/index.ts'
import { watch } from '../../src/trust/alerts/watch.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

interface Arrived {
  path: string
  headers: Record<string, string>
  text: string
  json: Json
}

/** Stands for services that cannot be reached: takes what comes, or answers as it is told to. */
async function startPostDouble() {
  const arrived: Arrived[] = []
  const answers = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const path = request.url ?? ''
      const status = answers.get(path) ?? 202
      if (status < 300) {
        const headers = request.headers as Record<string, string>
        arrived.push({ path, headers, text, json: JSON.parse(text) })
      }
      response.writeHead(status).end('our own words')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, arrived, answers, close: () => server.close() }
}

async function startMailServer() {
  const letters: { to: string[]; text: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      stream.on('end', () => {
        letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), text })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return { port, letters, close: () => new Promise<void>((done) => server.close(() => done())) }
}

describe.skipIf(!hasDatabase)('alert channels', () => {
  let server: TestServer
  let db: Database
  let post: Awaited<ReturnType<typeof startPostDouble>>
  let mail: Awaited<ReturnType<typeof startMailServer>>
  beforeAll(async () => {
    post = await startPostDouble()
    mail = await startMailServer()
    server = await startTestServer({
      env: {
        PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
        PANTHERA_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
        PANTHERA_SMTP_FROM: 'Panthera <panthera@example.com>',
      },
    })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
    await mail.close()
    post.close()
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.call(method, `/trust/api${path}`, body === undefined ? {} : { body })
  const make = async (path: string, body: object): Promise<Json> => {
    const answer = await call('POST', path, body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const look = () => db.inTenant(server.organization_id, (tx) => watch(tx, server.organization_id))
  const arrivedAt = (path: string) => post.arrived.filter((each) => each.path === path)
  const until = (path: string, count: number) =>
    expect.poll(() => arrivedAt(path).length, { timeout: 20_000 }).toBe(count)
  const routingKey = 'a1B2'.repeat(8)

  it('tell the same alert, each in its own form, from its beginning to its end', async () => {
    const hook = await make('/alert-channels', {
      name: 'hook',
      type: 'webhook',
      settings: { url: `${post.url}/hook` },
    })
    const slack = { name: 'slack', type: 'slack', secret: `${post.url}/slack` }
    const made = await make('/alert-channels', slack)
    expect([made.secret, JSON.stringify(made).includes('/slack"')]).toEqual([undefined, false])
    await make('/alert-channels', {
      name: 'pager',
      type: 'pagerduty',
      secret: routingKey,
      settings: { url: `${post.url}/pager`, group: 'production' },
    })
    await make('/alert-channels', {
      name: 'mail',
      type: 'email',
      settings: { to: ['people@example.com'] },
      classes: ['certificate_expiring_30_days'],
    })
    const { id } = await make('/certificates', { commonName: 'a.example.com', validityDays: 20 })
    await look()
    const [alert] = (await call('GET', `/alerts?certificateId=${id}`)).json.data
    await Promise.all([until('/hook', 1), until('/slack', 1), until('/pager', 1)])
    await expect.poll(() => mail.letters.length, { timeout: 20_000 }).toBe(1)
    const [told] = arrivedAt('/hook')
    expect(new Webhook(hook.signingSecret).verify(told?.text ?? '', told?.headers ?? {})).toEqual({
      type: 'alert.opened',
      alert: expect.objectContaining({ id: alert.id, class: 'certificate_expiring_30_days' }),
      about: expect.objectContaining({ certificateId: id, name: 'a.example.com' }),
      url: expect.stringContaining(`/trust/api/certificates/${id}`),
    })
    expect(arrivedAt('/pager')[0]?.json).toMatchObject({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: `panthera-alert-${alert.id}`,
      payload: { severity: 'warning', source: 'a.example.com', group: 'production' },
    })
    expect(arrivedAt('/slack')[0]?.json.text).toBe('a.example.com expires within 30 days')
    expect(mail.letters[0]?.to).toEqual(['people@example.com'])
    expect(mail.letters[0]?.text).toMatch(/^Subject: \[Panthera\] warning: a\.example\.com/m)

    await call('POST', `/alerts/${alert.id}/acknowledge`)
    await call('POST', `/certificates/${id}/revoke`, {})
    await look()
    await Promise.all([until('/hook', 3), until('/pager', 3), until('/slack', 2)])
    await expect.poll(() => mail.letters.length, { timeout: 20_000 }).toBe(2)
    expect(arrivedAt('/hook').map(({ json }) => json.type)).toEqual(
      ['opened', 'acknowledged', 'resolved'].map((kind) => `alert.${kind}`),
    )
    expect(arrivedAt('/pager').map(({ json }) => json.event_action)).toEqual([
      'trigger',
      'acknowledge',
      'resolve',
    ])
    expect(arrivedAt('/slack')[1]?.json.text).toBe('Over: a.example.com expires within 30 days')
  })

  it('tell people of many at once in one letter', async () => {
    const before = { slack: arrivedAt('/slack').length, mail: mail.letters.length }
    for (const name of ['b', 'c', 'd']) {
      await make('/certificates', { commonName: `${name}.example.com`, validityDays: 20 })
    }
    await look()
    await until('/slack', before.slack + 1)
    await expect.poll(() => mail.letters.length, { timeout: 20_000 }).toBe(before.mail + 1)
    expect(arrivedAt('/slack').at(-1)?.json.blocks).toHaveLength(3)
    expect(mail.letters.at(-1)?.text).toMatch(/Certificates: 3 new alerts, 0 over/)
  })

  it('that only a renewal policy names hear of its certificates alone', async () => {
    const settings = { url: `${post.url}/named` }
    const named = { name: 'Named', type: 'webhook', settings, everyAlert: false }
    const { id } = await make('/alert-channels', named)
    const policy = await make('/renewal-policies', { name: 'p', notificationChannels: ['named'] })
    const theirs = { commonName: 'e.example.com', validityDays: 20, renewalPolicyId: policy.id }
    await make('/certificates', { commonName: 'f.example.com', validityDays: 20 })
    await make('/certificates', theirs)
    await look()
    await until('/named', 1)
    expect(arrivedAt('/named')[0]?.json.about.name).toBe('e.example.com')
    const kept = await call('DELETE', `/alert-channels/${id}`)
    expect([kept.status, kept.json.error.details]).toEqual([409, { policies: ['p'] }])
    const unknown = { name: 'q', notificationChannels: ['nobody'] }
    const refused = await call('POST', '/renewal-policies', unknown)
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      expect.stringContaining('names no alert channel: nobody'),
    ])
  })

  it('that cannot tell say why, and tell it when they are mended', async () => {
    post.answers.set('/away', 503)
    const settings = { url: `${post.url}/away` }
    const { id } = await make('/alert-channels', { name: 'away', type: 'webhook', settings })
    const state = async () => (await call('GET', `/alert-channels/${id}`)).json.data
    await make('/certificates', { commonName: 'g.example.com', validityDays: 20 })
    await look()
    await expect.poll(async () => (await state()).lastError, { timeout: 20_000 }).not.toBeNull()
    expect(await state()).toMatchObject({ waiting: 1, lastError: 'it answered with status 503' })
    const tested = await call('POST', `/alert-channels/${id}/test`)
    expect(tested.json.data).toEqual({
      ok: false,
      message: 'Nothing was sent: it answered with status 503',
    })
    const mended = { settings: { url: `${post.url}/mended` } }
    expect((await call('PUT', `/alert-channels/${id}`, mended)).status).toBe(200)
    await until('/mended', 1)
    await expect.poll(state, { timeout: 20_000 }).toMatchObject({ waiting: 0, lastError: null })
  })

  it('remember whom they told of an alert for as long as it goes on', async () => {
    const settings = { url: `${post.url}/kept` }
    const channel = await make('/alert-channels', { name: 'kept', type: 'webhook', settings })
    const { id } = await make('/certificates', { commonName: 'i.example.com', validityDays: 20 })
    await look()
    const waiting = async () =>
      (await call('GET', `/alert-channels/${channel.id}`)).json.data.waiting
    await until('/kept', 1)
    await expect.poll(waiting).toBe(0)
    const inTenant: typeof db.inTenant = (_, work) => db.inTenant(server.organization_id, work)
    const own = sql`organization_id = ${server.organization_id}`
    const told = sql`channel_id = ${channel.id} and alert_id in
      (select id from alerts where ${own} and certificate_id = ${id})`
    const count = async () => {
      await db.inSystem(forget)
      const found = sql`select count(*) as n from alert_notifications where ${own} and ${told}`
      return (await inTenant('', (tx) => tx.one<{ n: number }>(found))).n
    }
    await inTenant('', (tx) =>
      tx.run(sql`update alert_notifications set state = 'sent',
          finished_at = now() - interval '40 days' where ${own} and ${told}`),
    )
    expect(await count()).toBeGreaterThan(0)
    await inTenant('', (tx) =>
      tx.run(sql`update alerts set status = 'resolved' where ${own} and certificate_id = ${id}`),
    )
    await expect.poll(count).toBe(0)
  })

  it('send a sealed secret to no other address', async () => {
    const before = { url: `${post.url}/own-pager` }
    const channel = { name: 'moved', type: 'pagerduty', secret: routingKey, settings: before }
    const { id } = await make('/alert-channels', channel)
    const settings = { url: `${post.url}/mine` }
    const path = `/alert-channels/${id}`
    const refused = await call('PUT', path, { settings })
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      expect.stringContaining('is required with another settings.url'),
    ])
    expect((await call('PUT', path, { settings: { ...before, group: 'g' } })).status).toBe(200)
    expect((await call('PUT', path, { settings, secret: routingKey })).status).toBe(200)
    await call('DELETE', path)
  })

  it('say nothing of the hosts of the operator mail', async () => {
    const hosts = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:25'), { code: 'ESOCKET' })
    const failing = async () => {
      throw hosts
    }
    const letter = { settings: { to: ['a@b.example'] }, secret: '', notices: [] }
    const ways = { mail: { send: failing } } as unknown as Ways
    const sent = channelTypes.email.send(letter, ways)
    await expect(sent).rejects.toMatchObject({
      message: expect.stringMatching(/^((?!10\.1).)*ESOCKET((?!10\.1).)*$/),
      cause: hosts,
    })
  })

  it('leave out what will never be taken', async () => {
    post.answers.set('/strict', 422)
    const settings = { url: `${post.url}/strict` }
    const { id } = await make('/alert-channels', { name: 'strict', type: 'webhook', settings })
    const state = async () => (await call('GET', `/alert-channels/${id}`)).json.data
    await make('/certificates', { commonName: 'h.example.com', validityDays: 20 })
    await look()
    await expect.poll(state, { timeout: 20_000 }).toMatchObject({
      waiting: 0,
      lastError: 'it answered with status 422',
    })
  })

  it.each([
    ['secret', { type: 'slack' }, 'is required for slack'],
    ['secret', { type: 'pagerduty', secret: 'short' }, 'must be the 32 characters'],
    ['secret', { type: 'slack', secret: 'hooks/x' }, 'must be the URL of an incoming webhook'],
    ['secret', { type: 'email', settings: { to: ['a@b.example'] }, secret: 'x' }, 'is not for'],
    ['settings.to', { type: 'email', settings: { to: ['nobody'] } }, ''],
    ['settings.url', { type: 'webhook', settings: { url: 'http://10.0.0.1/' } }, 'WEBHOOK_ALLOW'],
    ['secret', { type: 'slack', secret: 'https://169.254.169.254/x' }, ''],
  ])('400: %s of %j', async (field, body, words) => {
    const answer = await call('POST', '/alert-channels', { name: 'n', ...body })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.json.error)).toContain(field)
    expect(answer.json.error.message).toContain(words)
  })

  it('hold no secret in the clear', async () => {
    const rows = await db.inTenant(server.organization_id, (tx) =>
      tx.rows<{ row: string }>(sql`select to_jsonb(c)::text as row from alert_channels c`),
    )
    expect(rows.length).toBeGreaterThan(4)
    expect(rows.some(({ row }) => row.includes(routingKey))).toBe(false)
    const log = server.logLines.join('')
    expect([log.includes(routingKey), log.includes('/slack')]).toEqual([false, false])
  })

  it('404 where there is none', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const) {
      const body = method === 'PUT' ? { enabled: false } : undefined
      const answer = await call(method, `/alert-channels/98765${path}`, body)
      expect([answer.status, answer.json.error.code]).toEqual([404, 'ALERT_CHANNEL_NOT_FOUND'])
    }
  })
})
