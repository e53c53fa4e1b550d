// What is revoked stays revoked, whoever signed it, brought it here or asks for it again.

import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('revocations', () => {
  let server: TestServer
  let folder: string
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-revocations-'))
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

  const manyRequests = JSON.stringify({ 'trust.enterprise.minute': 100_000 })
  const secondWorkspace = 'ws_second000000'
  const second = { headers: { 'x-workspace-id': secondWorkspace } }
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
  const get = async (id: number) => (await call('GET', `/${id}`)).json.data
  const revoke = (id: number, reason: string, options: CallOptions = {}) =>
    call('POST', `/${id}/revoke`, { reason }, options)
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
  const ownKey = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
  const request = (...names: string[]) =>
    openssl(
      ...['req', '-new', '-key', file('own.key', ownKey()), '-subj', `/CN=${names[0]}`],
      ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
    )
  /** The end of the renewal that runs. */
  const ended = async (id: number): Promise<Json> => {
    const newest = async () => (await call('GET', `/${id}/renewals`)).json.data[0]
    const state = async () => (await newest()).state
    const over = expect.stringMatching(/stored|failed|cancelled|waiting_csr/)
    await expect.poll(state, { timeout: 30_000, interval: 100 }).toEqual(over)
    return newest()
  }
  const versionKeys = (id: number) =>
    db.inTenant(server.organization_id, (tx) =>
      tx.rows<{ key: Buffer }>(sql`select public_key_sha256 as key from certificate_versions
        where organization_id = ${server.organization_id} and certificate_id = ${id}`),
    )

  describe('a compromised key', () => {
    it('is certified again neither by a renewal nor under another id', async () => {
      const csr = request('lost.example.com')
      const { id } = await make({ csr })
      await revoke(id, 'keyCompromise')
      await call('POST', `/${id}/renew`, { method: 'api' })
      expect(await ended(id)).toMatchObject({
        state: 'failed',
        error: { message: expect.stringContaining('compromised') },
      })
      expect((await get(id)).status).toBe('revoked')
      const again = await call('POST', '', { csr })
      expect(again.status).toBe(400)
      expect(again.json.error.details.fields[0].field).toBe('csr')
    })

    it('is not renewed under the id of another certificate that has it', async () => {
      const csr = request('twice.example.com')
      const [first, other] = [await make({ csr }), await make({ csr })]
      await revoke(first.id, 'keyCompromise')
      await call('POST', `/${other.id}/renew`, { method: 'api' })
      expect(await ended(other.id)).toMatchObject({ state: 'failed' })
    })

    it('goes on where the revocation had another reason', async () => {
      const csr = request('moved.example.com')
      const { id } = await make({ csr })
      await revoke(id, 'superseded')
      expect((await call('POST', '', { csr })).status).toBe(201)
    })

    it('is not handed in', async () => {
      const policy = await server.call('POST', '/trust/api/renewal-policies', {
        body: { name: 'Keeps', renewalThreshold: 30, method: 'csr', keyRotation: false },
      })
      const made = await make({
        commonName: 'kept.example.com',
        renewalPolicyId: policy.json.data.id,
      })
      await call('POST', `/${made.id}/renew`, { method: 'csr' })
      expect(await ended(made.id)).toMatchObject({ state: 'waiting_csr' })
      const { csr } = await get(made.id)
      await revoke(made.id, 'keyCompromise')
      expect(await ended(made.id)).toMatchObject({ state: 'cancelled' })
      const certificate = signElsewhere(csr, 'kept.example.com')
      const refused = await call('POST', `/${made.id}/certificate`, { certificate })
      expect([refused.status, refused.json.error.code]).toEqual([409, 'NOT_WAITING'])
      await call('POST', `/${made.id}/renew`, { method: 'csr' })
      expect(await ended(made.id)).toMatchObject({ state: 'waiting_csr' })
      const old = await call('POST', `/${made.id}/certificate`, { certificate })
      expect([old.status, old.json.error.code]).toEqual([400, 'INVALID_CERTIFICATE'])
      expect((await get(made.id)).status).toBe('revoked')
      expect(await versionKeys(made.id)).toHaveLength(1)
    })

    it('is not handed in where another certificate lost it meanwhile', async () => {
      const csr = request('shared.example.com')
      const [first, other] = [await make({ csr }), await make({ csr })]
      await call('POST', `/${other.id}/renew`, { method: 'csr' })
      expect(await ended(other.id)).toMatchObject({ state: 'waiting_csr' })
      await revoke(first.id, 'keyCompromise')
      const certificate = signElsewhere(csr, 'shared.example.com')
      const refused = await call('POST', `/${other.id}/certificate`, { certificate })
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('compromised')])
    })
  })

  it('end what waits, and nothing puts the certificate in force again', async () => {
    const { id } = await make({ commonName: 'stop.example.com' })
    await call('POST', `/${id}/renew`, {})
    await revoke(id, 'cessationOfOperation')
    const { state } = await ended(id)
    const { status, renewalStatus } = await get(id)
    expect([status, renewalStatus]).toEqual(['revoked', 'none'])
    expect(['cancelled', 'stored']).toContain(state)
  })

  describe('of what an authority of ours signed hold for relying parties', () => {
    it('where the certificate was imported into another workspace', async () => {
      const made = await make({ commonName: 'copy.example.com' })
      const { certificate } = made
      const copy = (await call('POST', '/import', { certificate }, second)).json.data
      // Anyone has a certificate that a server shows: this alone ends none of another workspace.
      const refused = await revoke(copy.id, 'keyCompromise', second)
      expect([refused.status, refused.json.error.code]).toEqual([403, 'WORKSPACE_ACCESS_DENIED'])
      expect(await askOcsp(made)).toContain(': good')
      expect((await revoke(copy.id, 'keyCompromise')).status).toBe(200)
      await expect.poll(() => askOcsp(made), { timeout: 10_000 }).toContain(': revoked')
      // A second entry of the same certificate would be one too many.
      expect((await revoke(made.id, 'superseded')).status).toBe(200)
      await expect.poll(() => timesListed(made), { timeout: 10_000 }).toBe(1)
    })

    it('where it was imported with its key', async () => {
      const privateKey = ownKey()
      const csr = openssl(
        ...['req', '-new', '-key', file('import.key', privateKey), '-subj', '/CN=k.example.com'],
      )
      const made = await make({ csr })
      const body = { certificate: made.certificate, privateKey }
      const copy = (await call('POST', '/import', body, second)).json.data
      expect((await revoke(copy.id, 'cACompromise', second)).status).toBe(200)
      expect(await askOcsp(made)).toContain(': revoked')
    })

    it('where people carried the request to it', async () => {
      const body = { name: 'By hand', type: 'csr' }
      const path = '/trust/api/certificate-authorities'
      const { data } = (await server.call('POST', path, { body })).json
      const waiting = await make({
        commonName: 'carried.example.com',
        certificateAuthorityId: data.id,
      })
      const { csr } = await get(waiting.id)
      const signed = (await call('POST', '', { csr }, second)).json.data
      const { certificate } = signed
      const handed = await call('POST', `/${waiting.id}/certificate`, { certificate })
      expect(handed.status).toBe(200)
      expect((await revoke(waiting.id, 'cACompromise')).status).toBe(200)
      expect(await askOcsp(signed)).toContain(': revoked')
    })

    it('and what is revoked is not brought in as valid', async () => {
      const { id, certificate } = await make({ commonName: 'ended.example.com' })
      await revoke(id, 'superseded')
      const refused = await call('POST', '/import', { certificate }, second)
      expect([refused.status, refused.json.error.code]).toEqual([400, 'INVALID_CERTIFICATE'])
    })
  })

  describe('certificates of a request', () => {
    it.each([
      ['other names in the body', ['u.example.com', 'old.example.com'], 'u2.example.com'],
      ['capitals', ['Www.Example.com'], undefined],
    ])('are renewed: %s', async (_, names, commonName) => {
      const csr = request(...names)
      const { id } = await make({
        csr,
        ...(commonName === undefined ? {} : { commonName, subjectAlternativeNames: [commonName] }),
      })
      await call('POST', `/${id}/renew`, {})
      expect(await ended(id)).toMatchObject({ state: 'stored', error: null })
    })
  })

  async function authority(): Promise<Json> {
    const path = '/trust/api/certificate-authorities'
    const { json } = await server.call('GET', path)
    return (await server.call('GET', `${path}/${json.data[0].id}`)).json.data
  }
  const here = (url: string) => url.replace(/^https?:\/\/[^/]+/, server.url)

  async function askOcsp({ certificate, chain }: Json): Promise<string> {
    const { ocspUrl } = await authority()
    const args = ['-issuer', file('issuer.pem', chain), '-cert', file('asked.pem', certificate)]
    const query = join(folder, 'query.der')
    openssl('ocsp', ...args, '-reqout', query)
    const response = await fetch(here(ocspUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request' },
      body: readFileSync(query),
    })
    const answer = join(folder, 'answer.der')
    writeFileSync(answer, Buffer.from(await response.arrayBuffer()))
    return openssl('ocsp', ...args, '-respin', answer, '-noverify')
  }

  async function timesListed({ serialNumber }: Json): Promise<number> {
    const { crlUrl } = await authority()
    const response = await fetch(here(crlUrl))
    const list = join(folder, 'list.der')
    writeFileSync(list, Buffer.from(await response.arrayBuffer()))
    const told = openssl('crl', '-inform', 'DER', '-in', list, '-noout', '-text')
    return told.split(serialNumber.replaceAll(':', '').toUpperCase()).length - 1
  }

  function signElsewhere(csr: string, name: string): string {
    const key = file('elsewhere.key', ownKey())
    const args = ['req', '-x509', '-new', '-key', key, '-subj', '/CN=Elsewhere', '-days', '30']
    const ca = file('elsewhere.pem', openssl(...args))
    const extensions = file('given.ext', `subjectAltName=DNS:${name}`)
    return openssl(
      ...['x509', '-req', '-in', file('given.csr', csr), '-CA', ca, '-CAkey', key],
      ...['-days', '20', '-extfile', extensions],
    )
  }
})
