import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { readConfig } from '../../platform/config.ts'
import { sql } from '../../platform/db.ts'
import { repositoryPlace } from './place.ts'
import { ensure } from './store.ts'

const config = readConfig({ PANTHERA_GIT_HOSTS: 'git.example.com,git.example.com:8443' })
const organizationId = randomUUID()

describe.skipIf(!hasDatabase)('the identity of a repository', () => {
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

  const idOf = (place: Parameters<typeof ensure>[2]) =>
    database.db.inTenant(organizationId, (tx) => ensure(tx, organizationId, place))
  const idOfUrl = (clone_url: string) =>
    idOf(repositoryPlace(config, { provider: 'git', clone_url }))
  const stored = (id: string) =>
    database.db.inTenant(organizationId, (tx) =>
      tx.one<{ owner: string; name: string; clone_url: string | null }>(
        sql`select owner, name, clone_url from repositories
          where organization_id = ${organizationId} and id = ${id}`,
      ),
    )

  it.each(['github', 'gitlab', 'bitbucket'] as const)(
    'of %s ignores case and keeps the first spelling',
    async (provider) => {
      const first = await idOf({ provider, owner: 'Acme', name: 'Shop', cloneUrl: null })
      const second = await idOf({ provider, owner: 'aCME', name: 'shop', cloneUrl: null })
      expect(second).toBe(first)
      expect(await stored(first)).toMatchObject({ owner: 'Acme', name: 'Shop' })
    },
  )

  it.each([
    'https://GIT.example.com/a/b',
    'https://git.example.com:443/a/b',
    'https://git.example.com/a/b/',
    'https://git.example.com/a/b.git',
    'https://git.example.com/a/b.git/',
  ])('of a git URL is the same as %s', async (url) => {
    expect(await idOfUrl(url)).toBe(await idOfUrl('https://git.example.com/a/b'))
  })

  it.each([
    'https://git.example.com:8443/a/b',
    'https://git.example.com/A/b',
    'https://git.example.com/a/bxgit',
  ])('of a git URL is another than %s', async (url) => {
    expect(await idOfUrl(url)).not.toBe(await idOfUrl('https://git.example.com/a/b'))
  })

  it('clones from the URL as it was named last', async () => {
    await idOfUrl('https://git.example.com/c/d')
    const id = await idOfUrl('https://git.example.com/c/d.git')
    expect(await stored(id)).toEqual({
      owner: 'c',
      name: 'd',
      clone_url: 'https://git.example.com/c/d.git',
    })
  })
})
