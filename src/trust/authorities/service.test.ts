// Who names no authority finds one, whatever became of those that there were.
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { createAuthority } from './create.ts'
import { createAuthorities } from './load.ts'
import { authorityService } from './service.ts'

describe.skipIf(!hasDatabase)('the default authority', () => {
  const database = useTestDatabase()
  const secrets = createSecrets({ masterKey: randomBytes(32) })
  let organizationId: string
  beforeEach(async () => {
    organizationId = uuid7()
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
  })

  const platform = () =>
    ({
      db: database.db,
      secrets,
      config: { publicUrl: 'http://localhost:4000' },
      now: Date.now,
    }) as unknown as Platform
  const create = (name: string, type: 'internal' | 'csr', settings = {}) => {
    const actor = { kind: 'system', id: 'test', name: 'Test' } as const
    const origin = { caller: { organizationId, actor }, address: null, requestId: null }
    return createAuthority(platform(), origin, { name, type, settings, isDefault: false })
  }
  const ensure = () =>
    authorityService(platform(), createAuthorities(platform())).ensureDefault(organizationId)
  const authorities = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.rows(sql`select name, is_default as "isDefault" from certificate_authorities
        where organization_id = ${organizationId} order by id`),
    )
  const withdraw = () =>
    database.db.inTenant(organizationId, (tx) =>
      tx.run(sql`update certificate_authorities set is_default = false
        where organization_id = ${organizationId}`),
    )

  it('is made once, under a name that is free', async () => {
    await create('panthera internal ca', 'csr')
    await Promise.all([ensure(), ensure(), ensure()])
    expect(await authorities()).toEqual([
      { name: 'panthera internal ca', isDefault: false },
      { name: 'Panthera Internal CA 2', isDefault: true },
    ])
  })

  it('is the oldest that still signs, where there is none', async () => {
    await create('Ends at once', 'internal', { intermediateValidityDays: 1 })
    await create('First', 'internal')
    await create('Second', 'internal')
    await withdraw()
    await ensure()
    expect(await authorities()).toEqual([
      { name: 'Ends at once', isDefault: false },
      { name: 'First', isDefault: true },
      { name: 'Second', isDefault: false },
    ])
  })

  it('is not whoever comes next', async () => {
    await create('First', 'internal')
    await withdraw()
    await create('Later', 'internal', { intermediateValidityDays: 5 })
    await ensure()
    expect(await authorities()).toMatchObject([{ isDefault: true }, { isDefault: false }])
  })
})
