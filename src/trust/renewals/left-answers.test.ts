// What proved a name in an order that nobody went on with: taken back by a sweep, kept while its
// renewal goes on or while it cannot be taken back.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Queue } from '../../platform/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { keyAuthorizationOf, removeAnswer } from '../connectors/authority/acme/answer-store.ts'
import { type LeftAnswer, Unreachable } from '../connectors/authority/contract.ts'
import type { Trust } from '../parts.ts'
import { answerCleaningQueue } from './left-answers.ts'

const organizationId = uuid7()

describe.skipIf(!hasDatabase)('what is left of orders', () => {
  const database = useTestDatabase()
  let authorityId: number
  let queue: Queue
  let cleared: string[]
  let isAway: boolean

  beforeAll(async () => {
    const { db } = database
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    authorityId = await db.inTenant(organizationId, async (tx) => {
      const { id } = await tx.one<{ id: number }>(sql`insert into certificate_authorities
          (organization_id, name, type, settings, public_token, created_by)
        values (${organizationId}, 'ACME', 'acme', '{}', 'token', 'test') returning id`)
      return id
    })
    const clear = async (row: LeftAnswer) => {
      if (isAway) throw new Unreachable('the name server is away')
      cleared.push(row.identifier)
      const place = { organizationId, authorityId }
      await db.inTenant(organizationId, (tx) => removeAnswer(tx, place, row))
    }
    const platform = { db, log: { warn: () => undefined } } as unknown as Platform
    const authorities = { connector: async () => ({ clear }) }
    queue = answerCleaningQueue({ platform, authorities } as unknown as Trust)
  })
  beforeEach(() => {
    cleared = []
    isAway = false
  })

  const leave = (identifier: string, renewal: number, age = '0 hours') =>
    database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into acme_client_answers (organization_id, authority_id, order_id, token,
          kind, identifier, key_authorization, expires_at)
        values (${organizationId}, ${authorityId}, ${`${organizationId}/${renewal}`}, ${identifier},
          'dns-01', ${identifier}, 'k', now() + interval '1 hour' - ${age}::interval)`),
    )
  const underWay = () =>
    database.db.inTenant(organizationId, async (tx) => {
      await tx.run(sql`insert into workspaces (organization_id, id, name)
        values (${organizationId}, 'ws_1', 'W') on conflict do nothing`)
      const made = await tx.one<{ id: number }>(sql`insert into certificates (organization_id,
          workspace_id, source, common_name, subject_alternative_names, key_type, key_size,
          auto_renew, renewal_threshold_days, created_by)
        values (${organizationId}, 'ws_1', 'issued', 'a', '{}', 'RSA', 2048, false, 30, 't')
        returning id`)
      const { id } = await tx.one<{ id: number }>(sql`insert into renewals (organization_id,
          workspace_id, certificate_id, cause, method, deploy_after, state, created_by)
        values (${organizationId}, 'ws_1', ${made.id}, 'requested', 'acme', false, 'ordered', 't')
        returning id`)
      return id
    })
  const sweep = async () => {
    for (const { data } of await queue.due()) await queue.run(data, new AbortController().signal)
  }

  it('is taken back where its renewal is over or too old, and only there', async () => {
    const open = await underWay()
    await leave('goes-on.example', open)
    await leave('over.example', 999_999)
    await leave('old.example', open, '2 hours')
    await sweep()
    expect(cleared.toSorted()).toEqual(['old.example', 'over.example'])
    expect(await queue.due()).toEqual([])
  })

  it('is tried again while the name server is away', async () => {
    await leave('later.example', 999_999)
    isAway = true
    await sweep()
    expect(await queue.due()).toHaveLength(1)
    isAway = false
    await sweep()
    expect(cleared).toEqual(['later.example'])
  })

  it('is taken back by an authority that was deleted meanwhile', async () => {
    const mark = (deleted: boolean) =>
      database.db.inTenant(organizationId, (tx) =>
        tx.run(sql`update certificate_authorities set deleted_at = ${deleted ? new Date() : null}
          where organization_id = ${organizationId} and id = ${authorityId}`),
      )
    await leave('deleted.example', 999_999)
    await mark(true)
    await sweep()
    await mark(false)
    expect(cleared).toEqual(['deleted.example'])
  })

  it('is told as the first of its token had it, whoever copies the token', async () => {
    const put = (order: string, text: string, age: number) =>
      database.db.inTenant(organizationId, (tx) =>
        tx.run(sql`insert into acme_client_answers (organization_id, authority_id, order_id, token,
            kind, identifier, key_authorization, created_at, expires_at)
          values (${organizationId}, ${authorityId}, ${order}, 'the-token', 'http-01', 'a.example',
            ${text}, now() - ${age} * interval '1 minute', now() + interval '1 hour')`),
      )
    await put('later', 'of somebody else', 1)
    await put('first', 'ours', 2)
    const told = await database.db.inSystem((tx) => keyAuthorizationOf(tx, 'the-token'))
    expect(told).toBe('ours')
  })
})
