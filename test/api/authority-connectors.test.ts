// Authorities with an API of their own, played by doubles with a CA: what is asked of the product
// reaches them once, whatever goes wrong on the way.
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { digicertKey, startDigicertDouble } from '../fixtures/digicert-double.ts'
import type { IssuingDouble, Plan } from '../fixtures/issuing-double.ts'
import { sectigoSecret, startSectigoDouble } from '../fixtures/sectigo-double.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const vendors = {
  digicert: {
    start: startDigicertDouble,
    settings: (url: string) => ({ baseUrl: `${url}/services/v2`, apiKey: digicertKey }),
    approval: 'waits in CertCentral for somebody to approve it',
    superseded: 'superseded',
  },
  sectigo: {
    start: startSectigoDouble,
    settings: (url: string) => ({
      baseUrl: `${url}/api/ssl/v1`,
      login: 'ops',
      password: sectigoSecret,
      customerUri: 'acme',
      orgId: 7,
      certType: 51,
      termDays: 90,
    }),
    approval: 'waits in Sectigo Certificate Manager for somebody to approve it',
    superseded: 4,
  },
} as const

describe.skipIf(!hasDatabase)('authorities with an API', () => {
  let server: TestServer
  let db: Database
  beforeAll(async () => {
    const env = {
      PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
      PANTHERA_RATE_LIMITS: JSON.stringify({ 'trust.enterprise.minute': 100_000 }),
    }
    server = await startTestServer({ env })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
  })

  const call = (method: string, path: string, body?: unknown, options: CallOptions = {}) =>
    server.call(method, `/trust/api${path}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    })
  /** Lets what waits for a later time come at once. */
  const hurry = () =>
    db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`update renewals set next_attempt_at = now()
        where organization_id = ${server.organization_id} and finished_at is null
          and next_attempt_at > now() and lease_owner is null`),
    )
  const hurryRevocations = () =>
    db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`update authority_revocations set next_attempt_at = now()
        where organization_id = ${server.organization_id} and state = 'queued'
          and message is not null`),
    )
  const until = async (id: number, done: (certificate: Json) => boolean): Promise<Json> => {
    let found: Json
    await expect
      .poll(
        async () => {
          await hurry()
          found = (await call('GET', `/certificates/${id}`)).json.data
          return done(found)
        },
        { timeout: 30_000, interval: 100 },
      )
      .toBe(true)
    return found
  }
  const stepsOf = async (id: number): Promise<Json[]> =>
    (await call('GET', `/certificates/${id}/renewals`)).json.data[0].steps
  const messagesOf = async (id: number) => (await stepsOf(id)).map(({ message }) => message)
  const isActive = ({ status }: Json) => status === 'active'
  const isConfirmed = ({ authorityRevocations: revocations }: Json) =>
    revocations?.some(({ state }: Json) => state === 'confirmed') === true
  const hasFailed = ({ renewalStatus }: Json) => renewalStatus === 'failed'

  describe.each(['digicert', 'sectigo'] as const)('%s', (type) => {
    const vendor = vendors[type]
    let double: IssuingDouble
    let authority: Json
    beforeAll(async () => {
      double = await vendor.start()
      const settings = { ...vendor.settings(double.url), pollSeconds: 1 }
      const made = await call('POST', '/certificate-authorities', { name: type, type, settings })
      expect(made.status).toBe(201)
      authority = made.json.data
    })
    afterAll(() => double.close())

    const issue = async (commonName: string, plan: Plan = {}, more: object = {}): Promise<Json> => {
      double.plans.set(commonName, plan)
      const body = { commonName, certificateAuthorityId: authority.id, ...more }
      const { status, json, text } = await call('POST', '/certificates', body)
      if (status !== 201) throw new Error(text)
      return json.data
    }
    const ordersOf = (name: string) => double.orders.filter((each) => each.commonName === name)

    it('shows no secret, anywhere', async () => {
      const secret = type === 'digicert' ? digicertKey : sectigoSecret
      const path = `/certificate-authorities/${authority.id}`
      const changed = await call('PUT', path, { settings: { pollSeconds: 2 } })
      const again = await call('PUT', path, { settings: { ...vendor.settings(double.url) } })
      const readAudit = () => server.call('GET', '/identity/v1/audit/events')
      const changes = async () => (await readAudit()).text
      await expect.poll(changes).toContain('certificate_authority.changed')
      const audit = await readAudit()
      for (const { text } of [changed, again, await call('GET', path), audit]) {
        expect(text).toContain('"')
        expect(text).not.toContain(secret)
      }
      expect(server.logLines.join('\n')).not.toContain(secret)
      expect(changed.json.data.settings).toMatchObject({ pollSeconds: 2 })
      await call('PUT', path, { settings: { pollSeconds: 1 } })
    })

    it('sends the sealed secrets nowhere else', async () => {
      const path = `/certificate-authorities/${authority.id}`
      const elsewhere = { baseUrl: `${double.url}/elsewhere` }
      const refused = await call('PUT', path, { settings: elsewhere })
      const [fault] = refused.json.error.details.fields
      expect([refused.status, fault.field]).toEqual([
        400,
        type === 'digicert' ? 'settings.apiKey' : 'settings.password',
      ])
      const same = await call('PUT', path, {
        settings: { baseUrl: vendor.settings(double.url).baseUrl },
      })
      expect(same.status).toBe(200)
    })

    it('tries the credentials', async () => {
      const { json } = await call('POST', `/certificate-authorities/${authority.id}/test`)
      expect(json.data).toEqual({ ok: true, message: expect.stringContaining('accepts the') })
      const settings = { ...vendor.settings(double.url), apiKey: 'wrong', password: 'wrong' }
      const wrong = Object.fromEntries(
        Object.entries(settings).filter(([key]) => key in vendor.settings('')),
      )
      const body = { name: `${type} wrong`, type, settings: wrong }
      const made = await call('POST', '/certificate-authorities', body)
      const told = await call('POST', `/certificate-authorities/${made.json.data.id}/test`)
      expect(told.json.data).toEqual({
        ok: false,
        message: expect.stringContaining('does not accept the credentials'),
      })
    })

    it('issues at once, with the chain, and renews under the same id', async () => {
      const name = `instant.${type}.example`
      const names = [`www.${name}`]
      const made = await issue(name, {}, { subjectAlternativeNames: names, validityDays: 90 })
      expect(made).toMatchObject({ status: 'pending', renewalStatus: 'in_progress' })
      const data = await until(made.id, isActive)
      expect(data.subjectAlternativeNames).toEqual([name, ...names])
      const [leaf, issuer] = [data.certificate, data.chain].map((pem) => new X509Certificate(pem))
      expect(issuer && leaf?.verify(issuer.publicKey)).toBe(true)
      await call('POST', `/certificates/${made.id}/renew`, {})
      const renewed = await until(made.id, ({ fingerprint }) => fingerprint !== data.fingerprint)
      expect(renewed.id).toBe(made.id)
      expect(ordersOf(name)).toHaveLength(2)
    })

    it('asks again until it is there, and tells that once', async () => {
      const name = `polls.${type}.example`
      const { id } = await issue(name, { polls: 2 })
      await until(id, isActive)
      expect(ordersOf(name)).toHaveLength(1)
      const steps = await stepsOf(id)
      expect(steps.filter(({ outcome }) => outcome === 'waiting').length).toBeLessThanOrEqual(2)
    })

    it('says that somebody must approve, and goes on when they have', async () => {
      const name = `approval.${type}.example`
      const { id } = await issue(name, { approval: true })
      await expect
        .poll(() => messagesOf(id))
        .toContainEqual(expect.stringContaining(vendor.approval))
      expect((await call('GET', `/certificates/${id}`)).json.data.status).toBe('pending')
      double.approve(name)
      await until(id, isActive)
      expect(ordersOf(name)).toHaveLength(1)
    })

    it('ends where it is rejected, and says so', async () => {
      const name = `rejected.${type}.example`
      const { id } = await issue(name, { rejected: true })
      await until(id, hasFailed)
      expect(await messagesOf(id)).toContainEqual(expect.stringMatching(/order \d+ is rejected/))
    })

    it('orders once where the answer to the order was lost', async () => {
      const name = `lost.${type}.example`
      const { id } = await issue(name, { loseAnswer: true })
      await until(id, isActive)
      expect(ordersOf(name)).toHaveLength(1)
    })

    it('orders once where a proxy answered in its place', async () => {
      const name = `proxied.${type}.example`
      const { id } = await issue(name, { failures: [{ status: 200 }] })
      await until(id, isActive)
      expect(await messagesOf(id)).toContainEqual(expect.stringContaining('cannot be read'))
      expect(ordersOf(name)).toHaveLength(1)
    })

    it('comes back after a failure, and not before it is asked to', async () => {
      const name = `late.${type}.example`
      const failures = [{ status: 500 }, { status: 429, retryAfter: '7200' }]
      const { id } = await issue(name, { failures })
      const nextOf = async () =>
        (await call('GET', `/certificates/${id}/renewals`)).json.data[0].nextAttemptAt
      await expect.poll(() => messagesOf(id)).toContainEqual(expect.stringContaining('failed'))
      await hurry()
      await expect
        .poll(() => messagesOf(id), { timeout: 20_000 })
        .toContainEqual(expect.stringContaining('asks to come back later'))
      expect(Date.parse(await nextOf()) - Date.now()).toBeGreaterThan(7_000_000)
      await until(id, isActive)
      expect(ordersOf(name)).toHaveLength(1)
    })

    it('takes no certificate of another key, and keeps the old one in force', async () => {
      const name = `wrong.${type}.example`
      const made = await issue(name)
      const { fingerprint } = await until(made.id, isActive)
      double.plans.set(name, { wrongKey: true })
      await call('POST', `/certificates/${made.id}/renew`, {})
      const failed = await until(made.id, hasFailed)
      expect(failed.fingerprint).toBe(fingerprint)
      expect(await messagesOf(made.id)).toContainEqual(expect.stringContaining('not the key'))
    })

    it('revokes at the authority, which confirms', async () => {
      const name = `revoked.${type}.example`
      const made = await issue(name)
      await until(made.id, isActive)
      const path = `/certificates/${made.id}/revoke`
      const refused = await call('POST', path, { reason: 'cACompromise' })
      expect([refused.status, refused.json.error.details.fields[0]]).toEqual([
        400,
        {
          field: 'reason',
          message: expect.stringMatching(/keyCompromise, affiliationChanged, superseded/),
        },
      ])
      expect((await call('POST', path, { reason: 'superseded' })).status).toBe(200)
      const { authorityRevocations: revocations } = await until(made.id, isConfirmed)
      expect(revocations).toMatchObject([{ state: 'confirmed', message: null }])
      const [order] = ordersOf(name)
      expect([order?.status, order?.revocation?.reason]).toEqual(['revoked', vendor.superseded])
    })

    it('counts as revoked what the authority has revoked already', async () => {
      const name = `gone.${type}.example`
      const made = await issue(name)
      await until(made.id, isActive)
      for (const order of ordersOf(name)) order.status = 'revoked'
      await call('POST', `/certificates/${made.id}/revoke`, {})
      await until(made.id, isConfirmed)
    })

    it('is asked to revoke again when the credentials are set right', async () => {
      const made = await issue(`retold.${type}.example`)
      await until(made.id, isActive)
      const path = `/certificate-authorities/${authority.id}`
      const set = (settings: object) => call('PUT', path, { settings })
      await set(type === 'digicert' ? { apiKey: 'wrong' } : { password: 'wrong' })
      await call('POST', `/certificates/${made.id}/revoke`, {})
      await until(made.id, ({ authorityRevocations: [told] }) => told?.state === 'refused')
      expect((await set({ ...vendor.settings(double.url) })).status).toBe(200)
      await until(made.id, isConfirmed)
    })

    it('400 for what it does not issue, before anything is ordered', async () => {
      const ask = async (body: object) => {
        const wanted = { commonName: 'x.example', certificateAuthorityId: authority.id, ...body }
        const { status, json } = await call('POST', '/certificates', wanted)
        return [status, json.error.details.fields[0].field]
      }
      expect(await ask({ usages: ['clientAuth'] })).toEqual([400, 'usages'])
      expect(await ask({ validityDays: 900 })).toEqual([400, 'validityDays'])
      const mailbox = { subjectAlternativeNames: ['a@x.example'] }
      expect(await ask(mailbox)).toEqual([400, 'subjectAlternativeNames'])
      expect(ordersOf('x.example')).toEqual([])
    })

    it('400 for settings that cannot be', async () => {
      const settings = vendor.settings(double.url)
      const create = async (change: object) => {
        const body = { name: 'never', type, settings: { ...settings, ...change } }
        const { status, json } = await call('POST', '/certificate-authorities', body)
        return [status, json.error.details.fields[0].field]
      }
      expect(await create({ baseUrl: 'ftp://x' })).toEqual([400, 'settings.baseUrl'])
      expect(await create({ colour: 1 })).toEqual([400, 'settings.colour'])
      expect(await create({ pollSeconds: 0 })).toEqual([400, 'settings.pollSeconds'])
    })
  })

  it('digicert’s revocation waits until it is approved, and is asked for once', async () => {
    const double = await startDigicertDouble()
    try {
      const settings = { ...vendors.digicert.settings(double.url), pollSeconds: 1 }
      const body = { name: 'slow to revoke', type: 'digicert', settings }
      const { data } = (await call('POST', '/certificate-authorities', body)).json
      const commonName = 'waits.example'
      double.plans.set(commonName, { revocationWaits: true })
      const wanted = { commonName, certificateAuthorityId: data.id }
      const { id } = (await call('POST', '/certificates', wanted)).json.data
      await until(id, isActive)
      await call('POST', `/certificates/${id}/revoke`, { reason: 'keyCompromise' })
      const waiting = await until(
        id,
        ({ authorityRevocations: revocations }) => revocations[0]?.message !== null,
      )
      expect(waiting.authorityRevocations[0]).toMatchObject({
        state: 'queued',
        message: expect.stringContaining('somebody to approve'),
      })
      await hurryRevocations()
      await until(id, ({ authorityRevocations: revocations }) => revocations[0]?.attempts > 1)
      const asked = double.requests.filter(({ method }) => method === 'PUT')
      expect(asked).toHaveLength(1)
      // Also where nobody wants the authority any more.
      expect((await call('DELETE', `/certificate-authorities/${data.id}`)).status).toBe(200)
      double.approve(commonName)
      await until(id, (found) => {
        void hurryRevocations()
        return isConfirmed(found)
      })
    } finally {
      await double.close()
    }
  })

  it('sectigo knows version 2 by OAuth', async () => {
    const double = await startSectigoDouble()
    try {
      const settings = {
        baseUrl: `${double.url}/api/ssl/v2`,
        tokenUrl: `${double.url}/token`,
        clientId: 'panthera',
        clientSecret: sectigoSecret,
        orgId: 7,
        certType: 51,
        termDays: 90,
        pollSeconds: 1,
      }
      const body = { name: 'sectigo v2', type: 'sectigo', settings }
      const { data } = (await call('POST', '/certificate-authorities', body)).json
      expect(JSON.stringify(data)).not.toContain(sectigoSecret)
      const path = `/certificate-authorities/${data.id}`
      expect((await call('POST', `${path}/test`)).json.data.ok).toBe(true)
      const wanted = { commonName: 'v2.example', certificateAuthorityId: data.id }
      const { id } = (await call('POST', '/certificates', wanted)).json.data
      await until(id, isActive)
      await call('PUT', path, { settings: { clientSecret: 'wrong' } })
      const told = (await call('POST', `${path}/test`)).json.data
      expect(told).toEqual({ ok: false, message: expect.stringContaining('clientSecret') })
      await call('PUT', path, { settings: { certType: 99, clientSecret: sectigoSecret } })
      const other = (await call('POST', `${path}/test`)).json.data
      expect(other.message).toContain('51 (Basic SSL)')
    } finally {
      await double.close()
    }
  })

  it('is reached only where the operator lets it', async () => {
    const settings = { baseUrl: 'http://169.254.169.254/services/v2', apiKey: digicertKey }
    const body = { name: 'metadata', type: 'digicert', settings }
    const { data } = (await call('POST', '/certificate-authorities', body)).json
    const told = await call('POST', `/certificate-authorities/${data.id}/test`)
    expect(told.json.data).toEqual({
      ok: false,
      message: expect.stringContaining('cannot be reached'),
    })
  })
})
