import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { type Github, GithubRefused } from '../../platform/github.ts'
import type { Caller } from '../../platform/http/caller.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { bind } from './install.ts'
import { readState, signState } from './state.ts'

const secrets = createSecrets({ masterKey: randomBytes(32) })
const hour = 3_600_000
const now = Date.parse('2026-03-01T12:00:00Z')

function caller(more: Partial<Caller> = {}): Caller {
  return {
    organizationId: randomUUID(),
    workspaceId: 'ws_1',
    plan: 'pro',
    actor: { kind: 'user', id: randomUUID(), name: 'ada@example.com' },
    surface: 'certus',
    scopes: ['*'],
    expiresAt: null,
    firstOrganization: true,
    ...more,
  }
}

describe('the state of an installation', () => {
  const ada = caller()
  const { state } = signState(secrets, ada, now)

  it('tells who asked, for an hour', () => {
    expect(readState(secrets, state, now + hour - 1)).toMatchObject({ actor: ada.actor.id })
    expect(readState(secrets, state, now + hour)).toBe(null)
    expect(readState(secrets, state, now - 1)).toBe(null)
  })

  it.each([
    ['nothing', ''],
    ['no signature', state.split('.')[0] ?? ''],
    ['another content', `e30${state}`],
    ['another key', signState(createSecrets({ masterKey: randomBytes(32) }), ada, now).state],
  ])('is none with %s', (_what, given) => {
    expect(readState(secrets, given, now)).toBe(null)
  })
})

describe.skipIf(!hasDatabase)('binding an installation', () => {
  const database = useTestDatabase()

  async function organized(more: Partial<Caller> = {}): Promise<Caller> {
    const made = caller(more)
    const { organizationId: id } = made
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan) values (${id}, 'O', 'pro')`),
    )
    return made
  }

  function attempt(
    by: Caller,
    given: { state?: string; number?: string; isTheirs?: boolean | null; code?: string } = {},
  ) {
    const { isTheirs = null, number = '1', code = 'code' } = given
    const github: Github = {
      appId: '99',
      asApp: async ({ path }) => {
        if (path.endsWith('/404')) throw new GithubRefused(404, 'Not Found')
        return { data: { account: { login: 'acme' } }, next: null }
      },
      asInstallation: () => Promise.reject(new Error('not asked for')),
      cloneToken: () => Promise.reject(new Error('not asked for')),
      isTheirs: isTheirs === null ? null : async () => isTheirs,
    }
    const platform = { db: database.db, secrets, github, now: () => now } as unknown as Platform
    const state = given.state ?? signState(secrets, by, now).state
    const origin = { caller: by, address: null, requestId: null }
    return bind(platform, origin, { installation_id: number, state, code })
  }

  it('is the operator’s without more, and the same again', async () => {
    const ada = await organized()
    const link = await attempt(ada, { number: '11' })
    expect(link).toMatchObject({ provider: 'github', installation_id: '11', name: 'acme' })
    expect(await attempt(ada, { number: '11' })).toEqual(link)
    const eve = await organized({ firstOrganization: true })
    await expect(attempt(eve, { number: '11' })).rejects.toMatchObject({
      code: 'installation_taken',
    })
  })

  it('is another organization’s only with a proof', async () => {
    const ada = await organized({ firstOrganization: false })
    await expect(attempt(ada)).rejects.toMatchObject({ code: 'not_configured' })
    const refused = { code: 'installation_not_yours' }
    await expect(attempt(ada, { isTheirs: false })).rejects.toMatchObject(refused)
    expect(await attempt(ada, { isTheirs: true, number: '12' })).toMatchObject({ name: 'acme' })
    await expect(attempt(ada, { isTheirs: true, number: '404' })).rejects.toMatchObject(refused)
  })

  it('is nobody’s any more who has lost the right since', async () => {
    const ada = await organized()
    const { state } = signState(secrets, ada, now)
    const refused = { code: 'invalid_state' }
    const demoted = { ...ada, scopes: ['read:evidence'] }
    await expect(attempt(demoted, { state })).rejects.toMatchObject(refused)
    // In a browser that stands in another organization of theirs.
    const session = { id: randomUUID(), userId: ada.actor.id }
    const away = { ...(await organized()), actor: ada.actor, session }
    await expect(attempt(away, { state })).rejects.toMatchObject(refused)
    await database.db.inSystem(async (tx) => {
      await tx.run(sql`insert into users (id, email, password_hash)
        values (${session.userId}, ${`${session.userId}@example.com`}, 'x')`)
    })
    await database.db.inTenant(ada.organizationId, async (tx) => {
      await tx.run(sql`insert into memberships (organization_id, user_id, role)
        values (${ada.organizationId}, ${session.userId}, 'admin')`)
    })
    expect(await attempt(away, { state, number: '14' })).toMatchObject({ name: 'acme' })
  })

  it('is begun and ended by one person, or by a key’s organization', async () => {
    const ada = await organized()
    const eve = await organized()
    const refused = { code: 'invalid_state' }
    const { state } = signState(secrets, ada, now)
    await expect(attempt(eve, { state })).rejects.toMatchObject(refused)
    const key = { ...ada, actor: { kind: 'key', id: 'key_1', name: 'ci' } } as const
    const byKey = signState(secrets, key, now).state
    const viewer = { ...ada, scopes: ['read:evidence'] }
    await expect(attempt(viewer, { state: byKey })).rejects.toMatchObject(refused)
    expect(await attempt(ada, { state: byKey, number: '13' })).toMatchObject({ name: 'acme' })
  })
})
