// /trust/crl, /trust/ocsp and /trust/ca: what relying parties ask, with openssl as one of them.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

const run = promisify(execFile)

describe.skipIf(!hasDatabase)('what relying parties ask', () => {
  let server: TestServer
  let folder: string
  let authority: Json
  let good: Json
  let bad: Json
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-status-'))
    server = await startTestServer()
    good = await make('good.example.com')
    bad = await make('bad.example.com')
    const { json } = await server.call('GET', '/trust/api/certificate-authorities')
    const path = `/trust/api/certificate-authorities/${json.data[0].id}`
    authority = (await server.call('GET', path)).json.data
    file('root.pem', authority.rootCertificate)
    file('issuer.pem', good.chain)
    file('good.pem', good.certificate)
    file('bad.pem', bad.certificate)
    await revoke(bad, 'keyCompromise')
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function make(commonName: string): Promise<Json> {
    const answer = await server.call('POST', '/trust/api/certificates', { body: { commonName } })
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  async function revoke({ id }: Json, reason: string): Promise<void> {
    const path = `/trust/api/certificates/${id}/revoke`
    const answer = await server.call('POST', path, { body: { reason } })
    if (answer.status !== 200) throw new Error(answer.text)
  }
  const at = (name: string) => join(folder, name)
  const file = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content)
  /** The server listens where the operating system chose, which its public URL does not know. */
  const here = (url: string) => server.url + new URL(url).pathname
  const openssl = async (...args: string[]) => {
    const { stdout, stderr } = await run('openssl', args)
    return stdout + stderr
  }
  const ask = (...args: string[]) =>
    openssl(
      ...['ocsp', '-issuer', at('issuer.pem'), '-CAfile', at('root.pem')],
      ...['-verify_other', at('issuer.pem'), '-url', here(authority.ocspUrl), ...args],
    )
  const fetchFile = async (url: string) => {
    const response = await fetch(here(url))
    expect(response.status).toBe(200)
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  describe('OCSP', () => {
    it('says good and revoked, signed by a responder that openssl trusts', async () => {
      const told = await ask('-cert', at('good.pem'), '-cert', at('bad.pem'))
      expect(told).toContain('Response verify OK')
      expect(told).toMatch(/good\.pem: good/)
      expect(told).toMatch(/bad\.pem: revoked[\s\S]*Reason: keyCompromise/)
    })

    it('answers by SHA-256 and without a nonce', async () => {
      const told = await ask('-no_nonce', '-sha256', '-cert', at('bad.pem'))
      expect(told).toMatch(/bad\.pem: revoked[\s\S]*Response verify OK/)
    })

    it('does not know numbers that it never gave', async () => {
      expect(await ask('-serial', '0x1234')).toMatch(/0x1234: unknown/)
    })

    it('answers a GET with the request in the address', async () => {
      const out = at('request.der')
      const args = ['-no_nonce', '-cert', at('good.pem'), '-reqout', out]
      await openssl('ocsp', '-issuer', at('issuer.pem'), ...args)
      const request = encodeURIComponent(readFileSync(out, 'base64'))
      const response = await fetch(`${here(authority.ocspUrl)}/${request}`)
      expect(response.headers.get('content-type')).toBe('application/ocsp-response')
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
      file('response.der', Buffer.from(await response.arrayBuffer()))
      const told = await openssl('ocsp', '-respin', at('response.der'), '-resp_text', '-noverify')
      expect(told).toContain('Cert Status: good')
    })

    it('answers a GET whose slashes are not escaped', async () => {
      const hash = (text: string) => Buffer.from(text.padEnd(20, '?'))
      // 0xff in three bytes each is four slashes in Base64.
      const part = (tag: number, ...inner: Uint8Array[]): Buffer => {
        const content = Buffer.concat(inner)
        return Buffer.concat([Buffer.of(tag, content.length), content])
      }
      const sha1 = part(0x30, part(0x06, Buffer.from('2b0e03021a', 'hex')), part(0x05))
      const certId = part(
        0x30,
        sha1,
        part(0x04, hash('name')),
        part(0x04, Buffer.alloc(20, 0xff)),
        part(0x02, Buffer.of(1)),
      )
      const request = part(0x30, part(0x30, part(0x30, part(0x30, certId))))
      const text = request.toString('base64')
      expect(text).toContain('//')
      for (const path of [text, encodeURIComponent(text)]) {
        const response = await fetch(`${here(authority.ocspUrl)}/${path}`)
        expect([response.status, response.headers.get('content-type')]).toEqual([
          200,
          'application/ocsp-response',
        ])
        // A whole answer, not that the request could not be read.
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100)
      }
    })

    it('says malformed to what it cannot read', async () => {
      const response = await fetch(here(authority.ocspUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/ocsp-request' },
        body: 'nonsense',
      })
      expect(Buffer.from(await response.arrayBuffer()).toString('hex')).toBe('30030a0101')
    })

    it('refuses another content type, too much, and an authority that is not there', async () => {
      const post = (url: string, type: string, body: string) =>
        fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
      const url = here(authority.ocspUrl)
      const type = 'application/ocsp-request'
      expect((await post(url, 'text/plain', 'x')).status).toBe(415)
      expect((await post(url, type, 'x'.repeat(4_096))).status).toBe(200)
      expect((await post(url, type, 'x'.repeat(4_097))).status).toBe(413)
      expect((await post(`${server.url}/trust/ocsp/nobody`, type, 'x')).status).toBe(404)
    })
  })

  describe('lists of revocations', () => {
    it('are accepted by openssl, of the issuer and of the root', async () => {
      const { bytes, response } = await fetchFile(authority.crlUrl)
      expect(response.headers.get('content-type')).toBe('application/pkix-crl')
      file('issuer.crl', bytes)
      const root = authority.crlUrl.replace('.crl', '-root.crl')
      file('root.crl', (await fetchFile(root)).bytes)
      for (const name of ['issuer', 'root']) {
        const ca = at(`${name}.pem`)
        const crl = at(`${name}.crl`)
        const args = ['-inform', 'DER', '-noout', '-text', '-CAfile', ca, '-in', crl]
        expect(await openssl('crl', ...args)).toContain('verify OK')
        await openssl('crl', '-inform', 'DER', '-in', crl, '-out', at(`${name}.crl.pem`))
      }
      const verify = (name: string) =>
        openssl(
          ...['verify', '-x509_strict', '-crl_check_all', '-CAfile', at('root.pem')],
          ...['-untrusted', at('issuer.pem'), '-CRLfile', at('issuer.crl.pem')],
          ...['-CRLfile', at('root.crl.pem'), at(name)],
        )
      expect(await verify('good.pem')).toContain('good.pem: OK')
      await expect(verify('bad.pem')).rejects.toMatchObject({
        stderr: expect.stringContaining('certificate revoked'),
      })
    })

    it('have a new number when something was revoked, and the old one until then', async () => {
      const numberOf = async () => (await fetchFile(authority.crlUrl)).response.headers.get('etag')
      const before = await numberOf()
      expect(await numberOf()).toBe(before)
      await revoke(await make('third.example.com'), 'superseded')
      await expect.poll(numberOf, { timeout: 10_000, interval: 200 }).not.toBe(before)
    })

    it('are not sent again to who has them', async () => {
      const { response } = await fetchFile(authority.crlUrl.replace('.crl', '-root.crl'))
      const tag = response.headers.get('etag') ?? ''
      for (const [sent, status] of [
        [tag, 304],
        [`"x", W/${tag}`, 304],
        ['"x"', 200],
      ] as const) {
        const headers = { 'if-none-match': sent }
        const url = here(authority.crlUrl.replace('.crl', '-root.crl'))
        const again = await fetch(url, { headers })
        expect([again.status, again.headers.get('etag')]).toEqual([status, tag])
        expect((await again.arrayBuffer()).byteLength > 0).toBe(status === 200)
      }
    })

    it.each(['/crl/nothing.crl', `/crl/${'a'.repeat(22)}.crl`, `/ca/${'a'.repeat(22)}.crt`])(
      'are not found or not valid at %s',
      async (path) => {
        expect([400, 404]).toContain((await fetch(`${server.url}/trust${path}`)).status)
      },
    )
  })

  it('certificates point to all of it, and the issuer is there', async () => {
    const told = await openssl('x509', '-in', at('good.pem'), '-noout', '-text')
    expect(told).toContain(`URI:${authority.crlUrl}`)
    expect(told).toContain(`OCSP - URI:${authority.ocspUrl}`)
    const [, url = ''] = /CA Issuers - URI:(\S+)/.exec(told) ?? []
    file('fetched.der', (await fetchFile(url)).bytes)
    const fetched = await openssl('x509', '-inform', 'DER', '-in', at('fetched.der'))
    expect(fetched.trim()).toBe(good.chain.trim())
  })

  it('all of it is limited per address', async () => {
    const limits = JSON.stringify({ 'trust.status.minute': 2 })
    const other = await startTestServer({ env: { PANTHERA_RATE_LIMITS: limits } })
    const ask = (path: string) => fetch(`${other.url}/trust${path}`)
    try {
      const token = 'a'.repeat(22)
      const statuses: number[] = []
      const paths = [`/crl/${token}.crl`, `/ca/${token}.crt`, `/ocsp/${token}/MAo=`]
      for (const path of [...paths, ...paths]) statuses.push((await ask(path)).status)
      // Of six four, or two where a minute begins in between.
      const refused = statuses.filter((status) => status === 429).length
      expect(refused).toBeGreaterThanOrEqual(2)
      expect(statuses.slice(0, 2)).toEqual([404, 404])
    } finally {
      await other.stop()
    }
  })
})
