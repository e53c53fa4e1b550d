// /trust/api/certificates: what is refused because the certificate is for something else, or
// because nothing in this version would act upon it.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('the purpose of certificates', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-purpose-'))
    server = await startTestServer()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

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
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
  const ownKey = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
  const requestOf = (name: string) =>
    openssl('req', '-new', '-key', file('own.key', ownKey()), '-subj', `/CN=${name}`)
  const sign = (csr: string, name: string, extensions: readonly string[], dates?: string[]) => {
    const key = file('ca.key', ownKey())
    const made = ['req', '-x509', '-new', '-key', key, '-subj', '/CN=Elsewhere', '-days', '900']
    const ca = file('ca.pem', openssl(...made))
    const ext = file('given.ext', [`subjectAltName=DNS:${name}`, ...extensions].join('\n'))
    return openssl(
      ...['x509', '-req', '-in', file('given.csr', csr), '-CA', ca, '-CAkey', key],
      ...['-extfile', ext, ...(dates ?? ['-days', '20'])],
    )
  }
  const end = async (id: number): Promise<Json> => {
    const newest = async () => (await call('GET', `/${id}/renewals`)).json.data[0]
    const over = expect.stringMatching(/stored|failed|waiting_csr/)
    const state = async () => (await newest()).state
    await expect.poll(state, { timeout: 30_000, interval: 100 }).toEqual(over)
    return newest()
  }
  const client = ['extendedKeyUsage=clientAuth']

  it.each([
    ['an authority', ['basicConstraints=critical,CA:TRUE'], 'authority'],
    ['of clients alone', client, 'serverAuth'],
    ['with faults', ['basicConstraints=CA:FALSE', 'keyUsage=keyCertSign'], 'e_'],
    ['for code', ['extendedKeyUsage=codeSigning'], 'serverAuth'],
  ])('a certificate that is %s is not handed in for a server', async (_, extensions, why) => {
    const name = 'given.example.com'
    const { id } = await make({ commonName: name })
    await call('POST', `/${id}/renew`, { method: 'csr' })
    await end(id)
    const { csr, fingerprint } = (await call('GET', `/${id}`)).json.data
    const certificate = sign(csr, name, extensions)
    const { status, json } = await call('POST', `/${id}/certificate`, { certificate })
    expect([status, json.error.code]).toEqual([400, 'INVALID_CERTIFICATE'])
    expect(json.error.message).toContain(why)
    expect((await call('GET', `/${id}`)).json.data).toMatchObject({
      fingerprint,
      renewalStatus: 'waiting_csr',
    })
    const good = sign(csr, name, ['extendedKeyUsage=serverAuth'])
    const taken = await call('POST', `/${id}/certificate`, { certificate: good })
    expect(taken.status).toBe(200)
  })

  it('what was imported for clients stays for clients when it is renewed', async () => {
    const name = 'client.example.com'
    const authority = (await make({ commonName: 'any.example.com' })).certificateAuthorityId
    const certificate = sign(requestOf(name), name, client)
    const body = { certificate, certificateAuthorityId: authority }
    const { id } = (await call('POST', '/import', body)).json.data
    await call('POST', `/${id}/renew`, {})
    expect((await end(id)).state).toBe('stored')
    const renewed = (await call('GET', `/${id}`)).json.data.certificate
    const text = openssl('x509', '-noout', '-text', '-in', file('renewed.pem', renewed))
    expect(text).toContain('TLS Web Client Authentication')
    expect(text).not.toContain('TLS Web Server Authentication')
  })

  it.each([
    ['authorities', ['basicConstraints=critical,CA:TRUE']],
    ['other purposes', ['extendedKeyUsage=codeSigning,clientAuth']],
  ])('certificates of %s are kept, and renewed by nobody', async (_, extensions) => {
    const authority = (await make({ commonName: 'any.example.com' })).certificateAuthorityId
    const certificate = sign(requestOf('other.example.com'), 'other.example.com', extensions)
    for (const [field, value] of [
      ['certificateAuthorityId', authority],
      ['autoRenew', true],
    ]) {
      const { status, json } = await call('POST', '/import', { certificate, [field]: value })
      expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    }
    const { id } = (await call('POST', '/import', { certificate })).json.data
    for (const field of ['certificateAuthorityId', 'fallbackCertificateAuthorityId']) {
      const { status, json } = await call('PUT', `/${id}`, { [field]: authority })
      expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    }
    expect((await call('PUT', `/${id}`, { autoRenew: true })).status).toBe(400)
    expect((await call('PUT', `/${id}`, { autoRenew: false })).status).toBe(200)
  })

  it.each([
    ['', 201],
    ['keyUsage=keyCertSign', 400],
  ])(
    'what signed itself for a server is managed, an authority is not: %s',
    async (usage, status) => {
      const authority = (await make({ commonName: 'any.example.com' })).certificateAuthorityId
      const key = file('self.key', ownKey())
      const extensions = ['subjectAltName=DNS:self.example.com', usage].filter(
        (each) => each !== '',
      )
      const certificate = openssl(
        ...['req', '-x509', '-new', '-key', key, '-subj', '/CN=self.example.com'],
        ...extensions.flatMap((each) => ['-addext', each]),
      )
      const body = { certificate, certificateAuthorityId: authority }
      expect((await call('POST', '/import', body)).status).toBe(status)
    },
  )

  it('without an authority no renewal is pending', async () => {
    const name = 'nobody.example.com'
    const certificate = sign(requestOf(name), name, [])
    const made = (await call('POST', '/import', { certificate, autoRenew: true })).json.data
    expect([made.autoRenew, made.renewalStatus]).toEqual([true, 'none'])
    const { certificateAuthorityId } = await make({ commonName: 'any.example.com' })
    const put = async (body: object) => (await call('PUT', `/${made.id}`, body)).json.data
    expect((await put({ certificateAuthorityId })).renewalStatus).toBe('pending')
    expect((await put({ certificateAuthorityId: null })).renewalStatus).toBe('none')
  })

  it('what nothing acts upon is refused', async () => {
    const { id } = await make({ commonName: 'targets.example.com', deploymentTargets: ['nginx'] })
    const refused = await call('POST', `/${id}/renew`, { deployAfterRenewal: true })
    expect([refused.status, refused.json.error.code]).toEqual([503, 'AGENT_UNAVAILABLE'])
    expect((await call('GET', `/${id}/renewals`)).json.pagination.total).toBe(0)
    const body = { name: 'To nobody', notificationChannels: ['nowhere'] }
    const { status, json } = await server.call('POST', '/trust/api/renewal-policies', { body })
    expect([status, json.error.details.fields[0].field]).toEqual([400, 'notificationChannels'])
  })

  it('a passphrase that no header carries whole is refused', async () => {
    const { id } = await make({ commonName: 'words.example.com' })
    const headers = { 'x-passphrase': 'p\u00e4sswort1' }
    const path = `/${id}/download?privateKey=true`
    const { status, json } = await call('GET', path, undefined, { headers })
    expect([status, json.error.details.fields[0].field]).toEqual([400, 'X-Passphrase'])
  })

  it.each(['abc', '0', '1.5', '99999999999999999999'])('the id %s is told once', async (id) => {
    const { status, json } = await call('GET', `/${id}`)
    expect([status, json.error.details.fields]).toEqual([
      400,
      [{ field: 'certificate_id', message: expect.stringContaining('must be a whole number') }],
    ])
  })
})
