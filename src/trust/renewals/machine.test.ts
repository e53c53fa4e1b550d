// A renewal that is cut off between any two steps ends in exactly one new certificate.
import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { type Authorities, createAuthorities } from '../authorities/load.ts'
import { authorityService } from '../authorities/service.ts'
import { issueCertificate } from '../certificates/issue.ts'
import { revokeCertificate } from '../certificates/revoke.ts'
import { CreateCertificate } from '../certificates/schema.ts'
import { renewCertificate } from '../certificates/service.ts'
import { type AuthorityConnector, Refused, Unreachable } from '../connectors/authority/contract.ts'
import type { Trust } from '../parts.ts'
import { runRenewal, startDue } from './jobs.ts'
import { step } from './machine.ts'
import { find, listOf, type RenewalRow } from './store.ts'
import { due, type Held, LeaseLost, take } from './work.ts'

const organizationId = uuid7()
const caller: Caller = {
  organizationId,
  workspaceId: 'ws_1',
  plan: 'enterprise',
  actor: { kind: 'key', id: 'key_1', name: 'Test' },
  surface: 'trust',
  scopes: ['*'],
  expiresAt: null,
  firstOrganization: true,
  organizationWide: true,
}
const origin = { caller, address: null, requestId: null }

describe.skipIf(!hasDatabase)('renewals', () => {
  const database = useTestDatabase()
  let trust: Trust
  /** What stands between the machine and the authority in the test at hand. */
  let between: (connector: AuthorityConnector) => AuthorityConnector
  let now: number
  let logged = 0

  beforeAll(async () => {
    const { db } = database
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    await db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${organizationId}, 'ws_1', 'W')`),
    )
    const platform = {
      db,
      secrets: createSecrets({ masterKey: randomBytes(32) }),
      config: { publicUrl: 'http://localhost:4000' },
      node: { id: 'node', isGone: (holder: string) => holder.startsWith('gone') },
      log: { warn: () => undefined, error: () => logged++ },
      now: () => now,
    } as unknown as Platform
    const real = createAuthorities(platform)
    const authorities: Authorities = {
      keys: real.keys,
      connector: async (tx, row) => between(await real.connector(tx, row)),
    }
    trust = { platform, authorities, authorityService: authorityService(platform, real) }
  })
  beforeEach(() => {
    between = (connector) => connector
    now = Date.now()
  })

  const issue = (body: object) =>
    issueCertificate(trust, origin, CreateCertificate.parse({ commonName: 'a.example', ...body }))
  const start = async (id: number) => {
    const wanted = { id, deployAfterRenewal: false }
    const { renewalId } = await renewCertificate(trust, origin, wanted)
    return { organizationId, id: renewalId }
  }
  const read = (place: { organizationId: string; id: number }) =>
    database.db.inTenant(organizationId, (tx) => find(tx, place)) as Promise<RenewalRow>
  const versions = (certificateId: number) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.rows<{ number: number; serial: Buffer }>(sql`select number, serial
        from certificate_versions where organization_id = ${organizationId}
          and certificate_id = ${certificateId} order by number`),
    )
  const history = async (certificateId: number) => {
    const page = { page: 1, limit: 50 }
    const place = { organizationId, certificateId }
    const { data } = await database.db.inTenant(organizationId, (tx) => listOf(tx, place, page))
    return data
  }
  /** Takes it as a process that then dies, and lets it make so many steps. */
  const dieAfter = async (place: { organizationId: string; id: number }, steps: number) => {
    const isGone = (holder: string) => holder.startsWith('gone')
    let row = await database.db.inTenant(organizationId, (tx) =>
      take(tx, place, { id: 'gone', isGone }),
    )
    for (let n = 0; n < steps && row !== null; n++)
      row = await step(trust, { ...row, holder: 'gone' })
  }
  /** Lets what waits for a later time come at once. */
  const hurry = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update renewals set next_attempt_at = now()
        where organization_id = ${organizationId} and finished_at is null`),
    )
  const certificate = (id: number) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.one<Record<string, unknown>>(sql`select * from certificates
        where organization_id = ${organizationId} and id = ${id}`),
    )

  it.each([0, 1, 2])('goes on where a process died after %d steps', async (steps) => {
    const { id } = await issue({})
    const place = await start(id)
    await dieAfter(place, steps)
    const before = await read(place)
    await runRenewal(trust, place)
    const after = await read(place)
    // The key is the version's from then on, and nowhere else.
    expect(after).toMatchObject({ state: 'stored', sealedKey: null, der: null })
    expect(await versions(id)).toHaveLength(2)
    if (steps > 0) {
      expect(after.csr).toEqual(before.csr)
      expect(after.intent).toEqual(before.intent)
    }
    await runRenewal(trust, place)
    expect(await versions(id)).toHaveLength(2)
  })

  it('asks for the same certificate again where the answer was lost', async () => {
    const { id } = await issue({})
    const place = await start(id)
    const asked: unknown[] = []
    between = (connector) => ({
      ...connector,
      renew: async (order, intent, previous) => {
        asked.push([order.id, Buffer.from(order.csr).toString('hex'), intent])
        const answer = await connector.renew(order, intent, previous)
        // The process dies with the answer in its hands: nothing of it is written.
        if (asked.length === 1) throw new LeaseLost()
        return answer
      },
    })
    await expect(dieAfter(place, 3)).rejects.toThrow(LeaseLost)
    await runRenewal(trust, place)
    expect(asked).toHaveLength(2)
    expect(asked[1]).toEqual(asked[0])
    expect(await versions(id)).toHaveLength(2)
  })

  it('is stored by one of two that hold it', async () => {
    const { id } = await issue({})
    const place = await start(id)
    await dieAfter(place, 2)
    const late: Held = { ...(await read(place)), holder: 'gone' }
    await runRenewal(trust, place)
    await expect(step(trust, late)).rejects.toThrow(LeaseLost)
    expect(await versions(id)).toHaveLength(2)
  })

  it('keeps the id, changes key and serial number, and tells its steps', async () => {
    const { id, serialNumber } = await issue({ autoRenew: true })
    await runRenewal(trust, await start(id))
    const row = await certificate(id)
    expect(row.serial_number).not.toBe(serialNumber)
    expect(row).toMatchObject({ version: 2, renewal_status: 'pending', revoked_at: null })
    const [renewal] = await history(id)
    expect(renewal?.steps.map((each) => each.step)).toEqual([
      'queued',
      'prepared',
      'issued',
      'stored',
    ])
  })

  it('is one at a time', async () => {
    const { id } = await issue({})
    await start(id)
    await expect(start(id)).rejects.toMatchObject({ code: 'renewal_in_progress', status: 409 })
  })

  it('waits for an authority that is away, and is done when it answers', async () => {
    const { id } = await issue({})
    const place = await start(id)
    between = (connector) => ({
      ...connector,
      renew: async () => {
        throw new Unreachable('no route to the authority')
      },
    })
    await runRenewal(trust, place)
    await hurry()
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'prepared', attempts: 2 })
    const isDue = await database.db.inSystem((tx) => due(tx, () => false))
    expect(isDue).not.toContainEqual(place)
    between = (connector) => connector
    await hurry()
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'stored' })
  })

  it('wakes what waits for an authority when that one answers', async () => {
    const [first, second] = [await issue({}), await issue({})]
    const places = [await start(first.id), await start(second.id)]
    between = (connector) => ({
      ...connector,
      renew: async () => {
        throw new Unreachable('away')
      },
    })
    for (const place of places) {
      await runRenewal(trust, place)
      await hurry()
      await runRenewal(trust, place)
    }
    between = (connector) => connector
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update renewals set next_attempt_at = case when id = ${places[0]?.id}
          then now() else now() + interval '5 hours' end
        where organization_id = ${organizationId} and finished_at is null`),
    )
    if (places[0]) await runRenewal(trust, places[0])
    const { soon, attempts } = await database.db.inTenant(organizationId, (tx) =>
      tx.one<{ soon: boolean; attempts: number }>(sql`select attempts,
          next_attempt_at < now() + interval '1 minute' as soon from renewals
        where organization_id = ${organizationId} and id = ${places[1]?.id}`),
    )
    expect({ soon, attempts }).toEqual({ soon: true, attempts: 0 })
  })

  it('ends where the authority refuses, and the old certificate stays in force', async () => {
    const { id, fingerprint } = await issue({})
    const place = await start(id)
    between = (connector) => ({
      ...connector,
      renew: async () => {
        throw new Refused('the account is closed')
      },
    })
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'failed' })
    expect(await certificate(id)).toMatchObject({ renewal_status: 'failed', fingerprint })
    const [renewal] = await history(id)
    expect(renewal?.error).toEqual({
      code: 'certificate_refused',
      message: 'the account is closed',
    })
  })

  it('turns to the fallback authority where the first one refuses', async () => {
    const wanted = { name: 'Second', type: 'internal', settings: {}, isDefault: false } as const
    const second = await trust.authorityService.create(origin, wanted)
    const { id } = await issue({ fallbackCertificateAuthorityId: second.id })
    const place = await start(id)
    let refusals = 0
    between = (connector) => ({
      ...connector,
      renew: async (...args) => {
        if (refusals++ === 0) throw new Refused('out of order')
        return connector.renew(...args)
      },
    })
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'stored', authorityId: second.id })
    expect(await certificate(id)).toMatchObject({ issuer: 'Second' })
  })

  it('refuses what is not what was asked for', async () => {
    const { id } = await issue({})
    const other = await issue({ commonName: 'b.example' })
    const [wrong] = await database.db.inTenant(organizationId, (tx) =>
      tx.rows<{ der: Buffer }>(sql`select der from certificate_versions
        where organization_id = ${organizationId} and certificate_id = ${other.id}`),
    )
    const place = await start(id)
    between = (connector) => ({
      ...connector,
      renew: async () => ({
        state: 'issued',
        certificate: wrong?.der ?? Buffer.of(),
        chain: null,
      }),
    })
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'failed' })
    expect(await versions(id)).toHaveLength(1)
  })

  const age = (id: number, daysLeft: number) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update certificates set valid_from = now() - interval '60 days',
          valid_to = now() + ${daysLeft} * interval '1 day'
        where organization_id = ${organizationId} and id = ${id}`),
    )

  it('has its turn although hundreds wait for another authority', async () => {
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`with made as (insert into certificates (organization_id, workspace_id, source,
          common_name, subject_alternative_names, key_type, key_size, auto_renew,
          renewal_threshold_days, created_by)
        select ${organizationId}, 'ws_1', 'issued', 'hangs', '{}', 'RSA', 2048, false, 30, 't'
          from generate_series(1, 600) returning id)
        insert into renewals (organization_id, workspace_id, certificate_id, cause, method,
          deploy_after, state, created_by, next_attempt_at)
        select ${organizationId}, 'ws_1', id, 'requested', 'acme', false, 'queued', 'hangs',
          now() - interval '1 hour' from made`),
    )
    const place = await start((await issue({})).id)
    expect(await database.db.inSystem((tx) => due(tx, () => false))).toContainEqual(place)
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update renewals set state = 'cancelled', finished_at = now()
        where organization_id = ${organizationId} and created_by = 'hangs'`),
    )
  })

  it('takes nothing that has expired already', async () => {
    const { id } = await issue({})
    const place = await start(id)
    now = Date.now() - 200 * 86_400_000
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'failed' })
    expect((await history(id))[0]?.error?.message).toContain('expired')
    expect(await versions(id)).toHaveLength(1)
  })

  it('is held for as long as an authority takes to answer', async () => {
    const { id } = await issue({})
    const place = await start(id)
    const isGone = () => false
    between = (connector) => ({
      ...connector,
      renew: async (...args) => {
        await database.db.inTenant(organizationId, (tx) =>
          tx.run(sql`update renewals set lease_until = now() - interval '1 second'
            where organization_id = ${organizationId} and id = ${place.id}`),
        )
        const isDue = () => database.db.inSystem((tx) => due(tx, isGone))
        await expect.poll(isDue, { interval: 10 }).not.toContainEqual(place)
        return connector.renew(...args)
      },
    })
    await runRenewal(trust, place, undefined, 20)
    expect(await read(place)).toMatchObject({ state: 'stored' })
  })

  it('lets others have their turn where an authority never waits and never ends', async () => {
    const { id } = await issue({})
    const place = await start(id)
    let asked = 0
    between = (connector) => ({
      ...connector,
      renew: async (_order, intent) => {
        asked += 1
        return { state: 'pending', intent, retryAfterMs: 0 }
      },
    })
    await runRenewal(trust, place)
    expect(asked).toBeLessThanOrEqual(100)
    expect(await database.db.inSystem((tx) => due(tx, () => false))).toContainEqual(place)
  })

  it('turns to the fallback where the first one has the order and does not end it', async () => {
    const wanted = { name: 'Third', type: 'internal', settings: {}, isDefault: false } as const
    const third = await trust.authorityService.create(origin, wanted)
    const { id } = await issue({ fallbackCertificateAuthorityId: third.id })
    const place = await start(id)
    const [first] = await history(id)
    between = (connector) => ({
      ...connector,
      renew: async (order, intent, previous) =>
        (await read(place)).authorityId === third.id
          ? connector.renew(order, intent, previous)
          : { state: 'pending', intent, retryAfterMs: 60_000 },
    })
    await runRenewal(trust, place)
    await hurry()
    await age(id, 5)
    await runRenewal(trust, place)
    // It has not had its time yet.
    expect(await read(place)).toMatchObject({ authorityId: first?.certificateAuthorityId })
    await hurry()
    now = Date.now() + 2 * 3_600_000
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'stored', authorityId: third.id })
  })

  it('asks before the end, whatever an authority says of waiting', async () => {
    const { id } = await issue({})
    const place = await start(id)
    await age(id, 0.2)
    between = (connector) => ({
      ...connector,
      renew: async () => {
        throw new Unreachable('busy', { retryAfterMs: 86_400_000 })
      },
    })
    await runRenewal(trust, place)
    const [renewal] = await history(id)
    const wait = Date.parse(renewal?.nextAttemptAt ?? '') - Date.now()
    expect(wait).toBeLessThan(0.1 * 86_400_000)
  })

  it('tries again later, and tells so, where something fails unforeseen', async () => {
    const { id } = await issue({})
    const place = await start(id)
    const before = logged
    between = (connector) => ({
      ...connector,
      renew: async () => {
        throw new TypeError('a fault of ours')
      },
    })
    await runRenewal(trust, place)
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'prepared', attempts: 1 })
    const [renewal] = await history(id)
    expect(renewal?.error?.code).toBe('internal_error')
    expect(logged - before).toBe(1)
    between = (connector) => connector
    await hurry()
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'stored' })
  })

  it.each([0, 1, 2])(
    'ends with the revocation of the certificate, after %d steps',
    async (steps) => {
      const { id } = await issue({ autoRenew: true })
      const place = await start(id)
      await dieAfter(place, steps)
      const late: Held = { ...(await read(place)), holder: 'gone' }
      await revokeCertificate(trust, origin, { id, reason: 'cessationOfOperation' })
      await expect(step(trust, late)).rejects.toThrow(LeaseLost)
      await runRenewal(trust, place)
      expect(await read(place)).toMatchObject({ state: 'cancelled', sealedKey: null, der: null })
      const row = await certificate(id)
      expect(row.revoked_at).not.toBeNull()
      expect(row).toMatchObject({ version: 1, renewal_status: 'none' })
      // Whoever asks after it gets one.
      await runRenewal(trust, await start(id))
      expect(await certificate(id)).toMatchObject({ version: 2, revoked_at: null })
    },
  )

  it('puts nothing in force that was asked for before the revocation', async () => {
    const { id } = await issue({})
    const place = await start(id)
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update certificates set revoked_at = now() + interval '1 second'
        where organization_id = ${organizationId} and id = ${id}`),
    )
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({ state: 'failed' })
    expect(await certificate(id)).toMatchObject({ version: 1 })
  })

  it('asks for fewer days where the authority ends before', async () => {
    const settings = { intermediateValidityDays: 100 }
    const wanted = { name: 'Ending', type: 'internal', settings, isDefault: false } as const
    const ending = await trust.authorityService.create(origin, wanted)
    const { id } = await issue({ certificateAuthorityId: ending.id, validityDays: 90 })
    const place = await start(id)
    now = Date.now() + 80 * 86_400_000
    await runRenewal(trust, place)
    expect(await read(place)).toMatchObject({
      state: 'stored',
      intent: { wish: { validityDays: 19 } },
    })
  })

  it('begins by itself at the threshold, once, and not for what is revoked', async () => {
    const { id } = await issue({ autoRenew: true, validityDays: 90 })
    const idle = await issue({ autoRenew: false, validityDays: 90 })
    const age = (days: number) =>
      database.db.inTenant(organizationId, (tx) =>
        tx.run(sql`update certificates set renew_from = now() - ${days} * interval '1 day'
          where organization_id = ${organizationId} and id in (${id}, ${idle.id})`),
      )
    const begin = () =>
      database.db.inTenant(organizationId, (tx) => startDue(tx, organizationId, 0))
    await age(-1)
    expect(await begin()).toBe(0)
    await age(1)
    expect(await begin()).toBe(1)
    expect(await begin()).toBe(0)
    const [renewal] = await history(id)
    expect(renewal).toMatchObject({ cause: 'threshold', state: 'queued' })
    await runRenewal(trust, { organizationId, id: renewal?.id ?? 0 })
    expect(await versions(id)).toHaveLength(2)
    expect(await begin()).toBe(0)
    expect(await history(idle.id)).toEqual([])
  })
})
