import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, type TestDatabase, testDatabase } from '../../../test/fixtures/database.ts'
import { createLog } from '../../platform/log.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { createRevocations } from '../revocations.ts'
import { accessTokens } from './access-token.ts'
import { createSigningKeys } from './signing-keys.ts'

const day = 86_400_000

describe.skipIf(!hasDatabase)('signing keys', () => {
  let database: TestDatabase
  let at = Date.now()
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.close())

  const secrets = createSecrets({ masterKey: Buffer.alloc(32, 1) })
  const now = () => at

  function node() {
    const { db } = database
    const revocations = createRevocations({ db, now, log: createLog({ level: 'silent' }) })
    const keys = createSigningKeys({ db, secrets, revocations, now })
    return { keys, tokens: accessTokens({ keys, issuer: 'https://i.example', now }) }
  }

  const kids = async (keys: ReturnType<typeof node>['keys']) =>
    (await keys.published()).map(({ kid }) => kid)

  const claims = () => ({
    jti: 'j',
    gid: 'g',
    org: '11111111-0000-4000-8000-000000000000',
    client_id: 'c',
    scope: 'read:audit',
    iat: Math.floor(at / 1000),
    exp: Math.floor(at / 1000) + 3_600,
  })

  it('are one for nodes that start at once, and public only in public', async () => {
    const nodes = [node(), node(), node()]
    const current = await Promise.all(nodes.map(({ keys }) => keys.current()))
    expect(new Set(current.map(({ kid }) => kid)).size).toBe(1)
    const [jwk] = await node().keys.published()
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('follow each other: published a day before, and until the last token is over', async () => {
    const first = (await node().keys.current()).kid
    at += 89 * day + 1
    const early = node()
    const [, second] = await kids(early.keys)
    expect(second).toBeDefined()
    expect((await early.keys.current()).kid).toBe(first)
    const late = await early.tokens.sign(claims())
    at += day
    expect((await early.keys.current()).kid).toBe(second)
    expect((await early.tokens.verify(late)).kind).toBe('expired')
    expect(await kids(early.keys)).toEqual([first, second])
    at += 3 * 3_600_000
    expect(await kids(early.keys)).toEqual([second])
    expect((await early.tokens.verify(late)).kind).toBe('invalid')
  })

  it('take over some time after a rotation by hand', async () => {
    const { keys } = node()
    const before = await keys.current()
    const made = await database.db.inSystem((tx) => keys.rotate(tx, { withdraw: false }))
    const other = node()
    expect((await other.keys.current()).kid).toBe(before.kid)
    expect(await kids(other.keys)).toContain(made.kid)
    at += 16 * 60_000
    expect((await other.keys.current()).kid).toBe(made.kid)
  })

  it('are withdrawn with all that they signed', async () => {
    const here = node()
    const token = await here.tokens.sign(claims())
    expect((await here.tokens.verify(token)).kind).toBe('valid')
    const made = await database.db.inSystem((tx) => here.keys.rotate(tx, { withdraw: true }))
    const there = node()
    expect((await there.keys.current()).kid).toBe(made.kid)
    expect((await there.tokens.verify(token)).kind).toBe('invalid')
    // A node that could not poll asks before it believes what it remembers.
    expect((await here.tokens.verify(token)).kind).toBe('invalid')
  })
})
