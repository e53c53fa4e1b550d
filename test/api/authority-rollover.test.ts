// An internal authority is given a new issuer: who trusts its root trusts both, and each answers
// for what it signed.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import { watchAuthorities } from '../../src/trust/alerts/ending-authorities.ts'
import { watch } from '../../src/trust/alerts/watch.ts'
import type { CallOptions, Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('an authority with a new issuer', () => {
  let server: TestServer
  let folder: string
  let db: Database
  const secondWorkspace = 'ws_second000000'
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-rollover-'))
    server = await startTestServer()
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

  const call = (method: string, path: string, body?: unknown, options: CallOptions = {}) =>
    server.call(method, `/trust/api${path}`, {
      ...(body === undefined ? {} : { body }),
      ...options,
    })
  const create = async (body: object): Promise<Json> => {
    const answer = await call('POST', '/certificate-authorities', body)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.json.data
  }
  const certify = async (commonName: string, authority: Json): Promise<Json> => {
    const body = { commonName, certificateAuthorityId: authority.id }
    return (await call('POST', '/certificates', body)).json.data
  }
  const rollOver = ({ id }: Json) => call('POST', `/certificate-authorities/${id}/rollover`)
  const detail = async ({ id }: Json): Promise<Json> =>
    (await call('GET', `/certificate-authorities/${id}`)).json.data
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const local = (url: string) => `${server.url}${new URL(url).pathname}`
  const revoke = ({ id }: Json) => call('POST', `/certificates/${id}/revoke`, {})
  /** Serial numbers of a list that openssl believes. */
  const listed = async (url: string, chain: string): Promise<string> => {
    const list = file('list.crl', Buffer.from(await (await fetch(local(url))).arrayBuffer()))
    const args = ['crl', '-inform', 'DER', '-in', list, '-CAfile', file('all.pem', chain), '-text']
    const { stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
    expect(stderr).toContain('verify OK')
    return stdout
  }
  const numberOf = ({ serialNumber }: Json) => serialNumber.replaceAll(':', '').toUpperCase()

  it('lets both be believed, and both answer for what they signed', async () => {
    const authority = await create({ name: 'Rolling', type: 'internal' })
    const old = await certify('old.example', authority)
    const rolled = await rollOver(authority)
    expect([rolled.status, rolled.json.data.issuer]).toEqual([200, 'Rolling G2'])
    expect(rolled.json.data.rootCertificate).toBe(authority.rootCertificate)
    const [second, first] = rolled.json.data.issuers
    const young = await certify('young.example', authority)
    expect([old.issuer, young.issuer]).toEqual(['Rolling', 'Rolling G2'])
    const root = file('root.pem', authority.rootCertificate)
    const before = (await call('GET', `/certificates/${old.id}`)).json.data
    expect(before.chain).toBe(old.chain)
    await revoke(old)
    await revoke(young)
    for (const [certificate, own, others] of [
      [old, first, second],
      [young, second, first],
    ]) {
      const { chain } = certificate
      const leaf = file('leaf.pem', certificate.certificate)
      const issuer = file('chain.pem', chain)
      const args = ['verify', '-x509_strict', '-CAfile', root, '-untrusted', issuer, leaf]
      expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain('OK')
      expect(await listed(own.crlUrl, chain)).toContain(numberOf(certificate))
      const other = certificate === old ? young.chain : old.chain
      expect(await listed(others.crlUrl, other)).not.toContain(numberOf(certificate))
      const asked = ['-issuer', issuer, '-cert', leaf, '-CAfile', root, '-no_nonce']
      const where = ['ocsp', ...asked, '-url', local(authority.ocspUrl)]
      const { stdout } = await promisify(execFile)('openssl', where)
      expect(stdout).toContain('revoked')
    }
    const audit = async () => (await server.call('GET', '/identity/v1/audit/events')).text
    await expect.poll(audit).toContain('certificate_authority.rolled_over')
  })

  it('renews by the new issuer what the old one signed', async () => {
    const authority = await create({ name: 'Renewing', type: 'internal' })
    const { id } = await certify('renewed.example', authority)
    await rollOver(authority)
    await call('POST', `/certificates/${id}/renew`, {})
    const issuerOf = async () => (await call('GET', `/certificates/${id}`)).json.data.issuer
    await expect.poll(issuerOf, { timeout: 20_000 }).toBe('Renewing G2')
  })

  it('is given one by one request of two', async () => {
    const authority = await create({ name: 'Racing', type: 'internal' })
    const answers = await Promise.all([rollOver(authority), rollOver(authority)])
    const done = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status === 409)
    expect(done.length + refused.length).toBe(2)
    expect((await detail(authority)).issuers).toHaveLength(1 + done.length)
  })

  it('409 for one that signs elsewhere, 404 for none', async () => {
    const authority = await create({ name: 'By hand', type: 'csr' })
    const { status, json } = await rollOver(authority)
    expect([status, json.error.code]).toEqual([409, 'ROLLOVER_NOT_POSSIBLE'])
    expect((await rollOver({ id: 999_999 })).status).toBe(404)
  })

  it('is asked for by an alert, which ends with it', async () => {
    const organizationId = server.organization_id
    const authority = await create({ name: 'Ending', type: 'internal' })
    const age = (role: string) =>
      db.inTenant(organizationId, (tx) =>
        tx.run(sql`update authority_certificates set valid_to = now() + interval '20 days'
          where organization_id = ${organizationId} and authority_id = ${authority.id}
            and role = ${role}`),
      )
    const alerts = async (): Promise<Json[]> => {
      await db.inTenant(organizationId, (tx) => watch(tx, organizationId))
      await db.inTenant(organizationId, (tx) => watchAuthorities(tx, organizationId))
      const path = `/alerts?certificateAuthorityId=${authority.id}`
      return (await call('GET', path)).json.data
    }
    expect(await alerts()).toEqual([])
    await age('intermediate')
    const wanted = {
      class: 'certificate_expiring_30_days',
      certificateId: null,
      certificateAuthorityId: authority.id,
      status: 'open',
    }
    const summary = 'Ending expires within 30 days: give it a new issuer with rollover'
    expect(await alerts()).toMatchObject([{ ...wanted, summary }])
    expect(await alerts()).toHaveLength(1)
    await rollOver(authority)
    expect(await alerts()).toMatchObject([{ ...wanted, status: 'resolved' }])
  })

  it('counts in the statistics what it signed, whoever was asked for it', async () => {
    const signing = await create({ name: 'Signing', type: 'internal' })
    const byHand = await create({ name: 'Carried', type: 'csr' })
    const waiting = await certify('carried.example', byHand)
    const signed = await call(
      'POST',
      '/certificates',
      { csr: waiting.csr, certificateAuthorityId: signing.id },
      { headers: { 'x-workspace-id': secondWorkspace } },
    )
    const counts = async () => (await call('GET', '/certificates/stats')).json.data.byAuthority
    const { Signing = 0, Carried } = await counts()
    expect(Carried).toBe(1)
    const { certificate } = signed.json.data
    const taken = await call('POST', `/certificates/${waiting.id}/certificate`, { certificate })
    expect(taken.json.data.issuer).toBe('Signing')
    const after = await counts()
    expect([after.Signing, after.Carried]).toEqual([Signing + 1, undefined])
  })
})
