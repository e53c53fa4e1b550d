// What Trust and Identity tell by events, as controls show it.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fact, type FactSum, record, sums } from '../../src/certus/facts/store.ts'
import { certificateExpiring } from '../../src/events/certificate.ts'
import { decisionsRecorded } from '../../src/events/decision.ts'
import { type Database, openDatabase } from '../../src/platform/db.ts'
import { appendEvent } from '../../src/platform/outbox.ts'
import type { Json } from '../fixtures/call.ts'
import { hasDatabase } from '../fixtures/database.ts'
import { startTestServer, type TestServer } from '../fixtures/server.ts'

describe.skipIf(!hasDatabase)('facts of other surfaces', () => {
  let server: TestServer
  let folder: string
  let db: Database
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'panthera-facts-'))
    server = await startTestServer()
    db = openDatabase({ connection: server.databaseUrl, onError: () => undefined })
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  function selfSigned(name: string, ...options: string[]): string {
    const path = (end: string) => join(folder, `${name}.${end}`)
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
    const files = ['-keyout', path('key'), '-out', path('pem')]
    execFileSync('openssl', ['req', '-x509', '-nodes', ...options, ...subject, ...files], {
      stdio: 'ignore',
    })
    return readFileSync(path('pem'), 'utf8')
  }

  async function imported(certificate: string): Promise<number> {
    const path = '/trust/api/certificates/import'
    const { status, json } = await server.call('POST', path, { body: { certificate } })
    expect([status, json.error]).toEqual([201, undefined])
    return json.data.id
  }

  /** Once the events have come, which takes a moment. */
  async function control(framework: string, id: string, isSo: (one: Json) => boolean) {
    for (;;) {
      const { json } = await server.call('GET', `/certus/api/controls?framework=${framework}`)
      const one = json.controls.find(({ control_id }: Json) => control_id === id)
      if (isSo(one)) return one
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const recordOf = (one: Json, name: string) => {
    return one.records.find(({ proof }: Json) => proof === name)
  }

  it('prove nothing where nothing is known', async () => {
    const { json } = await server.call('GET', '/certus/api/controls?framework=soc2')
    const one = json.controls.find(({ control_id }: Json) => control_id === 'CC6.7')
    expect(one.state).toBe('not_tested')
    expect(recordOf(one, 'certificates')).toMatchObject({ state: 'none', fresh_as_of: null })
  })

  it('have certificates speak for and against a control, by name', async () => {
    const strong = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '200']
    const id = await imported(selfSigned('strong.example.com', ...strong))
    const good = await control('soc2', 'CC6.7', (one) => {
      return recordOf(one, 'certificates').state !== 'none'
    })
    expect(recordOf(good, 'certificates')).toMatchObject({
      state: 'good',
      told: `certificate ${id} (strong.example.com)`,
      fresh_as_of: expect.any(String),
    })
    // Transport is for a scan to show.
    expect(good.state).toBe('not_tested')

    await db.inTenant(server.organization_id, (tx) =>
      appendEvent(tx, certificateExpiring, {
        organizationId: server.organization_id,
        payload: {
          ...{ certificate_id: id, workspace_id: 'w', common_name: 'strong.example.com' },
          ...{ fingerprint: null, serial_number: null, days_left: 6 },
          valid_to: new Date(Date.now() + 6 * 86_400_000).toISOString(),
        },
      }),
    )
    const ending = await control('soc2', 'CC6.7', ({ state }) => state === 'partial')
    expect(recordOf(ending, 'certificates')).toMatchObject({
      state: 'warning',
      told: expect.stringContaining('ends within 7 days'),
    })

    await imported(selfSigned('weak.example.com', '-newkey', 'rsa:1024', '-days', '200'))
    const failing = await control('soc2', 'CC6.7', ({ state }) => state === 'fail')
    expect(recordOf(failing, 'certificates')).toMatchObject({
      state: 'bad',
      told: expect.stringMatching(/^certificate \d+ \(weak\.example\.com\): weak: /),
    })
  })

  it('count in the order of their moments, and of one moment the worst', async () => {
    const { organization_id: organizationId } = server
    const at = (day: number, name: string, state: Fact['state']) =>
      db.inTenant(organizationId, (tx) =>
        record(
          tx,
          {
            organizationId,
            event: { id: randomUUID(), name, createdAt: `2026-01-0${day}T00:00:00Z` },
          },
          { kind: 'audit', object: 'x', name, state, reason: null, goodUntil: null },
        ),
      )
    const shown = async () => {
      const all = await db.inTenant(organizationId, (tx) => sums(tx, organizationId, new Date()))
      return all.filter(({ named }) => named.some((name) => name.startsWith('nth'))).map(brief)
    }
    const brief = ({ state, named }: FactSum) => [state, named.filter((one) => /^nth/.test(one))]
    await at(2, 'nth second', 'good')
    await at(1, 'nth first', 'bad')
    expect(await shown()).toEqual([['good', ['nth second']]])
    await at(2, 'nth weak', 'bad')
    await at(2, 'nth again', 'good')
    expect(await shown()).toEqual([['bad', ['nth weak']]])
    // That it ends soon as well makes it no better.
    await at(3, 'nth ending', 'warning')
    expect(await shown()).toEqual([['bad', ['nth weak']]])
    await at(4, 'nth good', 'good')
    await at(5, 'nth ending', 'warning')
    expect(await shown()).toEqual([['warning', ['nth ending']]])
    await at(6, 'nth gone', 'gone')
    expect(await shown()).toEqual([])
  })

  it('have keys, policies, decisions and the audit chain speak for theirs', async () => {
    const { json } = await server.call('POST', '/identity/v1/policies', {
      body: {
        name: 'readers',
        status: 'active',
        cedar: 'permit(principal, action, resource);',
      },
    })
    expect(json).toHaveProperty('id')
    // Asking for it has the chain signed at once.
    await server.call('GET', '/identity/v1/audit/checkpoint')
    const audit = await control('iso-27001', 'A.8.16', (one) => {
      return recordOf(one, 'audit').state === 'good'
    })
    expect(recordOf(audit, 'audit').told).toContain('signed up to entry')
    const alone = await control('soc2', 'CC6.3', (one) => {
      return recordOf(one, 'policies').state !== 'none'
    })
    expect(recordOf(alone, 'policies')).toMatchObject({
      state: 'warning',
      told: expect.stringContaining('no decision is recorded'),
    })
    await db.inTenant(server.organization_id, (tx) =>
      appendEvent(tx, decisionsRecorded, {
        organizationId: server.organization_id,
        payload: { latest_at: new Date().toISOString() },
      }),
    )
    await control('soc2', 'CC6.3', (one) => recordOf(one, 'policies').state === 'good')
  })
})
