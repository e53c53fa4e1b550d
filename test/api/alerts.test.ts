// /trust/api/alerts, /trust/api/discovered-certificates and what webhooks say of certificates.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, type Sql, sql } from '../../src/platform/db.ts'
import { watch } from '../../src/trust/alerts/watch.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startReceiver } from '../fixtures/receiver.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('alerts', () => {
  let server: TestServer
  let db: Database
  beforeAll(async () => {
    server = await startTestServer({ env: { PANTHERA_WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' } })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.call(method, `/trust/api${path}`, body === undefined ? {} : { body })
  const make = async (body: object): Promise<Json> => {
    const answer = await call('POST', '/certificates', body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const look = () => db.inTenant(server.organization_id, (tx) => watch(tx, server.organization_id))
  const alertsOf = async (id: number): Promise<Json[]> =>
    (await call('GET', `/alerts?certificateId=${id}`)).json.data
  /** As if it had been issued so many days earlier. */
  const age = (id: number, days: number) =>
    db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`update certificates set valid_to = valid_to - ${days} * interval '1 day'
        where organization_id = ${server.organization_id} and id = ${id}`),
    )

  it('follow a certificate from its last month to its end, one at a time', async () => {
    const { id } = await make({ commonName: 'old.example.com', validityDays: 40 })
    await look()
    expect(await alertsOf(id)).toEqual([])
    const grades = [
      ['certificate_expiring_30_days', 'warning'],
      ['certificate_expiring_7_days', 'error'],
      ['certificate_expired', 'critical'],
    ]
    for (const [at, days] of [15, 20, 10].entries()) {
      await age(id, days)
      await look()
      await look()
      const open = (await alertsOf(id)).filter(({ status }) => status === 'open')
      expect(open.map((alert) => [alert.class, alert.severity])).toEqual([grades[at]])
    }
    expect(await alertsOf(id)).toHaveLength(3)
    await call('POST', `/certificates/${id}/revoke`, {})
    await look()
    expect((await alertsOf(id)).map(({ status }) => status)).toEqual([
      'resolved',
      'resolved',
      'resolved',
    ])
  })

  it('are acknowledged by somebody, and leave out what renews itself', async () => {
    const { id } = await make({ commonName: 'ack.example.com', validityDays: 20 })
    const calm = await make({ commonName: 'calm.example.com', validityDays: 20, autoRenew: true })
    await look()
    expect(await alertsOf(calm.id)).toEqual([])
    const [alert] = await alertsOf(id)
    const { status, json } = await call('POST', `/alerts/${alert.id}/acknowledge`)
    expect([status, json.data]).toMatchObject([
      200,
      { status: 'acknowledged', acknowledgedBy: 'First run (trust_public)' },
    ])
    await look()
    expect(await alertsOf(id)).toHaveLength(1)
    expect((await call('GET', '/alerts?status=acknowledged')).json.pagination.total).toBe(1)
    expect((await call('POST', '/alerts/987654/acknowledge')).status).toBe(404)
  })

  it('tell of what renews itself only once it is late, and of what waits for people', async () => {
    const short = await make({ commonName: 'short.example.com', validityDays: 5, autoRenew: true })
    const late = await make({ commonName: 'late.example.com', validityDays: 60, autoRenew: true })
    const hand = await make({ commonName: 'hand.example.com', validityDays: 20, autoRenew: true })
    const set = (id: number, change: Sql) =>
      db.inTenant(server.organization_id, (tx) =>
        tx.run(sql`update certificates set ${change}
          where organization_id = ${server.organization_id} and id = ${id}`),
      )
    await set(hand.id, sql`renewal_status = 'waiting_csr'`)
    // In progress, so that no renewal by itself comes between: begun twelve days ago.
    await set(
      late.id,
      sql`renewal_status = 'in_progress', renew_from = now() - interval '12 days',
        valid_to = now() + interval '20 days'`,
    )
    await look()
    const classes = async ({ id }: Json) =>
      (await alertsOf(id)).filter(({ status }) => status === 'open').map((each) => each.class)
    expect(await classes(short)).toEqual([])
    expect(await classes(late)).toEqual(['certificate_expiring_30_days'])
    expect(await classes(hand)).toEqual(['certificate_expiring_30_days'])
    await set(late.id, sql`renew_from = now() - interval '6 days'`)
    await look()
    expect(await classes(late)).toEqual([])
  })

  it('webhooks tell what happened to certificates', async () => {
    const receiver = await startReceiver()
    const events = ['certificate.issued', 'certificate.renewed', 'certificate.revoked']
    const { json } = await call('POST', '/webhooks', { url: receiver.url, events })
    receiver.secret = json.secret
    const { id, fingerprint } = await make({ commonName: 'hook.example.com' })
    await call('POST', `/certificates/${id}/renew`, {})
    const state = async () => (await call('GET', `/certificates/${id}/renewals`)).json.data[0].state
    await expect.poll(state, { timeout: 30_000 }).toBe('stored')
    await call('POST', `/certificates/${id}/revoke`, { reason: 'superseded' })
    await receiver.waitFor(3)
    const bodies = receiver.received.map((each: Json) => each.body)
    expect(bodies.map(({ event }: Json) => event).sort()).toEqual(events)
    const renewed = bodies.find(({ event }: Json) => event === 'certificate.renewed')
    expect(renewed).toMatchObject({
      organizationId: server.organization_id,
      data: { certificateId: id, commonName: 'hook.example.com', previousFingerprint: fingerprint },
    })
    receiver.close()
  })

  it('what was found is listed by place, and managed once', async () => {
    const known = await make({ commonName: 'found.example.com' })
    const found = await db.inTenant(server.organization_id, (tx) =>
      tx.one<{ id: number }>(sql`
        with place as (select * from certificate_versions
          where organization_id = ${server.organization_id} and certificate_id = ${known.id}),
        seen as (insert into certificate_locations (organization_id, workspace_id, fingerprint,
            source, agent_id, hostname, path, has_private_key)
          select organization_id, workspace_id, fingerprint, 'filesystem', 'agent-01',
            'web-server-1', '/etc/nginx/ssl/server.crt', true from place)
        insert into discovered_certificates (organization_id, workspace_id, fingerprint, der)
        select organization_id, workspace_id, fingerprint, der from place returning id`),
    )
    const list = async (query: string) =>
      (await call('GET', `/discovered-certificates?${query}`)).json
    expect((await list('source=filesystem&agentId=agent-01&imported=false')).data).toMatchObject([
      {
        id: found.id,
        commonName: 'found.example.com',
        fingerprint: known.fingerprint,
        imported: false,
        locations: [{ hostname: 'web-server-1', hasPrivateKey: true }],
      },
    ])
    for (const query of ['source=network', 'agentId=agent-02', 'imported=true']) {
      expect((await list(query)).pagination.total).toBe(0)
    }
    expect((await call('GET', `/certificates/${known.id}`)).json.data.locations).toEqual([
      {
        agentId: 'agent-01',
        hostname: 'web-server-1',
        path: '/etc/nginx/ssl/server.crt',
        hasPrivateKey: true,
      },
    ])
    const again = await call('POST', `/discovered-certificates/${found.id}/import`, {})
    expect([again.status, again.json.error.details]).toEqual([409, { id: known.id }])
    await db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`delete from certificate_versions
        where organization_id = ${server.organization_id} and certificate_id = ${known.id}`),
    )
    const imported = await call('POST', `/discovered-certificates/${found.id}/import`, {
      autoRenew: true,
      renewalThresholdDays: 30,
      certificateAuthorityId: known.certificateAuthorityId,
    })
    expect([imported.status, imported.json.data]).toMatchObject([
      201,
      { commonName: 'found.example.com', source: 'discovered', autoRenew: true },
    ])
    const { data } = await list('imported=true')
    expect(data).toMatchObject([{ imported: true, certificateId: imported.json.data.id }])
  })
})
