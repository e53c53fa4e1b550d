// /trust/api/certificate-authorities and /trust/api/renewal-policies.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('certificate authorities', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-authorities-'))
    server = await startTestServer()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const call = (method: string, path: string, body?: unknown, options: CallOptions = {}) =>
    server.call(method, `/trust/api${path}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    })
  const authorities = '/certificate-authorities'
  const create = async (body: object): Promise<Json> => {
    const answer = await call('POST', authorities, body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const certify = (body: object) => call('POST', '/certificates', body)
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  describe('200', () => {
    it('lists the one that is made by need, which serves who names none', async () => {
      const { json } = await call('GET', authorities)
      expect(json.data).toMatchObject([
        { name: 'Panthera Internal CA', type: 'internal', isDefault: true, certificates: 0 },
      ])
      expect(json.pagination.total).toBe(1)
      const answers = await Promise.all([1, 2, 3].map(() => call('GET', authorities)))
      for (const answer of answers) expect(answer.json.pagination.total).toBe(1)
    })

    it('shows the root that clients must trust, and tries whether it would issue', async () => {
      const { json } = await call('GET', authorities)
      const path = `${authorities}/${json.data[0].id}`
      const { data } = (await call('GET', path)).json
      const root = new X509Certificate(data.rootCertificate)
      expect([root.ca, root.subject, root.verify(root.publicKey)]).toEqual([
        true,
        'CN=Panthera Internal CA Root',
        true,
      ])
      expect(data.crlUrl).toMatch(/\/trust\/crl\/[0-9A-Za-z]{22}\.crl$/)
      const tested = await call('POST', `${path}/test`)
      expect(tested.json.data).toEqual({
        ok: true,
        message: expect.stringContaining('Panthera Internal CA signs, and is valid until'),
      })
    })

    it('changes what is not in certificates that are out', async () => {
      const { id } = await create({ name: 'Changing', type: 'internal' })
      const changed = await call('PUT', `${authorities}/${id}`, {
        name: 'Changed',
        settings: { maxValidityDays: 10, defaultValidityDays: 5 },
        isDefault: true,
      })
      expect(changed.json.data).toMatchObject({
        name: 'Changed',
        isDefault: true,
        settings: { maxValidityDays: 10, crlHours: 24 },
      })
      const refused = await certify({ commonName: 'a.example', validityDays: 11 })
      expect(refused.json.error.details.fields[0]).toEqual({
        field: 'validityDays',
        message: 'must be at most 10, the bound of this authority',
      })
      const { data } = (await certify({ commonName: 'a.example' })).json
      expect([data.certificateAuthorityId, data.issuer]).toEqual([id, 'Changing'])
      const first = (await call('GET', authorities)).json.data[0]
      expect(first.isDefault).toBe(false)
      await call('PUT', `${authorities}/${first.id}`, { isDefault: true })
    })

    it('deletes one that no valid certificate needs', async () => {
      const { id } = await create({ name: 'Short', type: 'internal' })
      const made = await certify({ commonName: 'a.example', certificateAuthorityId: id })
      const inUse = await call('DELETE', `${authorities}/${id}`)
      expect([inUse.status, inUse.json.error]).toMatchObject([
        409,
        { code: 'CERTIFICATE_AUTHORITY_IN_USE', details: { certificates: 1 } },
      ])
      await call('POST', `/certificates/${made.json.data.id}/revoke`, {})
      const gone = await call('DELETE', `${authorities}/${id}`)
      expect([gone.status, gone.json.data]).toEqual([200, { id, deleted: true }])
      expect((await call('GET', `${authorities}/${id}`)).status).toBe(404)
    })
  })

  describe('201', () => {
    it.each([
      ['RSA', 2048],
      ['ECDSA', 384],
      ['Ed25519', undefined],
    ])(
      'makes an internal one with keys of %s, which openssl believes',
      async (keyType, keySize) => {
        const made = await create({
          name: `With ${keyType}`,
          type: 'internal',
          settings: {
            keyType,
            ...(keySize === undefined ? {} : { keySize }),
            subject: { commonName: `${keyType} Issuing CA`, organization: 'Acme', country: 'DE' },
            nameConstraints: { permitted: ['dns:example.com'] },
          },
        })
        const body = { commonName: 'in.example.com', certificateAuthorityId: made.id }
        const { data } = (await certify(body)).json
        expect(data.issuer).toBe(`${keyType} Issuing CA`)
        const told = execFileSync(
          'openssl',
          [
            ...['verify', '-x509_strict', '-purpose', 'sslserver'],
            ...['-CAfile', file('root.pem', made.rootCertificate)],
            ...['-untrusted', file('chain.pem', data.chain), file('leaf.pem', data.certificate)],
          ],
          { encoding: 'utf8', stdio: 'pipe' },
        )
        expect(told).toContain('OK')
        const outside = await certify({ ...body, commonName: 'in.example.net' })
        expect([outside.status, outside.json.error.code]).toEqual([400, 'CERTIFICATE_REFUSED'])
      },
    )

    it('gives out requests of one that people carry them to', async () => {
      const made = await create({ name: 'By hand', type: 'csr', settings: {} })
      const { json } = await certify({
        commonName: 'carried.example.com',
        certificateAuthorityId: made.id,
      })
      expect(json.data).toMatchObject({
        status: 'pending',
        renewalStatus: 'waiting_csr',
        fingerprint: null,
        csr: expect.stringContaining('BEGIN CERTIFICATE REQUEST'),
      })
      const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString()
      const issuer = file('ca.key', pem)
      const ca = execFileSync('openssl', [
        ...['req', '-x509', '-new', '-key', issuer, '-subj', '/CN=Elsewhere', '-days', '9'],
      ])
      const certificate = execFileSync(
        'openssl',
        [
          ...['x509', '-req', '-in', file('given.csr', json.data.csr), '-days', '90'],
          ...['-CA', file('ca.pem', ca.toString()), '-CAkey', issuer, '-copy_extensions', 'copy'],
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      )
      const path = `/certificates/${json.data.id}`
      const taken = await call('POST', `${path}/certificate`, { certificate, chain: `${ca}` })
      expect(taken.json.data).toMatchObject({
        status: 'active',
        issuer: 'Elsewhere',
        renewalStatus: 'none',
      })
      expect((await call('GET', path)).json.data.chain).toBe(null)
    })
  })

  describe('400', () => {
    it('names that lead here are proven by the first organization alone', async () => {
      const { json } = await server.call('POST', '/console/api/organizations', {
        body: { name: 'Another', plan: 'pro', owner_email: 'another@example.com' },
      })
      const made = await server.call('POST', '/console/api/keys', {
        key: json.admin_key,
        body: { surface: 'trust', name: 'all' },
      })
      const body = {
        name: 'Elsewhere',
        type: 'acme',
        settings: { directoryUrl: 'https://acme.example/dir', termsOfServiceAgreed: true },
      }
      const refused = await call('POST', authorities, body, { key: made.json.api_key })
      expect([refused.status, refused.json.error.details.fields[0].field]).toEqual([
        400,
        'settings.challenge',
      ])
      const dns = { challenge: 'dns-01', dns: { type: 'digitalocean', apiToken: 'x'.repeat(20) } }
      const settings = { ...body.settings, ...dns }
      const taken = await call(
        'POST',
        authorities,
        { ...body, settings },
        { key: made.json.api_key },
      )
      expect([taken.status, taken.json.error]).toEqual([201, undefined])
      const path = `${authorities}/${taken.json.data.id}`
      const change = { settings: { challenge: 'tls-alpn-01' } }
      const changed = await call('PUT', path, change, { key: made.json.api_key })
      expect([changed.status, changed.json.error.message]).toEqual([
        400,
        expect.stringContaining('must be dns-01'),
      ])
      expect((await call('POST', authorities, body)).status).toBe(201)
    })

    it.each([
      [{ name: 'X' }, 'type'],
      [{ name: 'X', type: 'magic' }, 'type'],
      [{ name: 'X', type: 'acme' }, 'settings.directoryUrl'],
      [{ type: 'internal' }, 'name'],
      [{ name: 'X', type: 'internal', settings: { colour: 1 } }, 'settings.colour'],
      [{ name: 'X', type: 'internal', settings: { keyType: 'DSA' } }, 'settings.keyType'],
      [{ name: 'X', type: 'internal', settings: { keySize: 512 } }, 'settings.keySize'],
      [
        { name: 'X', type: 'internal', settings: { nameConstraints: { permitted: ['?'] } } },
        'settings.nameConstraints.permitted.0',
      ],
      [
        { name: 'X', type: 'internal', settings: { rootValidityDays: 10 } },
        'settings.intermediateValidityDays',
      ],
      [{ name: 'X', type: 'internal', settings: { statusUrl: 'ftp://x' } }, 'settings.statusUrl'],
    ])('%j names %s', async (body, field) => {
      const { status, json } = await call('POST', authorities, body)
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST'])
      expect(json.error.details.fields[0].field).toBe(field)
    })

    it('lists the types that there are', async () => {
      const { json } = await call('POST', authorities, { name: 'X', type: 'entrust' })
      expect(json.error.message).toMatch(/\binternal\b.*\bcsr\b/)
    })

    it('does not change what is in certificates', async () => {
      const { json } = await call('GET', authorities)
      const path = `${authorities}/${json.data[0].id}`
      const answer = await call('PUT', path, { settings: { keyType: 'RSA' } })
      expect(answer.json.error.details.fields[0].field).toBe('settings.keyType')
    })
  })

  it('409 for a name that is taken', async () => {
    const { status, json } = await call('POST', authorities, {
      name: 'panthera internal ca',
      type: 'internal',
    })
    expect([status, json.error.code]).toEqual([409, 'NAME_TAKEN'])
  })

  describe('the default', () => {
    const defaults = async () => {
      const { json } = await call('GET', `${authorities}?limit=100`)
      return json.data.filter(({ isDefault }: Json) => isDefault)
    }

    it('stays where another was to be it under a name that is taken', async () => {
      const [before] = await defaults()
      const body = { name: before.name, type: 'internal', isDefault: true }
      expect((await call('POST', authorities, body)).status).toBe(409)
      expect(await defaults()).toMatchObject([{ id: before.id }])
      expect((await certify({ commonName: 'still.example' })).status).toBe(201)
    })

    it('is handed on when it is deleted', async () => {
      const [before] = await defaults()
      const made = await create({ name: 'Passing', type: 'internal', isDefault: true })
      expect(await defaults()).toMatchObject([{ id: made.id }])
      expect((await call('DELETE', `${authorities}/${made.id}`)).status).toBe(200)
      const after = await defaults()
      expect(after).toHaveLength(1)
      expect(after[0].id).toBeLessThanOrEqual(before.id)
      expect((await certify({ commonName: 'next.example' })).status).toBe(201)
    })
  })

  it('deletes none while it issues', async () => {
    for (let n = 0; n < 4; n++) {
      const { id } = await create({ name: `Racing ${n}`, type: 'internal' })
      const [issued, deleted] = await Promise.all([
        certify({ commonName: 'race.example', certificateAuthorityId: id }),
        call('DELETE', `${authorities}/${id}`),
      ])
      expect([
        [201, 409],
        [400, 200],
      ]).toContainEqual([issued.status, deleted.status])
    }
  })

  it('deletes none whose certificates another one is to renew', async () => {
    const { id } = await create({ name: 'Issuer', type: 'internal' })
    const other = await create({ name: 'Successor', type: 'internal' })
    const made = await certify({ commonName: 'moved.example', certificateAuthorityId: id })
    const path = `/certificates/${made.json.data.id}`
    await call('PUT', path, { certificateAuthorityId: other.id })
    expect((await call('DELETE', `${authorities}/${id}`)).status).toBe(409)
  })

  it('issues for as long as it can where nobody says how long', async () => {
    const settings = { intermediateValidityDays: 40 }
    const { id } = await create({ name: 'Ending', type: 'internal', settings })
    const body = { commonName: 'short.example', certificateAuthorityId: id }
    const { status, json } = await certify(body)
    expect(status).toBe(201)
    expect(Date.parse(json.data.validTo) - Date.now()).toBeGreaterThan(38 * 86_400_000)
    const wished = await certify({ ...body, validityDays: 90 })
    expect([wished.status, wished.text]).toEqual([400, expect.stringContaining('at most 39')])
    const told = await call('POST', `${authorities}/${id}/test`)
    expect(told.json.data.message).toContain('only for 39 days')
  })

  it('403 without the right to manage them', async () => {
    const made = await server.call('POST', '/console/api/keys', {
      body: { surface: 'trust', name: 'w', scopes: ['read:certificates', 'write:certificates'] },
    })
    const body = { name: 'X', type: 'internal' }
    const { status, json } = await call('POST', authorities, body, { key: made.json.api_key })
    expect([status, json.error.details]).toEqual([403, { scope: 'manage:authorities' }])
  })

  it('policies decide over threshold and key of the certificates that follow them', async () => {
    const path = '/renewal-policies'
    const policy = (
      await call('POST', path, { name: 'Web', renewalThreshold: 20, keyRotation: false })
    ).json.data
    expect(policy).toMatchObject({ method: 'api', autoDeployment: false, certificates: 0 })
    const body = { commonName: 'policy.example.com', renewalPolicyId: policy.id }
    const { data } = (await certify(body)).json
    const daysOf = ({ validTo, renewsFrom }: Json) =>
      (Date.parse(validTo) - Date.parse(renewsFrom)) / 86_400_000
    expect(daysOf(data)).toBe(20)
    const changed = await call('PUT', `${path}/${policy.id}`, { renewalThreshold: 10 })
    expect(changed.json.data.renewalThreshold).toBe(10)
    const read = async () => (await call('GET', `/certificates/${data.id}`)).json.data
    expect(daysOf(await read())).toBe(10)
    await call('POST', `/certificates/${data.id}/renew`, {})
    await expect
      .poll(async () => (await read()).fingerprint, { timeout: 30_000 })
      .not.toBe(data.fingerprint)
    const keyOf = (pem: string) => new X509Certificate(pem).publicKey.export({ format: 'jwk' })
    expect(keyOf((await read()).certificate)).toEqual(keyOf(data.certificate))
    const inUse = await call('DELETE', `${path}/${policy.id}`)
    expect([inUse.status, inUse.json.error.code]).toEqual([409, 'RENEWAL_POLICY_IN_USE'])
    await call('PUT', `/certificates/${data.id}`, { renewalPolicyId: null })
    expect((await call('DELETE', `${path}/${policy.id}`)).status).toBe(200)
    expect((await call('GET', `${path}/${policy.id}`)).status).toBe(404)
  })
})
