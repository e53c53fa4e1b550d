// An authority whose keys stand on a token of PKCS #11: SoftHSM, in this process as an operator
// would have a real one.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase, sql } from '../../src/platform/db.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { createSecrets } from '../../src/platform/secrets.ts'
import { keyMaker, settleKey } from '../../src/trust/authorities/keys.ts'
import { removeOrphan } from '../../src/trust/authorities/orphan-keys.ts'
import { privateKeyOf } from '../../src/trust/pkcs11/key-pair.ts'
import { librariesOf } from '../../src/trust/pkcs11/library.ts'
import { createTokens, type Session } from '../../src/trust/pkcs11/token.ts'
import type { Json } from '../fixtures/call.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'
import { describeWith, requireComponent } from '../require.ts'

const softhsm = await requireComponent('softhsm')
const pin = ['48', '15', '16', '23'].join('')
const tokenLabel = 'panthera test'

describeWith(softhsm, 'an authority on a token', (library) => {
  let folder: string
  let server: TestServer
  let db: Database
  const keys = { type: 'pkcs11', library, tokenLabel, pin } as const
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-token-'))
    const conf = join(folder, 'softhsm2.conf')
    mkdirSync(join(folder, 'tokens'))
    writeFileSync(conf, `directories.tokendir = ${join(folder, 'tokens')}\n`)
    process.env.SOFTHSM2_CONF = conf
    const made = ['--init-token', '--free', '--label', tokenLabel, '--pin', pin, '--so-pin', '1234']
    execFileSync('softhsm2-util', made, { stdio: 'pipe' })
    server = await startTestServer({ env: { PANTHERA_PKCS11_LIBRARIES: library } })
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.call(method, `/trust/api${path}`, body === undefined ? {} : { body })
  const create = (name: string, settings: object) =>
    call('POST', '/certificate-authorities', { name, type: 'internal', settings })
  const certify = (commonName: string, authority: Json) =>
    call('POST', '/certificates', { commonName, certificateAuthorityId: authority.id })
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' })
  const fetchBytes = async (url: string) =>
    Buffer.from(await (await fetch(`${server.url}${new URL(url).pathname}`)).arrayBuffer())
  const onToken = <Result>(work: (session: Session) => Promise<Result>) =>
    createTokens(librariesOf([library]), Date.now).use(keys, 'look', work)

  it.each([
    ['ECDSA', 256],
    ['ECDSA', 384],
    ['RSA', 2048],
    ['Ed25519', 256],
  ])('signs certificates, lists and answers with %s %d, as openssl finds', async (...spec) => {
    const [keyType, keySize] = spec
    const made = await create(`On token ${keyType} ${keySize}`, { keyType, keySize, keys })
    expect(made.status).toBe(201)
    const authority = made.json.data
    const { data } = (await certify(`${keyType}.example`.toLowerCase(), authority)).json
    const roots = file('root.pem', authority.rootCertificate)
    const chain = file('chain.pem', data.chain)
    const leaf = file('leaf.pem', data.certificate)
    const believed = ['-x509_strict', '-CAfile', roots, '-untrusted', chain]
    expect(openssl('verify', ...believed, leaf)).toContain('OK')
    await call('POST', `/certificates/${data.id}/revoke`, { reason: 'superseded' })
    const crl = file('list.crl', await fetchBytes(authority.crlUrl))
    const all = file('all.pem', data.chain + authority.rootCertificate)
    const read = ['crl', '-inform', 'DER', '-in', crl, '-CAfile', all, '-noout', '-text']
    const listed = spawnSync('openssl', read, { encoding: 'utf8' })
    expect(listed.stderr).toContain('verify OK')
    expect(listed.stdout).toContain(data.serialNumber.replaceAll(':', '').toUpperCase())
    const url = `${server.url}${new URL(authority.ocspUrl).pathname}`
    const asked = ['-issuer', chain, '-cert', leaf, '-CAfile', roots, '-url', url, '-no_nonce']
    // It asks this very process.
    const { stdout } = await promisify(execFile)('openssl', ['ocsp', ...asked])
    expect(stdout).toContain('revoked')
  })

  it('keeps the private value on the token, and the PIN to itself', async () => {
    const { data } = (await create('Closed', { keys })).json
    expect(data.settings.keys).toEqual({ type: 'pkcs11', library, tokenLabel })
    const rows = await db.inTenant(server.organization_id, (tx) =>
      tx.rows<{ id: string; sealed: Buffer | null }>(sql`select token_key_id as id,
          sealed_key as sealed from authority_certificates
        where organization_id = ${server.organization_id} and authority_id = ${data.id}`),
    )
    expect(rows).toHaveLength(2)
    for (const { id, sealed } of rows) {
      expect(sealed).toBe(null)
      const value = onToken(async (session) =>
        session.pkcs11.C_GetAttributeValue(session.handle, privateKeyOf(session, id), [
          { type: 0x11 },
        ]),
      )
      await expect(value).rejects.toThrow(/0x11|SENSITIVE/)
    }
    const audit = async () => (await server.call('GET', '/identity/v1/audit/events')).text
    await expect.poll(audit).toContain('certificate_authority.created')
    const shown = [await audit(), ...server.logLines, JSON.stringify(data)].join('\n')
    expect(shown).not.toContain(pin)
  })

  it('logs in again where the token was away', async () => {
    const { data } = (await create('Away', { keys })).json
    expect((await certify('a.example', data)).status).toBe(201)
    await onToken(async ({ pkcs11, slot }) => pkcs11.C_CloseAllSessions(slot)).catch(() => null)
    expect((await certify('b.example', data)).status).toBe(201)
  })

  it('503 while its PIN is wrong, and signs with the right one', async () => {
    const { data } = (await create('Changing', { keys })).json
    const path = `/certificate-authorities/${data.id}`
    const other = await call('PUT', path, { settings: { keys: { tokenLabel: 'other' } } })
    expect([other.status, other.json.error.details.fields[0].field]).toEqual([
      400,
      'settings.keys.tokenLabel',
    ])
    await call('PUT', path, { settings: { keys: { pin: '0000' } } })
    const refused = () => certify('c.example', data)
    await expect.poll(async () => (await refused()).status, { timeout: 20_000 }).toBe(503)
    const { error } = (await refused()).json
    expect([error.code, error.message]).toEqual([
      'AUTHORITY_UNAVAILABLE',
      expect.stringContaining('PIN'),
    ])
    expect((await call('POST', `${path}/test`)).json.data.ok).toBe(false)
    await call('PUT', path, { settings: { keys: { pin } } })
    await expect.poll(async () => (await refused()).status, { timeout: 20_000 }).toBe(201)
  })

  it.each([
    [{ library: '/tmp/other.so' }, 'settings.keys.library', 'PANTHERA_PKCS11_LIBRARIES'],
    [{ tokenLabel: 'nowhere' }, 'settings.keys.tokenLabel', 'no token'],
    [{ pin: '9999' }, 'settings.keys.pin', 'PIN'],
    [{ pin: undefined }, 'settings.keys.pin', 'required'],
  ])('400 for %j, which names %s', async (change, field, words) => {
    const { status, json } = await create('Never', { keys: { ...keys, ...change } })
    expect([status, json.error.details.fields[0].field]).toEqual([400, field])
    expect(json.error.details.fields[0].message).toContain(words)
  })

  it('gets a new issuer on the token', async () => {
    const { data } = (await create('Following', { keys })).json
    const rolled = await call('POST', `/certificate-authorities/${data.id}/rollover`)
    expect(rolled.json.data.issuers).toMatchObject([{ generation: 2 }, { generation: 1 }])
    expect((await certify('d.example', data)).json.data.issuer).toBe('Following G2')
  })

  it('leaves no key behind where a process died after it was made', async () => {
    const platform = {
      db,
      secrets: createSecrets({ masterKey: randomBytes(32) }),
      config: { pkcs11Libraries: [library] },
      log: { info: () => undefined, warn: () => undefined },
      now: Date.now,
    } as unknown as Platform
    const organizationId = server.organization_id
    const make = keyMaker(platform, organizationId, keys)
    const { tokenKeyId } = await make({ type: 'ECDSA', size: 256 })
    const id = tokenKeyId ?? ''
    expect(await onToken(async (session) => privateKeyOf(session, id))).toBeDefined()
    await removeOrphan(platform, { organizationId, tokenKeyId: id })
    const gone = onToken(async (session) => privateKeyOf(session, id))
    await expect(gone).rejects.toMatchObject({ code: 'no_key' })
    // Whoever was only slow does not name a key that is gone.
    const late = db.inTenant(organizationId, (tx) =>
      settleKey(tx, organizationId, { pkcs8: null, tokenKeyId }),
    )
    await expect(late).rejects.toMatchObject({ code: 'no_key' })
  })
})
