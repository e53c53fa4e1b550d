import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { type Database, sql } from '../../platform/db.ts'
import { prefixedId, uuid7 } from '../../platform/ids.ts'
import { createLog } from '../../platform/log.ts'
import { createSecrets } from '../../platform/secrets.ts'
import * as organizations from '../organizations/store.ts'
import { createRevocations } from '../revocations.ts'
import { createKeyCache } from './cache.ts'
import { hashKey, mint } from './service.ts'
import * as store from './store.ts'

const organizationId = uuid7()
const workspaceId = prefixedId('ws')

describe.skipIf(!hasDatabase)('the key cache', () => {
  let database: TestDatabase
  const secrets = createSecrets({ masterKey: Buffer.alloc(32, 1) })
  const log = createLog({ level: 'silent' })

  beforeAll(async () => {
    database = await testDatabase()
    const made = {
      id: organizationId,
      name: 'O',
      plan: 'free',
      isFirst: true,
      workspaceId,
    } as const
    await database.db.inSystem((tx) => organizations.insert(tx, made))
  })
  afterAll(() => database.close())

  const makeKey = () =>
    database.db.inTenant(organizationId, (tx) =>
      mint(tx, secrets, {
        organizationId,
        workspaceId,
        createdBy: 'test',
        surface: 'gate',
        type: 'standard',
        name: 'k',
        description: null,
        scopes: ['read:scans'],
        ipAllow: [],
        expiresAt: null,
      }),
    )

  it('learns of a revocation by another node within a second', async () => {
    const { db } = database
    const revocations = createRevocations({ db, now: Date.now, log })
    const node = createKeyCache({ db, revocations, now: Date.now, log })
    revocations.start()
    const key = await makeKey()
    expect((await node.find(hashKey(key.api_key)))?.revoked_at).toBeNull()
    const reach = { organizationId, workspaceId: null }
    await database.db.inTenant(organizationId, (tx) => store.revoke(tx, reach, key))
    const revokedAt = Date.now()
    while ((await node.find(hashKey(key.api_key)))?.revoked_at === null) {
      if (Date.now() - revokedAt > 5_000) throw new Error('the revocation did not arrive')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    revocations.stop()
    await node.stop()
  })

  it('asks the database per key when it could not poll, and answers 503 without one', async () => {
    let asked = 0
    let down = false
    const db: Database = {
      ...database.db,
      async inSystem(work) {
        asked += 1
        if (down) throw new Error('connection refused')
        return database.db.inSystem(work)
      },
    }
    // Never started: its last poll is for ever too long ago.
    const revocations = createRevocations({ db, now: Date.now, log })
    const node = createKeyCache({ db, revocations, now: Date.now, log })
    const key = await makeKey()
    await node.find(hashKey(key.api_key))
    await node.find(hashKey(key.api_key))
    expect(asked).toBe(2)
    down = true
    await expect(node.find(hashKey(key.api_key))).rejects.toMatchObject({ status: 503 })
  })

  it('keeps nothing that was read before the last of several revocations', async () => {
    let answered = () => {}
    const db: Database = {
      ...database.db,
      async inSystem(work) {
        const found = await database.db.inSystem(work)
        await new Promise<void>((resolve) => {
          answered = resolve
        })
        return found
      },
    }
    const real = createRevocations({ db: database.db, now: Date.now, log })
    const revocations = { ...real, isFresh: () => true }
    const node = createKeyCache({ db, revocations, now: Date.now, log })
    const key = await makeKey()
    const reach = { organizationId, workspaceId: null }
    revocations.forget()
    const early = node.find(hashKey(key.api_key))
    const until = answered
    while (answered === until) await new Promise((resolve) => setTimeout(resolve, 5))
    await database.db.inTenant(organizationId, (tx) => store.revoke(tx, reach, key))
    revocations.forget()
    answered()
    expect((await early)?.revoked_at).toBeNull()
    const before = answered
    const late = node.find(hashKey(key.api_key))
    while (answered === before) await new Promise((resolve) => setTimeout(resolve, 5))
    answered()
    expect((await late)?.revoked_at).not.toBeNull()
  })

  it('writes the last use of keys together', async () => {
    const { db } = database
    const revocations = createRevocations({ db, now: Date.now, log })
    const node = createKeyCache({ db, revocations, now: Date.now, log })
    const key = await makeKey()
    const known = await node.find(hashKey(key.api_key))
    if (known === null) throw new Error('the key is known')
    node.used(known)
    node.used(known)
    await node.stop()
    const { last_used_at } = await database.db.inTenant(organizationId, (tx) =>
      tx.one<{ last_used_at: string }>(sql`select last_used_at from api_keys where id = ${key.id}`),
    )
    expect(Math.abs(Date.parse(last_used_at) - Date.now())).toBeLessThan(60_000)
  })
})
