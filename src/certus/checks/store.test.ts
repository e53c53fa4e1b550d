import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql, type Tx } from '../../platform/db.ts'
import * as store from './store.ts'

describe.skipIf(!hasDatabase)('a check that another took over', () => {
  const database = useTestDatabase()

  it('is not touched by who held it before', async () => {
    const organizationId = randomUUID()
    const within = <Result>(work: (tx: Tx) => Promise<Result>) =>
      database.db.inTenant(organizationId, work)
    await database.db.inSystem((tx) =>
      tx.run(
        sql`insert into organizations (id, name, plan) values (${organizationId}, 'O', 'pro')`,
      ),
    )
    const head = {
      ...{ owner: 'acme', name: 'shop', commit: 'a'.repeat(40), branch: 'main', run: '' },
      ...{ isDefaultBranch: true, pullRequests: [], isFork: false, isPrivate: true },
    }
    const made = { organizationId, id: randomUUID(), linkId: randomUUID(), head }
    await within((tx) => store.upsert(tx, made))
    const ref = { organizationId, checkId: made.id }
    const take = (holder: string) =>
      within((tx) => store.take(tx, ref, { holder, isGone: () => false }))
    const first = await take('first')
    expect(await take('second')).toBe(null)
    await within((tx) => tx.run(sql`update repository_checks set lease_until = now()`))
    const second = await take('second')
    if (first === null || second === null) throw new Error('it was not taken')
    await within(async (tx) => {
      expect(await store.begin(tx, first)).toBe(false)
      await store.postpone(tx, first, { seconds: 9, reason: 'late' })
      await store.giveUp(tx, first, 'late')
      await store.release(tx, first)
    })
    const look = () =>
      within((tx) =>
        tx.one(sql`select state, lease_owner, last_error from repository_checks
          where id = ${made.id}`),
      )
    expect(await look()).toEqual({ state: 'received', lease_owner: 'second', last_error: null })
    await within((tx) => store.giveUp(tx, second, 'enough'))
    expect(await look()).toMatchObject({ state: 'given_up', lease_owner: null })
  })
})
