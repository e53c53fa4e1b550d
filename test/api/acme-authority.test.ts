// Certificates from an ACME authority elsewhere: Debian's pebble, with names that BIND resolves.
import { randomBytes, X509Certificate } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renewalQueued } from '../../src/events/certificate.ts'
import { type Database, openDatabase, type Sql, sql } from '../../src/platform/db.ts'
import { appendEvent } from '../../src/platform/outbox.ts'
import type { Platform } from '../../src/platform/platform.ts'
import type { AcmeContext } from '../../src/trust/connectors/authority/acme/context.ts'
import { readAdvice } from '../../src/trust/connectors/authority/acme/renewal-info.ts'
import { createAcmeServers } from '../../src/trust/connectors/authority/acme/server.ts'
import { AcmeClientSettings } from '../../src/trust/connectors/authority/acme/settings.ts'
import { type AcmeProxy, type Play, startAcmeProxy } from '../fixtures/acme-proxy.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startNameServer } from '../fixtures/name-server.ts'
import { type Bind, type Pebble, startBind, startPebble } from '../fixtures/pebble.ts'
import { freePort } from '../fixtures/process.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const [bindFound, pebbleFound] = [await requireComponent('bind'), await requireComponent('pebble')]
const both = bindFound.available ? pebbleFound : bindFound
/** What asking for advice takes. */
function advised(directoryUrl: string): AcmeContext {
  const config = { outboundAllowCidrs: ['127.0.0.0/8'] }
  const log = { debug: () => undefined }
  const platform = { config, log, version: 'test', now: Date.now } as unknown as Platform
  const settings = AcmeClientSettings.parse({ directoryUrl, termsOfServiceAgreed: true })
  const place = { organizationId: '', authorityId: 0 }
  return { platform, place, settings, server: createAcmeServers(platform)(settings) }
}

const slow = { timeout: 60_000 }
const zone = 'example.test'
const path = '/trust/api/certificates'
const authorities = '/trust/api/certificate-authorities'

describe.skipIf(!hasDatabase)('certificates over ACME', () => {
  describeWith(both, 'from pebble', () => {
    let server: TestServer
    let bind: Bind
    let pebble: Pebble
    let proxy: AcmeProxy
    let database: Database
    let httpPort: number
    let tlsPort: number
    const programs = () => {
      if (!bindFound.available || !pebbleFound.available) throw new Error('not there')
      return { bind: bindFound.path, pebble: pebbleFound.path }
    }

    beforeAll(async () => {
      bind = await startBind(programs().bind, zone)
      httpPort = await freePort()
      tlsPort = await freePort()
      const port = await freePort()
      const ports = { http: httpPort, tls: tlsPort }
      const dnsServer = `127.0.0.1:${bind.port}`
      pebble = await startPebble(programs().pebble, { dnsServer, ports })
      server = await startTestServer({
        env: {
          PANTHERA_PORT: String(port),
          PANTHERA_PUBLIC_URL: `http://127.0.0.1:${port}`,
          PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
          PANTHERA_ACME_HTTP_PORT: String(ports.http),
          PANTHERA_ACME_TLS_PORT: String(ports.tls),
        },
      })
      proxy = await startAcmeProxy(pebble)
      database = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    }, 60_000)
    afterAll(async () => {
      await database?.close()
      proxy?.stop()
      await server?.stop()
      await pebble?.stop()
      await bind?.stop()
    })

    const call = (method: string, url: string, body?: unknown) =>
      server.call(method, url, body === undefined ? {} : { body })
    const settings = (more: object = {}) => ({
      directoryUrl: pebble.directoryUrl,
      contactEmail: 'ops@example.com',
      termsOfServiceAgreed: true,
      caCertificates: pebble.trusted,
      dnsServers: [`127.0.0.1:${bind.port}`],
      ...more,
    })
    const dns = (more: object = {}) => ({
      challenge: 'dns-01',
      dns: { type: 'rfc2136', server: '127.0.0.1', port: bind.port, ...bind.key, ...more },
    })
    const create = async (name: string, more: object = {}): Promise<Json> => {
      const body = { name, type: 'acme', settings: settings(more) }
      const answer = await call('POST', authorities, body)
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json.data
    }
    const order = async (authority: Json, names: string[], more: object = {}): Promise<Json> => {
      const [commonName, ...subjectAlternativeNames] = names
      const made = await call('POST', path, {
        commonName,
        subjectAlternativeNames,
        certificateAuthorityId: authority.id,
        ...more,
      })
      if (made.status !== 201) throw new Error(made.text)
      return made.json.data
    }
    const until = async (look: () => Promise<Json>): Promise<Json> => {
      for (let tries = 0; tries < 600; tries++) {
        const found = await look()
        if (found !== null) return found
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('it did not come to that')
    }
    /** Lets what waits for a later time come at once. */
    const hurry = () =>
      database.inTenant(server.organization_id, async (tx) => {
        const waiting = await tx.rows<{ id: number }>(sql`update renewals
            set next_attempt_at = now()
          where next_attempt_at > now() and finished_at is null returning id`)
        for (const { id } of waiting) {
          const payload = { renewal_id: id }
          const event = { organizationId: server.organization_id, payload }
          await appendEvent(tx, renewalQueued, event)
        }
      })
    const settled = async (id: number): Promise<{ certificate: Json; renewal: Json }> => {
      const renewal = await until(async () => {
        const [newest] = (await call('GET', `${path}/${id}/renewals`)).json.data
        if (['stored', 'failed'].includes(newest.state)) return newest
        await hurry()
        return null
      })
      return { certificate: (await call('GET', `${path}/${id}`)).json.data, renewal }
    }
    const counted = (what: Sql): Promise<number> =>
      database.inTenant(server.organization_id, async (tx) => {
        const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from ${what}`)
        return n
      })
    const messages = ({ steps }: Json): string[] => steps.map((each: Json) => each.message)
    const left = () => counted(sql`acme_client_answers`)

    describe('issues', () => {
      it('by http-01, and tells each step', slow, async () => {
        const authority = await create('HTTP')
        const made = await order(authority, [`a.${zone}`, `b.${zone}`])
        expect(made).toMatchObject({ status: 'pending', renewalStatus: 'in_progress' })
        const { certificate, renewal } = await settled(made.id)
        expect(messages(renewal).slice(2, -2)).toEqual([
          'The account with the authority stands',
          'The authority has the order',
          'To be proven by http-01: 2 of the names',
          'The answers are where the authority will look',
          'The authority was told to look',
          ...messages(renewal).filter((each) => each === 'The authority proves the names'),
          'The names are proven',
          'What proved the names is removed',
          'The authority has the request',
          ...messages(renewal).filter((each) => each === 'The authority makes the certificate'),
        ])
        const leaf = new X509Certificate(certificate.certificate)
        expect(leaf.subjectAltName).toBe(`DNS:a.${zone}, DNS:b.${zone}`)
        const [issuer] = certificate.chain.split(/(?<=END CERTIFICATE-----\n)/)
        expect(leaf.verify(new X509Certificate(issuer).publicKey)).toBe(true)
        expect(certificate).toMatchObject({ status: 'active', hasPrivateKey: true })
        const path = `${authorities}/${authority.id}/test`
        expect((await call('POST', path)).json.data).toEqual({
          ok: true,
          message: `${pebble.directoryUrl} answers, and the account stands`,
        })
      })

      it(
        'by dns-01: a wildcard beside its name, and where the name is an alias',
        slow,
        async () => {
          const authority = await create('DNS', dns())
          const made = await order(authority, [`w.${zone}`, `*.w.${zone}`])
          const { certificate, renewal } = await settled(made.id)
          expect(messages(renewal)).toContain('The records are seen in DNS')
          expect(certificate.subjectAlternativeNames).toEqual([`w.${zone}`, `*.w.${zone}`])
          const alias = await settled((await order(authority, [`away.${zone}`])).id)
          expect(alias.renewal.state).toBe('stored')
          const resolver = new Resolver()
          resolver.setServers([`127.0.0.1:${bind.port}`])
          for (const name of [`_acme-challenge.w.${zone}`, `elsewhere.delegated.${zone}`]) {
            await expect(resolver.resolveTxt(name)).rejects.toThrow(/ENOTFOUND|ENODATA/)
          }
          expect(await left()).toBe(0)
        },
      )

      it('by tls-alpn-01, a name and an address', slow, async () => {
        const authority = await create('TLS', { challenge: 'tls-alpn-01' })
        const { renewal } = await settled((await order(authority, [`t.${zone}`, '127.0.0.1'])).id)
        expect(renewal.state).toBe('stored')
      })

      it('and renews under the same id, then revokes, and the authority agrees', slow, async () => {
        const authority = await create('Whole life')
        const { id } = await order(authority, [`life.${zone}`])
        const first = (await settled(id)).certificate
        expect((await call('POST', `${path}/${id}/renew`, {})).status).toBe(202)
        const { certificate, renewal } = await settled(id)
        expect(renewal).toMatchObject({ cause: 'requested', method: 'acme', state: 'stored' })
        expect(certificate.serialNumber).not.toBe(first.serialNumber)
        const refused = await call('POST', `${path}/${id}/revoke`, { reason: 'cACompromise' })
        expect(refused.json.error.details.fields[0].message).toContain('keyCompromise')
        await call('POST', `${path}/${id}/revoke`, { reason: 'superseded' })
        const confirmed = await until(async () => {
          const { data } = (await call('GET', `${path}/${id}`)).json
          const states = data.authorityRevocations.map((each: Json) => each.state)
          return states.every((each: string) => each === 'confirmed') ? data : null
        })
        expect(confirmed.authorityRevocations).toHaveLength(2)
        expect(confirmed.status).toBe('revoked')
      })

      it('with the chain that leads to the preferred root', slow, async () => {
        const preferredChain = await pebble.alternateRoot()
        const authority = await create('Chains', { preferredChain })
        const { certificate } = await settled((await order(authority, [`chain.${zone}`])).id)
        const last = certificate.chain
          .trim()
          .split(/(?<=END CERTIFICATE-----)\n/)
          .at(-1)
        expect(new X509Certificate(last).issuer).toBe(`CN=${preferredChain}`)
      })

      it('to an account that is bound from outside', slow, async () => {
        const key = randomBytes(32).toString('base64url')
        const ports = { http: httpPort, tls: tlsPort }
        const bound = await startPebble(programs().pebble, {
          dnsServer: `127.0.0.1:${bind.port}`,
          ports,
          bindings: { 'kid-1': key },
        })
        try {
          const place = { directoryUrl: bound.directoryUrl, caCertificates: bound.trusted }
          const without = await create('Unbound', place)
          const { renewal } = await settled((await order(without, [`e.${zone}`])).id)
          expect(renewal.error.message).toMatch(/settings\.externalAccountBinding/)
          const externalAccountBinding = { kid: 'kid-1', hmacKey: key }
          const authority = await create('Bound', { ...place, externalAccountBinding })
          expect(authority.settings.externalAccountBinding).toEqual({ kid: 'kid-1' })
          const done = await settled((await order(authority, [`e.${zone}`])).id)
          expect(done.renewal.state).toBe('stored')
          const everything = JSON.stringify([authority, server.logLines, done])
          expect(everything).not.toContain(key)
        } finally {
          await bound.stop()
        }
      })
    })

    describe('where the network or the authority fails', () => {
      it('orders once, though each first answer is lost', slow, async () => {
        const authority = await create('Lossy', { directoryUrl: proxy.directoryUrl })
        proxy.asked.length = 0
        const seen = new Set<string>()
        proxy.lost = seen
        const { id } = await order(authority, [`lossy.${zone}`])
        const { renewal } = await settled(id)
        proxy.lost = null
        expect(renewal.state).toBe('stored')
        const count = (kind: string, status: number) =>
          proxy.asked.filter((each) => each.kind === kind && each.status === status).length
        expect([...seen].toSorted()).toEqual(
          [
            'GET dir',
            'HEAD nonce-plz',
            'POST authZ',
            'POST certZ',
            'POST chalZ',
            'POST finalize-order',
            'POST my-order',
            'POST order-plz',
            'POST sign-me-up',
            ...[...seen].filter((each) => /list-order|my-account/.test(each)),
          ].toSorted(),
        )
        expect([count('order-plz', 201), count('finalize-order', 200)]).toEqual([1, 1])
        expect(messages(renewal)).toContain('The order of before was found again')
        expect(await counted(sql`certificate_versions where certificate_id = ${id}`)).toBe(1)
      })

      it('waits as long as it is told by 429, and asks again after 503', slow, async () => {
        const authority = await create('Busy', { directoryUrl: proxy.directoryUrl })
        const detail = 'too many new orders recently'
        const type = 'urn:ietf:params:acme:error:rateLimited'
        const bad = [
          { status: 429, headers: { 'retry-after': '7200' }, body: { type, detail } },
          { status: 503 },
        ]
        proxy.play = ({ kind }) => (kind === 'order-plz' ? (bad.shift() ?? 'pass') : 'pass')
        const { id } = await order(authority, [`busy.${zone}`])
        const limited = await until(async () => {
          const [renewal] = (await call('GET', `${path}/${id}/renewals`)).json.data
          return renewal.error === null ? null : renewal
        })
        expect(limited.error).toEqual({
          code: 'authority_unreachable',
          message: expect.stringContaining(`limits how often it is asked: ${detail}`),
        })
        expect(Date.parse(limited.nextAttemptAt) - Date.now()).toBeGreaterThan(7_000_000)
        const { renewal } = await settled(id)
        proxy.play = () => 'pass'
        expect(renewal.state).toBe('stored')
      })

      it('tells why a name was not believed, and the old certificate stays', slow, async () => {
        const authority = await create('Wrong')
        const { id } = await order(authority, [`moved.${zone}`])
        const before = (await settled(id)).certificate
        await bind.move(`moved.${zone}`, '127.0.0.77')
        // Another account: the authority may remember of this one that the name was proven.
        const elsewhere = { settings: { directoryUrl: proxy.directoryUrl } }
        await call('PUT', `${authorities}/${authority.id}`, elsewhere)
        await call('POST', `${path}/${id}/renew`, {})
        const { certificate, renewal } = await settled(id)
        expect(renewal).toMatchObject({ state: 'failed', error: { code: 'certificate_refused' } })
        expect(renewal.error.message).toMatch(
          /^the authority did not believe moved\.example\.test: .*connection/i,
        )
        expect(certificate).toMatchObject({
          status: 'active',
          renewalStatus: 'failed',
          serialNumber: before.serialNumber,
        })
        expect(await left()).toBe(0)
      })

      it('tells where a record is not seen, and takes it back', slow, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'panthera-names-'))
        const names = await startNameServer(folder)
        const dnsServers = [`127.0.0.1:${names.port}`]
        const authority = await create('Unseen', { ...dns(), dnsServers, propagationSeconds: 1 })
        const { renewal } = await settled((await order(authority, [`unseen.${zone}`])).id)
        names.stop()
        rmSync(folder, { recursive: true })
        expect(renewal.error.message).toBe(
          `after 1 s (settings.propagationSeconds) ${dnsServers} does not show the record of ` +
            `_acme-challenge.unseen.${zone}`,
        )
        expect(await left()).toBe(0)
      })

      it('tells what a name server refuses', slow, async () => {
        const keySecret = randomBytes(32).toString('base64')
        const authority = await create('Wrong key', dns({ keySecret }))
        const { renewal } = await settled((await order(authority, [`k.${zone}`])).id)
        expect(renewal.error.message).toContain('compare keySecret and keyAlgorithm')
      })

      it('makes an account anew where the authority has forgotten it', slow, async () => {
        const authority = await create('Forgotten')
        const { id } = await order(authority, [`f.${zone}`])
        await settled(id)
        await pebble.restart()
        await call('POST', `${path}/${id}/renew`, {})
        const { renewal } = await settled(id)
        expect(renewal.state).toBe('stored')
        expect(messages(renewal).join()).toContain('the account with the authority has ended')
      })
    })

    it('makes an account anew where the authority has closed it', slow, async () => {
      const directoryUrl = `${proxy.directoryUrl}?closed`
      const authority = await create('Closed', { directoryUrl })
      const { id } = await order(authority, [`closed.${zone}`])
      await settled(id)
      const type = 'urn:ietf:params:acme:error:unauthorized'
      const closed = { status: 403, body: { type, detail: 'the account is deactivated' } }
      const refusals: Record<string, Play[]> = { 'order-plz': [closed], 'sign-me-up': [closed] }
      proxy.play = ({ kind }) => refusals[kind]?.shift() ?? 'pass'
      await call('POST', `${path}/${id}/renew`, {})
      const { renewal } = await settled(id)
      proxy.play = () => 'pass'
      expect(renewal.state).toBe('stored')
      expect(messages(renewal).join()).toContain('the account with the authority has ended')
    })

    describe('when to renew', () => {
      it('is asked of the authority, here of our own ACME server', async () => {
        const internal = { name: 'Own', type: 'internal', settings: { acme: {} } }
        const { id: own } = (await call('POST', authorities, internal)).json.data
        const { id } = await order({ id: own }, [`own.${zone}`])
        const certificate = (await call('GET', `${path}/${id}`)).json.data
        const { raw } = new X509Certificate(certificate.certificate)
        const directoryUrl = `${server.url}/trust/acme/${own}/directory`
        const advice = await readAdvice(advised(directoryUrl), raw)
        const life = Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)
        const from = Date.parse(certificate.validFrom) + (life * 2) / 3
        expect(Math.abs((advice?.from ?? 0) - from)).toBeLessThan(2_000)
        expect(advice?.retryAfterMs).toBe(6 * 3_600_000)
      })

      it('names what is replaced, and orders without where that is refused', slow, async () => {
        proxy.extra = { renewalInfo: `${new URL('/ari', proxy.directoryUrl)}` }
        const directoryUrl = `${proxy.directoryUrl}?advised`
        const authority = await create('Advised', { directoryUrl })
        const { id } = await order(authority, [`advised.${zone}`])
        const first = new X509Certificate((await settled(id)).certificate.certificate)
        const type = 'urn:ietf:params:acme:error:alreadyReplaced'
        const bad = [{ status: 409, body: { type, detail: 'another order has it' } }]
        proxy.play = ({ kind }) => (kind === 'order-plz' ? (bad.shift() ?? 'pass') : 'pass')
        proxy.asked.length = 0
        await call('POST', `${path}/${id}/renew`, {})
        const { renewal } = await settled(id)
        Object.assign(proxy, { extra: {}, play: () => 'pass' })
        expect(renewal.state).toBe('stored')
        const orders = proxy.asked.filter((each) => each.kind === 'order-plz')
        const named = orders.filter(({ status }) => status !== 400).map(({ payload }) => payload)
        expect(named.map((payload) => payload?.replaces)).toEqual([
          expect.stringMatching(/^[\w-]+\.[\w-]+$/),
          undefined,
        ])
        const [, serial = ''] = String(named[0]?.replaces).split('.')
        const hex = Buffer.from(serial, 'base64url').toString('hex').toUpperCase()
        expect(hex.replace(/^00/, '')).toBe(first.serialNumber)
      })
    })

    describe('400', () => {
      it.each<[object, string]>([
        [{ termsOfServiceAgreed: false }, 'settings.termsOfServiceAgreed'],
        [{ directoryUrl: 'ftp://a.example' }, 'settings.directoryUrl'],
        [{ challenge: 'dns-01' }, 'settings.dns'],
        [{ challenge: 'dns-01', dns: { type: 'exec' } }, 'settings.dns.type'],
        [{ caCertificates: 'no PEM' }, 'settings.caCertificates'],
        [{ externalAccountBinding: { kid: 'k' } }, 'settings.externalAccountBinding.hmacKey'],
      ])('%j names %s', async (more, field) => {
        const body = { name: 'Bad', type: 'acme', settings: settings(more) }
        const { status, json } = await call('POST', authorities, body)
        expect([status, json.error.details.fields[0].field]).toEqual([400, field])
      })

      it('names what http-01 cannot prove, and a life that is not ours to choose', async () => {
        const authority = await create('Strict')
        const certify = (more: object) =>
          call('POST', path, { certificateAuthorityId: authority.id, ...more })
        const wildcard = await certify({ commonName: `*.${zone}` })
        expect([wildcard.status, wildcard.json.error.message]).toEqual([
          400,
          expect.stringContaining('is proven by dns-01 only'),
        ])
        const days = await certify({ commonName: zone, validityDays: 10 })
        expect(days.json.error.details.fields[0].field).toBe('validityDays')
      })
    })

    it('tells nobody what a token does not stand for', async () => {
      for (const token of ['x', 'a'.repeat(43), '..%2f..']) {
        const answer = await fetch(`${server.url}/.well-known/acme-challenge/${token}`)
        expect(answer.status).toBe(404)
      }
      const own = await fetch(`http://127.0.0.1:${httpPort}/.well-known/acme-challenge/nothing`)
      expect(own.status).toBe(404)
    })
  })
})
