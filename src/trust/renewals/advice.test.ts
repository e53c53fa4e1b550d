// When an authority wants a certificate renewed: sooner than the threshold it counts, later it does
// not, and no answer changes nothing.
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { createAuthorities } from '../authorities/load.ts'
import { authorityService } from '../authorities/service.ts'
import { issueCertificate } from '../certificates/issue.ts'
import { CreateCertificate } from '../certificates/schema.ts'
import {
  type Advice,
  type AuthorityConnector,
  Unreachable,
} from '../connectors/authority/contract.ts'
import type { Trust } from '../parts.ts'
import { askForAdvice } from './advice.ts'
import { startDue } from './jobs.ts'

const organizationId = uuid7()
const day = 86_400_000

describe.skipIf(!hasDatabase)('advice when to renew', () => {
  const database = useTestDatabase()
  let trust: Trust
  let acmeId: number
  let advise: () => Promise<Advice | null>

  beforeAll(async () => {
    const { db } = database
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    acmeId = await db.inTenant(organizationId, async (tx) => {
      await tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${organizationId}, 'ws_1', 'W')`)
      const { id } = await tx.one<{ id: number }>(sql`insert into certificate_authorities
          (organization_id, name, type, settings, public_token, created_by)
        values (${organizationId}, 'ACME', 'acme', '{}', 'token', 'test') returning id`)
      return id
    })
    const platform = {
      db,
      secrets: createSecrets({ masterKey: randomBytes(32) }),
      config: { publicUrl: 'http://localhost:4000' },
      log: { info: () => undefined },
      now: Date.now,
    } as unknown as Platform
    const real = createAuthorities(platform)
    const connector = { advice: () => advise() } as unknown as AuthorityConnector
    const authorities: typeof real = {
      ...real,
      connector: async (tx, row) => (row.type === 'acme' ? connector : real.connector(tx, row)),
    }
    trust = { platform, authorities, authorityService: authorityService(platform, real) }
  })

  /** One that is due at its threshold in sixty days. */
  const certificate = async (): Promise<number> => {
    const actor = { kind: 'key', id: 'key_1', name: 'Test' } as const
    const caller = { organizationId, workspaceId: 'ws_1', organizationWide: true, actor }
    const origin = { caller, address: null, requestId: null } as never
    const body = CreateCertificate.parse({ commonName: 'a.example', autoRenew: true })
    const { id } = await issueCertificate(trust, origin, body)
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update certificates set authority_id = ${acmeId} where id = ${id}
        and organization_id = ${organizationId}`),
    )
    return id
  }
  const read = (id: number) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.one<{ advised: string | null; due: string; renewals: number }>(sql`
        select advised_from as advised, advice_due_at as due, (select count(*) from renewals r
            where r.organization_id = c.organization_id and r.certificate_id = c.id) as renewals
          from certificates c where organization_id = ${organizationId} and id = ${id}`),
    )
  const start = () => database.db.inTenant(organizationId, (tx) => startDue(tx, organizationId, 0))

  it.each<[string, number, number, number]>([
    ['in the past renews at once', -2 * day, -day, 1],
    ['before the threshold is waited for', day, 2 * day, 0],
    ['after the threshold changes nothing', 80 * day, 81 * day, 0],
  ])('%s', async (_, from, to, renewals) => {
    const id = await certificate()
    const now = Date.now()
    advise = async () => ({ from: now + from, to: now + to, retryAfterMs: 3_600_000 })
    await askForAdvice(trust, organizationId)
    const found = await read(id)
    const advised = Date.parse(found.advised ?? '')
    expect(advised).toBeGreaterThanOrEqual(now + from)
    expect(advised).toBeLessThanOrEqual(now + to)
    expect(Date.parse(found.due) - now).toBeGreaterThan(3_500_000)
    await start()
    expect((await read(id)).renewals).toBe(renewals)
    // Asked for just now: not again before its time.
    expect(await askForAdvice(trust, organizationId)).toBe(0)
  })

  it('to renew whatever was just renewed is heeded now and then, not each minute', async () => {
    const id = await certificate()
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into renewals (organization_id, workspace_id, certificate_id, cause, method,
          deploy_after, state, created_by, finished_at)
        values (${organizationId}, 'ws_1', ${id}, 'threshold', 'acme', false, 'stored', 't',
          now() - interval '1 hour')`),
    )
    const now = Date.now()
    advise = async () => ({ from: now - day, to: now - day / 2, retryAfterMs: 60_000 })
    await askForAdvice(trust, organizationId)
    await start()
    expect((await read(id)).renewals).toBe(1)
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update renewals set finished_at = now() - interval '7 hours'
        where organization_id = ${organizationId} and certificate_id = ${id}`),
    )
    await start()
    expect((await read(id)).renewals).toBe(2)
  })

  it('that does not come leaves the threshold', async () => {
    const id = await certificate()
    advise = async () => {
      throw new Unreachable('away')
    }
    expect(await askForAdvice(trust, organizationId)).toBe(1)
    expect((await read(id)).advised).toBeNull()
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update certificates set renew_from = now() where id = ${id}
        and organization_id = ${organizationId}`),
    )
    await start()
    expect((await read(id)).renewals).toBe(1)
  })
})
