// A change holds at once on the node that made it and soon on the others, and who does not know
// says so.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { type Database, sql } from '../../platform/db.ts'
import { createLog } from '../../platform/log.ts'
import { policyService } from '../policies/service.ts'
import { type Check, check } from '../policies/written.ts'
import { createActivePolicies } from './active-policies.ts'
import { announceAuthorizationChange, createGenerations } from './generation.ts'
import { createKnownEntities } from './known-entities.ts'

const organizationId = '33333333-0000-4000-8000-000000000000'

describe.skipIf(!hasDatabase)('policies in force', () => {
  const database = useTestDatabase()
  const log = createLog({ destination: { write: () => undefined } })
  const stops: (() => void)[] = []
  afterEach(() => {
    for (const stop of stops.splice(0)) stop()
  })

  function node(options: { db?: Database; now?: () => number } = {}) {
    const { db = database.db, now = Date.now } = options
    const generations = createGenerations({ db, now, log })
    const policies = createActivePolicies({ db, generations, now, log })
    const entities = createKnownEntities({ db, generations })
    const checked: Check = async (...asked) => check(...asked)
    const service = policyService({ db, check: checked, changed: generations.forget })
    stops.push(generations.stop)
    return { generations, policies, entities, service }
  }

  const origin = {
    caller: {
      organizationId,
      workspaceId: 'ws_1',
      plan: 'free' as const,
      actor: { kind: 'key' as const, id: 'key_1', name: 'key' },
      surface: 'identity' as const,
      scopes: ['*'],
      expiresAt: null,
      firstOrganization: false,
    },
    address: null,
    requestId: null,
  }
  const wanted = {
    name: 'All',
    cedar: 'permit (principal is User, action, resource);',
    status: 'active' as const,
    metadata: {},
  }
  const organization = () =>
    database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan) values (${organizationId}, 'O', 'free')
        on conflict do nothing`),
    )
  const versions = (node: { policies: ReturnType<typeof createActivePolicies> }) =>
    node.policies
      .of(organizationId)
      .then(({ members }) => [...members.values()].map(({ version }) => version))

  it('hold at once where they were changed, and on another node without being told', async () => {
    await organization()
    const [one, other] = [node(), node()]
    other.generations.start()
    expect(await versions(other)).toEqual([])
    const { id } = await one.service.create(origin, wanted)
    expect(await versions(one)).toEqual([1])
    await vi.waitFor(async () => expect(await versions(other)).toEqual([1]), { timeout: 5_000 })
    await one.service.change(origin, id, { name: 'Still all', cedar: wanted.cedar })
    expect(await versions(one)).toEqual([2])
    await vi.waitFor(async () => expect(await versions(other)).toEqual([2]), { timeout: 5_000 })
    await one.service.remove(origin, id)
    expect(await versions(one)).toEqual([])
    await vi.waitFor(async () => expect(await versions(other)).toEqual([]), { timeout: 5_000 })
  })

  it('are asked for again after a second without a poll', async () => {
    await organization()
    let time = Date.now()
    const stale = node({ now: () => time })
    expect(await versions(stale)).toEqual([])
    const { id } = await node().service.create(origin, wanted)
    time += 999
    expect(await versions(stale)).toEqual([])
    time += 2
    expect(stale.policies.ready(organizationId)).toBeNull()
    expect(await versions(stale)).toEqual([1])
    await node().service.remove(origin, id)
  })

  it('are not guessed where the database is away', async () => {
    await organization()
    let time = Date.now()
    let isAway = false
    const db: Database = {
      ...database.db,
      inTenant: (tenant, work) =>
        isAway ? Promise.reject(new Error('away')) : database.db.inTenant(tenant, work),
    }
    const alone = node({ db, now: () => time })
    expect(await versions(alone)).toEqual([])
    isAway = true
    expect(await versions(alone)).toEqual([])
    time += 1_001
    await expect(versions(alone)).rejects.toMatchObject({ code: 'unavailable' })
    isAway = false
    expect(await versions(alone)).toEqual([])
  })

  it('are read again where a change comes in while they are read', async () => {
    await organization()
    const writer = node()
    let between = async () => {}
    const db: Database = {
      ...database.db,
      async inTenant(tenant, work) {
        const result = await database.db.inTenant(tenant, work)
        await between()
        return result
      },
    }
    const reader = node({ db })
    let made: string | undefined
    between = async () => {
      if (made !== undefined) return
      made = ''
      made = (await writer.service.create(origin, wanted)).id
      reader.generations.forget(organizationId)
    }
    expect(await versions(reader)).toEqual([1])
    await writer.service.remove(origin, made ?? '')
  })

  it('forget principals that changed, and only those of the organization', async () => {
    await organization()
    const one = node()
    const load = () =>
      one.entities.load(organizationId, { principals: ['principal_x'], resources: [] })
    await one.generations.ask(organizationId)
    await load()
    expect(one.entities.principal(organizationId, 'principal_x')).toBeNull()
    await database.db.inTenant(organizationId, (tx) =>
      announceAuthorizationChange(tx, organizationId),
    )
    one.generations.forget(organizationId)
    expect(one.entities.principal(organizationId, 'principal_x')).toBeUndefined()
    await one.generations.ask(organizationId)
    expect(one.entities.principal(organizationId, 'principal_x')).toBeUndefined()
    await load()
    expect(one.entities.principal(organizationId, 'principal_x')).toBeNull()
  })
})
