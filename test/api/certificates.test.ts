// /trust/api/certificates: issued, listed, downloaded, renewed and revoked on the internal authority.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('certificates', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-certificates-'))
    server = await startTestServer({ env: { PANTHERA_RATE_LIMITS: manyRequests } })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

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

  const ownKey = () =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
})
