// /trust/api/certificates: issued, listed, downloaded, renewed and revoked, by the internal
// authority.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('certificates', () => {
  let server: TestServer
  let folder: string
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-certificates-'))
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS: manyRequests } })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
    await db.inTenant(server.organization_id, (tx) =>
      tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${server.organization_id}, ${secondWorkspace}, 'Second')`),
    )
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const secondWorkspace = 'ws_second000000'
  const manyRequests = JSON.stringify({ 'trust.enterprise.minute': 100_000 })
  const call = (method: string, path = '', body?: unknown, options: CallOptions = {}) =>
    server.call(method, `/trust/api/certificates${path}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    })
  const make = async (body: object): Promise<Json> => {
    const answer = await call('POST', '', body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })

  describe('201', () => {
    it('issues what the reference asks for, on the authority that is made by need', async () => {
      const answer = await call('POST', '', {
        commonName: 'newsite.example.com',
        subjectAlternativeNames: ['www.newsite.example.com'],
        keyType: 'RSA',
        keySize: 2048,
        validityDays: 90,
        autoRenew: true,
        renewalThresholdDays: 30,
      })
      expect(answer.status).toBe(201)
      const { data } = answer.json
      expect(data).toMatchObject({
        id: expect.any(Number),
        commonName: 'newsite.example.com',
        issuer: 'Panthera Internal CA',
        serialNumber: expect.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2})+$/),
        fingerprint: expect.stringMatching(/^SHA256:[0-9a-f]{64}$/),
        subjectAlternativeNames: ['newsite.example.com', 'www.newsite.example.com'],
        keyType: 'RSA',
        keySize: 2048,
        status: 'active',
        renewalStatus: 'pending',
        autoRenew: true,
        renewalThresholdDays: 30,
        locations: [],
      })
      const read = new X509Certificate(data.certificate)
      expect(read.checkHost('www.newsite.example.com')).toBeTruthy()
      expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(data.fingerprint.slice(7))
      expect(Date.parse(data.validTo) - Date.now()).toBeLessThan(90 * 86_400_000)
    })

    it('openssl verifies the chain strictly', async () => {
      const { certificate, chain } = await make({ commonName: 'strict.example.com' })
      const { json } = await server.call('GET', '/trust/api/certificate-authorities')
      const authority = await server.call(
        'GET',
        `/trust/api/certificate-authorities/${json.data[0].id}`,
      )
      const told = openssl(
        'verify',
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_hostname',
        'strict.example.com',
        '-CAfile',
        file('root.pem', authority.json.data.rootCertificate),
        '-untrusted',
        file('chain.pem', chain),
        file('leaf.pem', certificate),
      )
      expect(told).toContain('leaf.pem: OK')
    })

    it.each([
      ['RSA', 3072],
      ['ECDSA', 256],
      ['ECDSA', 384],
      ['Ed25519', 256],
    ])('makes keys of %s %d', async (keyType, keySize) => {
      const made = await make({ commonName: 'key.example.com', keyType, keySize })
      expect([made.keyType, made.keySize]).toEqual([keyType, keySize])
    })

    it('takes the public key and the names of a request', async () => {
      const key = file('own.key', ownKey())
      const csr = openssl(
        ...['req', '-new', '-key', key, '-subj', '/CN=own.example.com'],
        ...['-addext', 'subjectAltName=DNS:own.example.com,DNS:two.example.com'],
      )
      const made = await make({ csr })
      expect(made).toMatchObject({
        commonName: 'own.example.com',
        subjectAlternativeNames: ['own.example.com', 'two.example.com'],
        hasPrivateKey: false,
      })
    })

    it('writes international names, addresses and mailboxes as certificates do', async () => {
      const made = await make({
        commonName: 'bücher.example',
        subjectAlternativeNames: ['192.0.2.1', '2001:DB8::1', 'a@example.com', '*.Example.COM'],
      })
      expect(made.subjectAlternativeNames).toEqual([
        'xn--bcher-kva.example',
        '192.0.2.1',
        '2001:db8::1',
        'a@example.com',
        '*.example.com',
      ])
    })
  })

  describe('200', () => {
    it('lists by pages, filters, searches and sorts as the reference says', async () => {
      const names = ['sort-b.example.net', 'sort-a.example.net', 'sort-c.example.net']
      for (const [at, commonName] of names.entries()) {
        await make({ commonName, validityDays: 100 + at })
      }
      const list = async (query: string): Promise<Json> => {
        const { status, json } = await call('GET', `?${query}`)
        expect(status).toBe(200)
        return json
      }
      const namesOf = ({ data }: Json) => data.map((one: Json) => one.commonName)
      const found = await list('search=SORT-&sortBy=commonName&sortOrder=asc&limit=2')
      expect(namesOf(found)).toEqual(['sort-a.example.net', 'sort-b.example.net'])
      expect(found.pagination).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2 })
      const next = await list('search=sort-&sortBy=commonName&sortOrder=asc&limit=2&page=2')
      expect(namesOf(next)).toEqual(['sort-c.example.net'])
      const byExpiry = await list('search=sort-&sortBy=expiresAt&sortOrder=desc')
      expect(namesOf(byExpiry)).toEqual([names[2], names[1], names[0]])
      expect(namesOf(await list('search=sort-'))).toEqual([names[2], names[1], names[0]])
      const [first] = byExpiry.data
      const { fingerprint, certificateAuthorityId } = first
      expect(namesOf(await list(`search=${fingerprint.slice(7, 30)}`))).toEqual([names[2]])
      expect((await list(`search=sort-&caId=${certificateAuthorityId}`)).pagination.total).toBe(3)
      expect((await list('search=sort-&caId=999999')).pagination.total).toBe(0)
      expect((await list('search=Panthera Internal')).pagination.total).toBeGreaterThan(2)
      expect((await list('search=%25')).pagination.total).toBe(0)
    })

    it('computes the status when it is asked, and counts the same', async () => {
      const soon = await make({ commonName: 'soon.example.org', validityDays: 20 })
      const week = await make({ commonName: 'week.example.org', validityDays: 3 })
      const gone = await make({ commonName: 'gone.example.org' })
      expect([soon.status, week.status, gone.status]).toEqual(['expiring', 'expiring', 'active'])
      await call('POST', `/${gone.id}/revoke`, { reason: 'superseded' })
      const past = await call('POST', '/import', { certificate: await expired() })
      expect(past.json.data).toMatchObject({ status: 'expired', certificateAuthorityId: null })
      const { data } = (await call('GET', '/stats')).json
      for (const [status, count] of [
        ['active', data.active],
        ['expiring', data.expiring30Days],
        ['expired', data.expired],
        ['revoked', data.revoked],
        ['pending', data.pending],
      ] as const) {
        const { json } = await call('GET', `?status=${status}&limit=1`)
        expect([status, json.pagination.total]).toEqual([status, count])
      }
      expect(data.expiring7Days).toBe(1)
      const { active, expiring30Days, expired: over, revoked, pending, total } = data
      expect(active + expiring30Days + over + revoked + pending).toBe(total)
      expect(data.byAuthority['Panthera Internal CA']).toBe(total - 1)
      expect(data.byAuthority['Self-Signed']).toBe(1)
      expect(data.byKeyType.ECDSA).toBeGreaterThan(3)
    })

    it('changes how a certificate is renewed', async () => {
      const { id, validTo } = await make({ commonName: 'change.example.com' })
      const body = {
        autoRenew: true,
        renewalThresholdDays: 14,
        deploymentTargets: ['nginx-main', 'haproxy-lb'],
      }
      const { status, json } = await call('PUT', `/${id}`, body)
      expect([status, json.data]).toMatchObject([200, { ...body, renewalStatus: 'pending' }])
      const days = (Date.parse(validTo) - Date.parse(json.data.renewsFrom)) / 86_400_000
      expect(days).toBe(14)
      expect((await call('GET', `/${id}`)).json.data).toMatchObject(body)
    })

    it('revokes, and says who, why and when', async () => {
      const { id } = await make({ commonName: 'revoke.example.com' })
      const body = { reason: 'keyCompromise', comments: 'Key was exposed in security incident' }
      const { status, json } = await call('POST', `/${id}/revoke`, body)
      expect([status, json.data]).toMatchObject([
        200,
        { status: 'revoked', revocationReason: 'keyCompromise', revokedAt: expect.any(String) },
      ])
      const audit = await server.call('GET', '/identity/v1/audit/events?per_page=5')
      const entry = audit.json.data.find((one: Json) => one.action === 'certificate.revoked')
      expect(entry.details).toMatchObject(body)
    })

    it('downloads what openssl reads, the key only encrypted for who may', async () => {
      const made = await make({ commonName: '*.download.example.com' })
      const get = (query: string, headers = {}) =>
        fetch(`${server.url}/trust/api/certificates/${made.id}/download?${query}`, {
          headers: { authorization: `Bearer ${server.keys.trust_public}`, ...headers },
        })
      const pem = await get('format=pem')
      expect(pem.headers.get('content-disposition')).toContain('wildcard.download.example.com.pem')
      expect(await pem.text()).toBe(made.certificate)
      expect(await (await get('format=chain')).text()).toBe(made.chain)
      expect(await (await get('format=fullchain')).text()).toBe(made.certificate + made.chain)
      const der = Buffer.from(await (await get('format=der')).arrayBuffer())
      expect(new X509Certificate(der).toString().trim()).toBe(made.certificate.trim())
      const secret = { 'x-passphrase': 'correct horse' }
      const p12 = await get('format=p12&privateKey=true', secret)
      writeFileSync(join(folder, 'one.p12'), Buffer.from(await p12.arrayBuffer()))
      const args = ['pkcs12', '-in', join(folder, 'one.p12'), '-passin', 'pass:correct horse']
      const told = openssl(...args, '-nodes')
      expect(told).toContain('BEGIN PRIVATE KEY')
      const withKey = await (await get('format=pem&privateKey=true', secret)).text()
      const path = file('encrypted.pem', withKey)
      const key = openssl('pkey', '-in', path, '-passin', 'pass:correct horse', '-pubout')
      expect(key).toBe(openssl('x509', '-in', path, '-noout', '-pubkey'))
    })
  })

  describe('202', () => {
    it('renews in the background and keeps the id', async () => {
      const before = await make({ commonName: 'renew.example.com' })
      const { status, json } = await call('POST', `/${before.id}/renew`, {
        method: 'api',
        deployAfterRenewal: true,
      })
      expect([status, json.data]).toMatchObject([
        202,
        { id: before.id, renewalStatus: 'in_progress', renewalId: expect.any(Number) },
      ])
      const read = async () => (await call('GET', `/${before.id}`)).json.data
      await expect
        .poll(async () => (await read()).fingerprint, { timeout: 30_000, interval: 200 })
        .not.toBe(before.fingerprint)
      const after = await read()
      expect(after).toMatchObject({ commonName: before.commonName, renewalStatus: 'none' })
      const { data } = (await call('GET', `/${before.id}/renewals`)).json
      expect(data).toMatchObject([{ cause: 'requested', state: 'stored', error: null }])
      expect((await call('GET', `/${before.id}/deployments`)).json.data).toEqual([])
    })

    it('gives out a request and takes back what another authority signed', async () => {
      const { id } = await make({ commonName: 'hand.example.com' })
      await call('POST', `/${id}/renew`, { method: 'csr' })
      const csr = async () => (await call('GET', `/${id}`)).json.data.csr
      await expect.poll(csr, { timeout: 30_000, interval: 200 }).toContain('CERTIFICATE REQUEST')
      expect((await call('GET', `/${id}`)).json.data.renewalStatus).toBe('waiting_csr')
      const wrong = await make({ commonName: 'hand.example.com' })
      const refused = await call('POST', `/${id}/certificate`, { certificate: wrong.certificate })
      expect([refused.status, refused.json.error.code]).toEqual([400, 'INVALID_CERTIFICATE'])
      const certificate = signElsewhere(await csr())
      const { status, json } = await call('POST', `/${id}/certificate`, { certificate })
      expect([status, json.data]).toMatchObject([
        200,
        { id, issuer: 'Elsewhere', renewalStatus: 'none', hasPrivateKey: true },
      ])
    })

    it('is given up where nobody signs', async () => {
      const { id } = await make({ commonName: 'idle.example.com' })
      await call('POST', `/${id}/renew`, { method: 'csr' })
      const cancel = () => call('POST', `/${id}/renewals/cancel`)
      await expect.poll(async () => (await cancel()).status, { timeout: 30_000 }).toBe(200)
      expect((await cancel()).json.error.code).toBe('NOT_WAITING')
      expect((await call('POST', `/${id}/renew`, {})).status).toBe(202)
    })
  })

  describe('400', () => {
    it.each([
      [{}, 'commonName'],
      [{ commonName: '' }, 'commonName'],
      [{ commonName: 'no spaces allowed' }, 'commonName'],
      [
        { commonName: 'a.example', subjectAlternativeNames: ['-x.example'] },
        'subjectAlternativeNames.0',
      ],
      [{ commonName: 'a.example', subjectAlternativeNames: 'x' }, 'subjectAlternativeNames'],
      [{ commonName: 'a.example', keyType: 'DSA' }, 'keyType'],
      [{ commonName: 'a.example', keyType: 'RSA', keySize: 1024 }, 'keySize'],
      [{ commonName: 'a.example', keyType: 'ECDSA', keySize: 2048 }, 'keySize'],
      [{ commonName: 'a.example', validityDays: 0 }, 'validityDays'],
      [{ commonName: 'a.example', validityDays: 398 }, 'validityDays'],
      [{ commonName: 'a.example', renewalThresholdDays: 1.5 }, 'renewalThresholdDays'],
      [{ commonName: 'a.example', autoRenew: 'yes' }, 'autoRenew'],
      [{ commonName: 'a.example', csr: 'nonsense' }, 'csr'],
      [{ commonName: 'a.example', renewalPolicyId: 77 }, 'renewalPolicyId'],
      [{ commonName: 'a.example', colour: 'red' }, 'colour'],
    ])('%j names %s, and nothing is stored', async (body, field) => {
      const total = async () => (await call('GET', '?limit=1')).json.pagination.total
      const before = await total()
      const { status, json } = await call('POST', '', body)
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST'])
      expect(json.error.details.fields[0].field).toBe(field)
      expect(await total()).toBe(before)
    })

    it('CA_NOT_CONFIGURED for an authority that is not there or renews otherwise', async () => {
      const body = { commonName: 'a.example', certificateAuthorityId: 5_000_000 }
      const { status, json } = await call('POST', '', body)
      expect([status, json.error.code]).toEqual([400, 'CA_NOT_CONFIGURED'])
      const { id } = await make({ commonName: 'acme.example.com' })
      const renewed = await call('POST', `/${id}/renew`, { method: 'acme' })
      expect([renewed.status, renewed.json.error]).toMatchObject([
        400,
        { code: 'CA_NOT_CONFIGURED', details: { accepted: ['api', 'csr'] } },
      ])
    })

    it('INVALID_CERTIFICATE for what is no certificate', async () => {
      const cut = (await make({ commonName: 'cut.example.com' })).certificate.slice(0, 300)
      for (const certificate of [
        'x',
        '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
        cut,
      ]) {
        const { status, json } = await call('POST', '/import', { certificate })
        expect([status, json.error.code]).toEqual([400, 'INVALID_CERTIFICATE'])
      }
    })

    it('names wrong parameters of lists, revocations and downloads', async () => {
      const { id } = await make({ commonName: 'wrong.example.com' })
      for (const [method, path, body, field] of [
        ['GET', '?limit=101', undefined, 'limit'],
        ['GET', '?page=0', undefined, 'page'],
        ['GET', '?status=lost', undefined, 'status'],
        ['GET', '?sortBy=issuer', undefined, 'sortBy'],
        ['GET', '?sortOrder=up', undefined, 'sortOrder'],
        ['GET', '/not-a-number', undefined, 'certificate_id'],
        ['POST', `/${id}/revoke`, { reason: 'boredom' }, 'reason'],
        ['POST', `/${id}/renew`, { method: 'magic' }, 'method'],
        ['PUT', `/${id}`, {}, 'body'],
        ['GET', `/${id}/download?format=jks`, undefined, 'format'],
        ['GET', `/${id}/download?format=der&privateKey=true`, undefined, 'privateKey'],
        ['GET', `/${id}/download?format=p12`, undefined, 'X-Passphrase'],
      ] as const) {
        const { status, json } = await call(method, path, body)
        expect([status, json.error?.code, path]).toEqual([400, 'INVALID_REQUEST', path])
        expect(json.error.details.fields[0].field).toBe(field)
      }
    })

    it('refuses cACompromise for what another authority issued', async () => {
      const { json } = await call('POST', '/import', { certificate: await expired() })
      const { id } = json.data ?? { id: json.error.details.id }
      const own = generateSelfSigned('public.example', 30)
      const imported = (await call('POST', '/import', { certificate: own })).json.data
      const refused = await call('POST', `/${imported.id}/revoke`, { reason: 'cACompromise' })
      expect(refused.json.error.details.fields[0].field).toBe('reason')
      expect(id).not.toBe(imported.id)
      const ours = await make({ commonName: 'ours.example.com' })
      const revoked = await call('POST', `/${ours.id}/revoke`, { reason: 'cACompromise' })
      expect(revoked.status).toBe(200)
    })
  })

  describe('403', () => {
    it('lets an agent read only, and who may not take keys take none', async () => {
      const agent = { key: server.keys.trust_agent ?? null }
      expect((await call('GET', '', undefined, agent)).status).toBe(200)
      const refused = await call('POST', '', { commonName: 'a.example' }, agent)
      expect([refused.status, refused.json.error.details]).toEqual([
        403,
        { scope: 'write:certificates' },
      ])
      const { id } = await make({ commonName: 'closed.example.com' })
      const made = await server.call('POST', '/console/api/keys', {
        body: { surface: 'trust', name: 'w', scopes: ['read:certificates', 'write:certificates'] },
      })
      const path = `/${id}/download?privateKey=true`
      const denied = await call('GET', path, undefined, { key: made.json.api_key })
      expect([denied.status, denied.json.error.details]).toEqual([
        403,
        { scope: 'export:private_keys' },
      ])
    })
  })

  describe('409', () => {
    it('ALREADY_REVOKED', async () => {
      const { id } = await make({ commonName: 'twice.example.com' })
      await call('POST', `/${id}/revoke`, {})
      const { status, json } = await call('POST', `/${id}/revoke`, {})
      expect([status, json.error.code]).toEqual([409, 'ALREADY_REVOKED'])
    })

    it('RENEWAL_IN_PROGRESS, also when many ask at once', async () => {
      const { id } = await make({ commonName: 'many.example.com' })
      await call('POST', `/${id}/renew`, { method: 'csr' })
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => call('POST', `/${id}/renew`, {})),
      )
      for (const { status, json } of answers) {
        expect([status, json.error.code]).toEqual([409, 'RENEWAL_IN_PROGRESS'])
      }
    })

    it('CERTIFICATE_EXISTS with the id of the one that is there', async () => {
      const { id, certificate } = await make({ commonName: 'there.example.com' })
      const { status, json } = await call('POST', '/import', { certificate })
      expect([status, json.error.code, json.error.details]).toEqual([
        409,
        'CERTIFICATE_EXISTS',
        { id },
      ])
    })

    it('PRIVATE_KEY_NOT_HELD', async () => {
      const certificate = generateSelfSigned('elsewhere.example', 90)
      const { id } = (await call('POST', '/import', { certificate })).json.data
      const { status, json } = await call('GET', `/${id}/download?privateKey=true`)
      expect([status, json.error.code]).toEqual([409, 'PRIVATE_KEY_NOT_HELD'])
    })
  })

  it('503 AGENT_UNAVAILABLE, and says what to do', async () => {
    const { id } = await make({ commonName: 'deploy.example.com' })
    const { status, json } = await call('POST', `/${id}/deploy`, {
      targets: ['nginx-main'],
      agentId: 'agent-prod-01',
    })
    expect([status, json.error]).toMatchObject([
      503,
      { code: 'AGENT_UNAVAILABLE', details: { targets: ['nginx-main'] } },
    ])
    expect(json.error.message).toContain('Download the certificate')
  })

  it('keeps what belongs to another workspace to itself', async () => {
    const made = await make({ commonName: 'private.example.com' })
    const headers = { 'x-workspace-id': secondWorkspace }
    expect((await call('GET', '', undefined, { headers })).json.pagination.total).toBe(0)
    expect((await call('GET', '/stats', undefined, { headers })).json.data.total).toBe(0)
    for (const [method, path, body] of [
      ['GET', `/${made.id}`, undefined],
      ['GET', `/${made.id}/download?privateKey=true`, undefined],
      ['POST', `/${made.id}/revoke`, {}],
      ['POST', `/${made.id}/renew`, {}],
    ] as const) {
      expect((await call(method, path, body, { headers })).status).toBe(404)
    }
    const own = await call('POST', '', { commonName: 'second.example.com' }, { headers })
    expect(own.json.data.workspaceId).toBe(secondWorkspace)
    expect((await call('GET', `/${own.json.data.id}`)).status).toBe(200)
  })

  it('404 CERTIFICATE_NOT_FOUND', async () => {
    const { status, json } = await call('GET', '/99999999')
    expect([status, json.error.code]).toEqual([404, 'CERTIFICATE_NOT_FOUND'])
  })

  function generateSelfSigned(name: string, days: number): string {
    const key = file('self.key', ownKey())
    const args = ['req', '-x509', '-new', '-key', key, '-subj', `/CN=${name}`]
    return openssl(...args, '-days', String(days), '-addext', `subjectAltName=DNS:${name}`)
  }

  /** The same each time, so that only the first import of it is new. */
  let pastCertificate: string | undefined
  async function expired(): Promise<string> {
    const name = 'past.example.org'
    const key = file('past.key', ownKey())
    const csr = file('past.csr', openssl('req', '-new', '-key', key, '-subj', `/CN=${name}`))
    pastCertificate ??= openssl('x509', '-req', '-in', csr, '-signkey', key, '-days', '-1')
    return pastCertificate
  }

  function signElsewhere(csr: string): string {
    const key = file('elsewhere.key', ownKey())
    const args = ['req', '-x509', '-new', '-key', key, '-subj', '/CN=Elsewhere', '-days', '30']
    const ca = file('elsewhere.pem', openssl(...args))
    const request = file('given.csr', csr)
    const extensions = file('given.ext', 'subjectAltName=DNS:hand.example.com')
    return openssl(
      ...['x509', '-req', '-in', request, '-CA', ca, '-CAkey', key, '-days', '20'],
      ...['-extfile', extensions],
    )
  }

  const ownKey = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
})
