// A server that dies at any statement of a submission leaves a pack with its entry in the log, or
// neither.
import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { Died, dyingAt } from '../../../test/fixtures/dying-database.ts'
import { type Database, sql, type Tx } from '../../platform/db.ts'
import { evidenceSecret, organizationKeyId } from '../../platform/evidence-secret.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { openHead } from '../log/head.ts'
import { evidenceSigner } from '../log/signing-key.ts'
import * as log from '../log/store.ts'
import type { JsonObject } from '../seal/json/read.ts'
import { sealedBytes, sealOf } from '../seal/submission.ts'
import { submit } from './submit.ts'

const organizationId = uuid7()
const publicUrl = 'http://localhost:4000'
const caller: Caller = {
  organizationId,
  workspaceId: 'ws_1',
  plan: 'enterprise',
  actor: { kind: 'key', id: organizationKeyId, name: 'Test' },
  surface: 'certus',
  scopes: ['*'],
  expiresAt: null,
  firstOrganization: true,
  organizationWide: true,
}
const origin = { caller, address: null, requestId: null }
const statementsMax = 200

describe.skipIf(!hasDatabase)('a submission through crashes', () => {
  const database = useTestDatabase()
  const secrets = createSecrets({ masterKey: randomBytes(32) })
  let secret: string
  beforeAll(async () => {
    await database.db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    const place = { organizationId, keyId: organizationKeyId }
    secret = (await inTenant((tx) => evidenceSecret(tx, secrets, place))) ?? ''
  })

  const inTenant = <Result>(work: (tx: Tx) => Promise<Result>) =>
    database.db.inTenant(organizationId, work)
  const around = (db: Database): Platform =>
    ({
      db,
      secrets,
      config: { publicUrl },
      plans: { packs: () => [] },
      limits: { take: async () => ({ allowed: true }) },
      now: () => Date.now(),
    }) as unknown as Platform
  const sealed = (id: string): string => {
    const content: JsonObject = {
      repo_slug: 'acme/shop',
      commit_hash: 'a'.repeat(40),
      branch: 'main',
      findings: [],
      control_results: [],
      grade: 'A',
      score: 100,
      evidence_pack_id: id,
    }
    const signed_hash = sealOf(sealedBytes(content), secret)
    return JSON.stringify({ ...content, signed_hash })
  }
  /** Packs and entries, which must be as many, and what does not hold of the log. */
  const kept = () =>
    inTenant(async (tx) => {
      const head = await log.head(tx, organizationId)
      const { packs } = await tx.one<{ packs: number }>(sql`select count(*) as packs
        from evidence_packs where organization_id = ${organizationId}`)
      const entries = await log.entries(tx, organizationId, { from: 0, count: 1_000 })
      if (head === null || head.size === 0) return { packs, entries: entries.length, fault: null }
      const { publicKey } = await evidenceSigner(tx, secrets, organizationId)
      const { fault } = await openHead(head, log.tilesOf(tx, organizationId), publicKey)
      return {
        packs,
        entries: entries.length,
        fault: entries.length === head.size ? fault : 'size',
      }
    })

  it('is there wholly or not at all, and can be sent again', async () => {
    let deaths = 0
    for (let statement = 0; statement < statementsMax; statement++) {
      const before = await kept()
      const text = sealed(`pack-${statement}`)
      const dying = around(dyingAt(database.db, statement))
      const died = await submit(dying, origin, text).then(
        () => false,
        (error) => error instanceof Died || Promise.reject(error),
      )
      const after = died
        ? before
        : { ...before, packs: before.packs + 1, entries: before.entries + 1 }
      expect(await kept(), `statement ${statement}`).toEqual({ ...after, fault: null })
      if (!died) break
      deaths += 1
      await submit(around(database.db), origin, text)
    }
    expect(deaths).toBeGreaterThan(10)
    expect(deaths).toBeLessThan(statementsMax)
    const { packs, entries, fault } = await kept()
    expect([packs, entries, fault]).toEqual([deaths + 1, deaths + 1, null])
  })
})
