import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../db.ts'
import { createLog } from '../log.ts'
import { createSecrets } from '../secrets.ts'
import { appendAudit } from './audit.ts'
import { type ChainedEvent, chainHash, firstPrevious } from './chain.ts'
import { createSealer } from './sealer.ts'

const organizationId = '11111111-0000-4000-8000-000000000000'
const secrets = createSecrets({ masterKey: Buffer.alloc(32, 1) })
const log = createLog({ level: 'silent' })

describe.skipIf(!hasDatabase)('the sealer', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  const append = (objectId: string) =>
    database.db.inTenant(organizationId, (tx) =>
      appendAudit(
        tx,
        {
          caller: { organizationId, actor: { kind: 'user', id: 'u', name: 'Ada' } },
          address: '192.0.2.1',
          requestId: null,
        },
        { action: 'thing.made', objectType: 'thing', objectId, details: { β: [1, 'x'] } },
      ),
    )

  interface Sealed extends ChainedEvent {
    seq: number
    hash: Buffer
  }
  const chain = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.rows<Sealed>(sql`select s.seq, s.hash, e.* from audit_seals s
        join audit_events e on e.organization_id = s.organization_id and e.id = s.event_id
        order by s.seq`),
    )

  it('chains every row once, whoever seals at the same time, and signs the head', async () => {
    const nodes = [1, 2, 3].map(() =>
      createSealer({ db: database.db, secrets, log, now: Date.now }),
    )
    await Promise.all([...Array(40).keys()].map((n) => append(String(n))))
    await Promise.all(nodes.map((node) => node.seal(organizationId)))
    await append('late')
    await Promise.all(nodes.map((node) => node.seal(organizationId)))
    const rows = await chain()
    expect(rows.map(({ seq }) => seq)).toEqual([...Array(41).keys()].map((n) => n + 1))
    let previous = firstPrevious
    for (const { seq, hash, ...row } of rows) {
      const { id, at, actor, action, object_type, object_id } = row
      const { address, request_id, result, details } = row
      const kept = { id, at, actor, action, object_type, object_id }
      const event = { ...kept, address, request_id, result, details }
      expect(hash.toString('hex')).toBe(chainHash({ organizationId, seq, previous, event }))
      previous = hash.toString('hex')
    }
    const { seq } = await database.db.inTenant(organizationId, (tx) =>
      tx.one<{ seq: number }>(sql`select max(seq) as seq from audit_checkpoints`),
    )
    expect(seq).toBe(41)
  })

  it('finds by itself what was committed', async () => {
    const node = createSealer({ db: database.db, secrets, log, now: Date.now })
    await append('found')
    node.start()
    const startedAt = Date.now()
    while (!(await chain()).some(({ object_id }) => object_id === 'found')) {
      if (Date.now() - startedAt > 10_000) throw new Error('nobody sealed the row')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await node.stop()
  })

  it.each(['audit_events', 'audit_seals', 'audit_checkpoints'])(
    'keeps %s from being changed or removed',
    async (table) => {
      for (const statement of [
        `delete from ${table}`,
        `update ${table} set organization_id = null`,
      ]) {
        const attempt = database.db.inTenant(organizationId, (tx) =>
          tx.run({ text: statement, values: [] } as unknown as ReturnType<typeof sql>),
        )
        await expect(attempt).rejects.toThrow('permission denied')
      }
    },
  )
})
