// /trust/acme/<authority>: our own ACME server, asked by a client that says what no proper client
// would.
import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AcmeAnswer,
  AcmeClient,
  base64url,
  bindingOf,
  csrFor,
  jwkOf,
  jws,
  newKey,
} from '../fixtures/acme-client.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const error = (name: string) => `urn:ietf:params:acme:error:${name}`

describe.skipIf(!hasDatabase)('the ACME server', () => {
  let server: TestServer
  let web: Server
  let authority: Json
  const tokens = new Map<string, string>()

  beforeAll(async () => {
    server = await startTestServer({
      env: { PANTHERA_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8' },
    })
    web = createServer((request, response) => {
      const token = request.url?.split('/').at(-1) ?? ''
      response.statusCode = tokens.has(token) ? 200 : 404
      response.end(tokens.get(token) ?? '')
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    authority = await create('First', {})
  })
  afterAll(async () => {
    await server.stop()
    web.close()
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.call(method, `/trust/api${path}`, body === undefined ? {} : { body })
  const create = async (name: string, acme: object): Promise<Json> => {
    const httpPort = (web.address() as AddressInfo).port
    const settings = { acme: { httpPort, ...acme } }
    const answer = await call('POST', '/certificate-authorities', {
      name,
      type: 'internal',
      settings,
    })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const client = (id: number = authority.id, key = newKey()) =>
    new AcmeClient(server.url, key).open(`/trust/acme/${id}/directory`)
  const registered = async (id?: number) => {
    const made = await client(id)
    await made.register({ contact: ['mailto:ops@example.com'] })
    return made
  }
  const host = { type: 'ip', value: '127.0.0.1' }
  const provide = (token: string, text: string) => void tokens.set(token, text)
  const proven = async (acme: AcmeClient, more: object = {}): Promise<AcmeAnswer> => {
    const made = await acme.post(acme.url('newOrder'), { identifiers: [host], ...more })
    await acme.prove(made.json, 'http-01', provide)
    return made
  }
  const issued = async (acme: AcmeClient, more: object = {}) => {
    const order = await proven(acme, more)
    const { csr, key } = await csrFor(['127.0.0.1'])
    const done = await acme.post(order.json.finalize, { csr })
    expect([done.status, done.json.status]).toEqual([200, 'valid'])
    const chain = await acme.post(done.json.certificate, '')
    return { chain, key, order: done.json, leaf: new X509Certificate(chain.text) }
  }
  const fails = ({ status, json, headers }: AcmeAnswer) => {
    expect(headers.get('content-type')).toBe('application/problem+json')
    return [status, json.type]
  }

  describe('issues', () => {
    it('tells where everything is', async () => {
      const { directory } = await client()
      expect(Object.keys(directory)).toEqual([
        ...['newNonce', 'newAccount', 'newOrder', 'revokeCert', 'keyChange', 'renewalInfo'],
        'meta',
      ])
    })

    it('a certificate that http-01 has proven, which appears and is revoked', async () => {
      const acme = await registered()
      const { chain, leaf } = await issued(acme)
      expect(chain.headers.get('content-type')).toBe('application/pem-certificate-chain')
      expect(chain.text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
      expect([leaf.subjectAltName, leaf.issuer]).toEqual(['IP Address:127.0.0.1', 'CN=First'])
      const serial = leaf.serialNumber.toLowerCase().match(/../g)?.join(':')
      const listed = await call('GET', `/certificates?caId=${authority.id}&sortBy=createdAt`)
      expect(listed.json.data[0]).toMatchObject({ serialNumber: serial, status: 'active' })

      const body = { certificate: base64url(leaf.raw), reason: 4 }
      expect((await acme.post(acme.url('revokeCert'), body)).status).toBe(200)
      const again = await acme.post(acme.url('revokeCert'), body)
      expect(fails(again)).toEqual([400, error('alreadyRevoked')])
      const shown = await call('GET', `/certificates/${listed.json.data[0].id}`)
      expect(shown.json.data).toMatchObject({ status: 'revoked', revocationReason: 'superseded' })
      const list = await fetch(server.url + new URL(authority.crlUrl).pathname)
      const bytes = Buffer.from(await list.arrayBuffer())
      expect(bytes.includes(Buffer.from(leaf.serialNumber, 'hex'))).toBe(true)
    })

    it('proves a name once for a while', async () => {
      const acme = await registered()
      await issued(acme)
      const next = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      expect([next.status, next.json.status]).toEqual([201, 'ready'])
    })

    it('tells when to renew, and takes the renewal under the same id', async () => {
      const acme = await registered()
      const { leaf } = await issued(acme)
      const { data } = (await call('GET', `/certificate-authorities/${authority.id}`)).json
      const [issuer] = data.chain.split(/(?<=END CERTIFICATE-----\n)/)
      const name = renewalName(leaf, new X509Certificate(issuer))
      const info = await acme.get(`${acme.url('renewalInfo')}/${name}`)
      const { start, end } = info.json.suggestedWindow
      const from = Date.parse(leaf.validFrom)
      expect(Date.parse(start)).toBeGreaterThan(from + 59 * 86_400_000)
      expect(Date.parse(end)).toBeLessThan(Date.parse(leaf.validTo))
      expect(info.headers.get('retry-after')).toBe('21600')

      const before = (await call('GET', `/certificates?caId=${authority.id}`)).json.pagination
      const renewed = await issued(acme, { replaces: name })
      expect(renewed.order.replaces).toBe(name)
      const after = (await call('GET', `/certificates?caId=${authority.id}`)).json.pagination
      expect(after.total).toBe(before.total)
      const again = { identifiers: [host], replaces: name }
      const twice = await acme.post(acme.url('newOrder'), again)
      expect(fails(twice)).toEqual([409, error('alreadyReplaced')])
      const other = await registered()
      const stranger = await other.post(other.url('newOrder'), again)
      expect(fails(stranger)).toEqual([403, error('unauthorized')])
      const wrong = await acme.get(`${acme.url('renewalInfo')}/AAAA.AAAA`)
      expect(fails(wrong)).toEqual([404, error('malformed')])
    })

    it('revokes by the key of the certificate, and by no other', async () => {
      const acme = await registered()
      const { leaf, key } = await issued(acme)
      const body = { certificate: base64url(leaf.raw), reason: 1 }
      const nobody = await client()
      expect(fails(await nobody.post(nobody.url('revokeCert'), body))).toEqual([
        403,
        error('unauthorized'),
      ])
      const other = await registered()
      expect(fails(await other.post(other.url('revokeCert'), body))).toEqual([
        403,
        error('unauthorized'),
      ])
      const odd = await acme.post(acme.url('revokeCert'), { ...body, reason: 6 })
      expect(fails(odd)).toEqual([400, error('badRevocationReason')])
      const holder = await client(authority.id, key)
      expect((await holder.post(holder.url('revokeCert'), body)).status).toBe(200)
    })
  })

  describe('refuses', () => {
    const cases: [title: string, signing: () => Promise<object> | object, wanted: unknown[]][] = [
      ['alg none', () => ({ header: { alg: 'none' } }), [400, error('badSignatureAlgorithm')]],
      ['a MAC', () => ({ header: { alg: 'HS256' } }), [400, error('badSignatureAlgorithm')]],
      ['another algorithm', () => ({ header: { alg: 'RS256' } }), [400, error('malformed')]],
      [
        'another URL',
        () => ({ header: { url: 'http://a.example/' } }),
        [403, error('unauthorized')],
      ],
      ['jwk beside kid', () => ({ header: { jwk: jwkOf(newKey()) } }), [400, error('malformed')]],
      ['neither', () => ({ header: { kid: undefined } }), [400, error('malformed')]],
      ['a nonce of its own', () => ({ header: { nonce: 'AAAA' } }), [400, error('badNonce')]],
      ['no nonce', () => ({ header: { nonce: undefined } }), [400, error('badNonce')]],
      ['crit', () => ({ header: { crit: ['exp'] } }), [400, error('malformed')]],
      ['b64', () => ({ header: { b64: false } }), [400, error('malformed')]],
      ['another key', () => ({ key: newKey() }), [400, error('malformed')]],
      [
        'another content type',
        () => ({ contentType: 'application/json' }),
        [415, error('malformed')],
      ],
      ['a payload that is no JSON', () => ({ rawPayload: '{' }), [400, error('malformed')]],
      ['a name twice', () => ({ rawPayload: '{"a":1,"a":2}' }), [400, error('malformed')]],
      [
        'an account that there is not',
        async () => ({ header: { kid: `${(await client()).url('newAccount')}/x` } }),
        [400, error('accountDoesNotExist')],
      ],
    ]
    it.each(cases)('%s', async (_, signing, wanted) => {
      const acme = await registered()
      const payload = { identifiers: [host] }
      const answer = await acme.post(acme.url('newOrder'), payload, await signing())
      expect(fails(answer)).toEqual(wanted)
      expect(answer.headers.get('replay-nonce')).not.toBeNull()
    })

    it('a request that was sent before', async () => {
      const acme = await registered()
      const url = acme.url('newOrder')
      const header = { alg: 'ES256', nonce: await acme.nonce(), url, kid: acme.kid }
      const body = jws(header, JSON.stringify({ identifiers: [host] }), acme.key)
      expect((await acme.send(url, body)).status).toBe(201)
      expect(fails(await acme.send(url, body))).toEqual([400, error('badNonce')])
    })

    it('a nonce of another authority', async () => {
      const other = await create('Second', {})
      const nonce = await (await client(other.id)).nonce()
      const acme = await registered()
      const answer = await acme.post(acme.url('newOrder'), {}, { header: { nonce } })
      expect(fails(answer)).toEqual([400, error('badNonce')])
    })

    it('bodies that are not Base64url in one spelling, or too large', async () => {
      const acme = await registered()
      const url = acme.url('newOrder')
      const header = { alg: 'ES256', nonce: await acme.nonce(), url, kid: acme.kid }
      const body = jws(header, '{}', acme.key)
      for (const broken of [
        { ...body, signature: `${body.signature}=` },
        { ...body, payload: 'a b' },
        { ...body, payload: 'QQ==' },
        { ...body, payload: 'QR' },
        { ...body, header: {} },
        { ...body, signatures: [] },
        { payload: '', signature: '' },
        [],
        'null',
        '{',
      ]) {
        expect(fails(await acme.send(url, broken))).toEqual([400, error('malformed')])
      }
      const large = await acme.send(url, { ...body, payload: 'A'.repeat(200_000) })
      expect(fails(large)).toEqual([413, error('malformed')])
    })

    it('identifiers that it cannot prove, each with its own problem', async () => {
      const acme = await registered()
      const identifiers = [
        host,
        { type: 'dns', value: 'not a name' },
        { type: 'dns', value: '127.0.0.1' },
        { type: 'ip', value: 'a.example' },
        { type: 'dns', value: '*.*.example' },
      ]
      const answer = await acme.post(acme.url('newOrder'), { identifiers })
      expect(fails(answer)).toEqual([403, error('rejectedIdentifier')])
      expect(answer.json.subproblems.map((each: Json) => each.identifier)).toEqual(
        identifiers.slice(1),
      )
      const odd = { identifiers: [{ type: 'email', value: 'a@example.com' }] }
      expect(fails(await acme.post(acme.url('newOrder'), odd))).toEqual([
        400,
        error('unsupportedIdentifier'),
      ])
    })

    it('a challenge that is not met, after several attempts', { timeout: 60_000 }, async () => {
      const acme = await registered()
      const made = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      await acme.prove(made.json, 'http-01', (token) => void tokens.set(token, 'something'))
      const authorization = (await acme.post(made.json.authorizations[0], '')).json
      expect(authorization.status).toBe('invalid')
      expect(authorization.challenges).toHaveLength(1)
      expect(authorization.challenges[0].error.type).toBe(error('incorrectResponse'))
      expect((await acme.post(made.headers.get('location') ?? '', '')).json.status).toBe('invalid')
    })

    it('names outside the constraints of the authority, before they are proven', async () => {
      const answer = await call('POST', '/certificate-authorities', {
        name: 'Constrained',
        type: 'internal',
        settings: { nameConstraints: { permitted: ['dns:inside.example'] } },
      })
      const acme = await registered(answer.json.data.id)
      const [inside, outside] = ['a.inside.example', 'a.example'].map((value) => ({
        type: 'dns',
        value,
      }))
      const url = acme.url('newOrder')
      const refused = await acme.post(url, { identifiers: [inside, outside] })
      expect(fails(refused)).toEqual([403, error('rejectedIdentifier')])
      expect(refused.json.subproblems).toMatchObject([{ identifier: outside }])
      expect((await acme.post(url, { identifiers: [inside] })).status).toBe(201)
    })

    it('keys that were revoked as compromised', async () => {
      const acme = await registered()
      const { csr, key } = await csrFor(['127.0.0.1'])
      const done = await acme.post((await proven(acme)).json.finalize, { csr })
      const chain = await acme.post(done.json.certificate, '')
      const certificate = base64url(new X509Certificate(chain.text).raw)
      const holder = await client(authority.id, key)
      await holder.post(holder.url('revokeCert'), { certificate, reason: 1 })
      const refused = await acme.post((await proven(acme)).json.finalize, { csr })
      expect(fails(refused)).toEqual([400, error('badCSR')])
      expect(refused.json.detail).toContain('compromised')
    })

    it('requests for other names, for the key of the account, or too early', async () => {
      const acme = await registered()
      const made = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      const good = await csrFor(['127.0.0.1'])
      expect(fails(await acme.post(made.json.finalize, { csr: good.csr }))).toEqual([
        403,
        error('orderNotReady'),
      ])
      await acme.prove(made.json, 'http-01', provide)
      for (const csr of [
        (await csrFor(['127.0.0.1', 'a.example'])).csr,
        (await csrFor(['127.0.0.2'])).csr,
        (await csrFor([])).csr,
        (await csrFor(['127.0.0.1'], acme.key)).csr,
        'AAAA',
        '',
        'a b',
      ]) {
        expect(fails(await acme.post(made.json.finalize, { csr }))).toEqual([400, error('badCSR')])
      }
      expect((await acme.post(made.json.finalize, { csr: good.csr })).json.status).toBe('valid')
    })

    it('what belongs to another account', async () => {
      const [acme, other] = [await registered(), await registered()]
      const made = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      for (const url of [
        made.headers.get('location') ?? '',
        made.json.authorizations[0],
        made.json.finalize.replace(/\/finalize$/, ''),
        made.json.finalize.replace(/order\/(.*)\/finalize$/, 'certificate/$1'),
      ]) {
        expect(fails(await other.post(url, ''))).toEqual([404, error('malformed')])
      }
      expect(fails(await other.post(acme.kid ?? '', ''))).toEqual([403, error('unauthorized')])
    })

    it('whatever a good key has signed, without a fault of its own', async () => {
      const acme = await registered()
      const made = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      const authorization = await acme.post(made.json.authorizations[0], '')
      const urls = [
        ...['newAccount', 'newOrder', 'revokeCert', 'keyChange'].map((name) => acme.url(name)),
        ...[acme.kid ?? '', made.headers.get('location') ?? '', made.json.finalize],
        ...[made.json.authorizations[0], authorization.json.challenges[0].url],
      ]
      const nul = String.fromCharCode(0)
      const payloads: unknown[] = [
        ...[null, 0, [], {}, 'x', { identifiers: null }, { identifiers: [null] }],
        ...['', nul, '\ud800', 'a'.repeat(300), '*', '..', '::'].flatMap((value) => [
          { identifiers: [{ type: 'dns', value }], replaces: value },
          { identifiers: [host], replaces: value },
          { certificate: value, csr: value, contact: [value], status: value },
          { csr: base64url(value), certificate: base64url(value), reason: 1e99 },
          { protected: base64url(value), payload: base64url(value), signature: 'AAAA' },
          { externalAccountBinding: value, contact: [`mailto:${value}@a`] },
        ]),
        { certificate: base64url(Buffer.alloc(2_000, 0x30)), csr: 'MAA' },
      ]
      for (const url of urls) {
        for (const payload of payloads) {
          const { status, text } = await acme.post(url, payload)
          expect(status, `${url} ${JSON.stringify(payload)} ${text}`).toBeLessThan(500)
        }
      }
      const odd = `${acme.url('newOrder').replace('new-order', 'order')}/`
      for (const id of ['x', `%00`, '00000000-0000-4000-8000-000000000000']) {
        expect((await acme.post(odd + id, '')).status).toBeLessThan(500)
      }
    })

    it('an authority that there is not, or that serves no ACME', async () => {
      const off = await create('Off', { enabled: false })
      for (const id of [off.id, 987_654_321, 'x', '1e3']) {
        const nobody = new AcmeClient(server.url)
        const answer = await nobody.get(`/trust/acme/${id}/directory`)
        expect(fails(answer)).toEqual([404, error('malformed')])
      }
    })
  })

  describe('keeps accounts', () => {
    it('one per key, found again, changed and closed', async () => {
      const acme = await client()
      const made = await acme.register({ contact: ['mailto:a@example.com'] })
      expect([made.status, made.json.status]).toEqual([201, 'valid'])
      const { kid } = acme
      const found = await acme.register({ onlyReturnExisting: true })
      expect([found.status, acme.kid]).toEqual([200, kid])
      const changed = await acme.post(kid ?? '', { contact: ['mailto:b@example.com'] })
      expect(changed.json.contact).toEqual(['mailto:b@example.com'])
      for (const [contact, name] of [
        ['tel:1', 'unsupportedContact'],
        ['mailto:a@example.com,b@example.com', 'invalidContact'],
      ]) {
        const refused = await acme.post(kid ?? '', { contact: [contact] })
        expect(fails(refused)).toEqual([400, error(name ?? '')])
      }
      expect((await acme.post(kid ?? '', { status: 'deactivated' })).json.status).toBe(
        'deactivated',
      )
      expect(fails(await acme.post(kid ?? '', ''))).toEqual([403, error('unauthorized')])
      expect(fails(await acme.register())).toEqual([403, error('unauthorized')])
      const nobody = await client()
      const none = await nobody.register({ onlyReturnExisting: true })
      expect(fails(none)).toEqual([400, error('accountDoesNotExist')])
    })

    it('changes the key', async () => {
      const acme = await registered()
      const [old, next, url] = [acme.key, newKey(), acme.url('keyChange')]
      const say = (key = next, oldKey: unknown = jwkOf(old), account = acme.kid) =>
        jws({ alg: 'ES256', jwk: jwkOf(key), url }, JSON.stringify({ account, oldKey }), key)
      expect(fails(await acme.post(url, say(next, jwkOf(newKey()))))).toEqual([
        400,
        error('malformed'),
      ])
      const taken = await registered()
      expect(fails(await acme.post(url, say(taken.key)))).toEqual([409, error('malformed')])
      expect((await acme.post(url, say())).status).toBe(200)
      expect(fails(await acme.post(acme.kid ?? '', ''))).toEqual([400, error('malformed')])
      acme.key = next
      expect((await acme.post(acme.kid ?? '', '')).status).toBe(200)
    })

    it('bound to somebody where the authority wants that', async () => {
      const { id } = await create('Bound', { externalAccountRequired: true })
      const path = `/certificate-authorities/${id}/eab-keys`
      const { data } = (await call('POST', path, { name: 'Team' })).json
      const acme = await client(id)
      const url = acme.url('newAccount')
      const bind = (hmacKey: string, kid = data.id, key = acme.key) => ({
        externalAccountBinding: bindingOf(kid, hmacKey, url, key),
      })
      expect(fails(await acme.register())).toEqual([403, error('externalAccountRequired')])
      expect(fails(await acme.register(bind(base64url('wrong'))))).toEqual([
        403,
        error('unauthorized'),
      ])
      const other = bind(data.hmacKey, data.id, newKey())
      expect(fails(await acme.register(other))).toEqual([400, error('malformed')])
      expect((await acme.register(bind(data.hmacKey))).status).toBe(201)
      const second = await client(id)
      const again = await second.register(bind(data.hmacKey, data.id, second.key))
      expect(fails(again)).toEqual([403, error('unauthorized')])
      const listed = (await call('GET', path)).json.data[0]
      expect([listed.accounts, listed.hmacKey]).toEqual([1, undefined])
      const revoked = await call('DELETE', `${path}/${data.id}`)
      expect(revoked.json.data.revokedAt).not.toBeNull()
      expect((await call('DELETE', `${path}/nothing`)).status).toBe(404)
    })

    it('that admins see and close', async () => {
      const acme = await registered()
      const path = `/certificate-authorities/${authority.id}/acme-accounts`
      const id = acme.kid?.split('/').at(-1)
      const [first] = (await call('GET', path)).json.data
      expect(first).toMatchObject({ id, status: 'valid', contacts: ['mailto:ops@example.com'] })
      const closed = await call('POST', `${path}/${id}/deactivate`)
      expect([closed.status, closed.json.data.status]).toEqual([200, 'revoked'])
      const order = await acme.post(acme.url('newOrder'), { identifiers: [host] })
      expect(fails(order)).toEqual([403, error('unauthorized')])
      const missing = '00000000-0000-4000-8000-000000000000'
      expect((await call('POST', `${path}/${missing}/deactivate`)).status).toBe(404)
    })
  })
})

/** RFC 9773, section 4.1. */
function renewalName(leaf: X509Certificate, issuer: X509Certificate): string {
  const der = issuer.raw.toString('hex')
  // The subject key identifier: its object identifier, then an octet string within one.
  const at = der.indexOf('0603551d0e04160414') + '0603551d0e04160414'.length
  const keyId = Buffer.from(der.slice(at, at + 40), 'hex')
  const serial = Buffer.from(leaf.serialNumber, 'hex')
  return `${base64url(keyId)}.${base64url(serial)}`
}
