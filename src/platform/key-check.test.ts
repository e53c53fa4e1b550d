import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../test/fixtures/database.ts'
import { sql } from './db.ts'
import { uuid7 } from './ids.ts'
import { checkMasterKey, MasterKeyMismatch } from './key-check.ts'
import { createSecrets } from './secrets.ts'
import { tenantKey } from './tenant-keys.ts'

const organizationId = uuid7()
const place = { organizationId, purpose: 'test' }

describe.skipIf(!hasDatabase)('the master key', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
    await database.db.inSystem((tx) =>
      tx.run(
        sql`insert into organizations (id, name, plan) values (${organizationId}, 'O', 'free')`,
      ),
    )
  })
  afterAll(() => database.close())

  const old = createSecrets({ masterKey: Buffer.alloc(32, 1) })
  const both = createSecrets({
    masterKey: Buffer.alloc(32, 2),
    previousMasterKey: Buffer.alloc(32, 1),
  })
  const next = createSecrets({ masterKey: Buffer.alloc(32, 2) })
  const other = createSecrets({ masterKey: Buffer.alloc(32, 3) })

  const key = (secrets: typeof old) =>
    database.db.inTenant(organizationId, (tx) => tenantKey(tx, secrets, place))

  it('fits the data that it made, and another one does not', async () => {
    expect(await checkMasterKey(database.db, old)).toBe(0)
    expect(await checkMasterKey(database.db, old)).toBe(0)
    await expect(checkMasterKey(database.db, other)).rejects.toThrow(MasterKeyMismatch)
  })

  it('is changed by naming the previous one once: what it sealed stays the same', async () => {
    const before = await key(old)
    // As a deleted webhook leaves it: its secrets are wiped at once, its row goes later.
    await database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`insert into webhook_endpoints
          (organization_id, id, surface, url, events, sealed_secrets, breaker)
        values (${organizationId}, ${uuid7()}, 'gate', 'https://example.com', '{}', '', '{}')`),
    )
    // What belongs to no tenant is wrapped anew as well.
    const sealed = old.seal('private', 'signing-key/k1')
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into signing_keys (kid, public_jwk, sealed_private_key, signs_from)
        values ('k1', '{}', ${sealed}, now())`),
    )
    expect(await checkMasterKey(database.db, both)).toBe(2)
    expect(await checkMasterKey(database.db, next)).toBe(0)
    expect(await key(next)).toEqual(before)
    await expect(checkMasterKey(database.db, old)).rejects.toThrow(MasterKeyMismatch)
  })
})
