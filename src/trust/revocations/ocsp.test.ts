// OCSP answers to the end of an authority's life, at a bounded cost.
import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasDatabase, useTestDatabase } from '../../../test/fixtures/database.ts'
import { sql } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { createSecrets } from '../../platform/secrets.ts'
import { createAuthority } from '../authorities/create.ts'
import { createAuthorities } from '../authorities/load.ts'
import type { AuthorityRow } from '../authorities/store.ts'
import type { Trust } from '../parts.ts'
import { buildOcspRequest } from '../x509/ocsp/request.ts'
import { ocspFailure, parseOcspResponse } from '../x509/ocsp/response.ts'
import { createOcsp } from './ocsp.ts'

const dayMs = 86_400_000
const organizationId = uuid7()
const actor = { kind: 'system', id: 'test', name: 'Test' } as const
const origin = { caller: { organizationId, actor }, address: null, requestId: null }

describe.skipIf(!hasDatabase)('OCSP', () => {
  const database = useTestDatabase()
  const start = Date.now()
  let now = start
  let trust: Trust
  let row: AuthorityRow
  beforeAll(async () => {
    const { db } = database
    await db.inSystem((tx) =>
      tx.run(sql`insert into organizations (id, name, plan)
        values (${organizationId}, 'O', 'enterprise')`),
    )
    const platform = {
      db,
      secrets: createSecrets({ masterKey: randomBytes(32) }),
      config: { publicUrl: 'http://localhost:4000' },
      now: () => now,
    } as unknown as Platform
    trust = { platform, authorities: createAuthorities(platform) } as unknown as Trust
    const settings = { intermediateValidityDays: 2 }
    const wanted = { name: 'Short', type: 'internal', settings, isDefault: false } as const
    row = await createAuthority(platform, origin, wanted)
  })
  beforeEach(() => {
    now = start
  })

  const issuer = async () => {
    const keys = await database.db.inTenant(organizationId, (tx) => trust.authorities.keys(tx, row))
    return keys.issuer.certificate
  }
  const question = async (nonce?: Uint8Array) =>
    buildOcspRequest(await issuer(), [randomBytes(16)], nonce === undefined ? {} : { nonce })
  const responders = async () => {
    const { n } = await database.db.inTenant(organizationId, (tx) =>
      tx.one<{ n: number }>(sql`select count(*)::int as n from authority_certificates
        where organization_id = ${organizationId} and role = 'responder'`),
    )
    return n
  }

  it('makes one responder in the last days of an authority, not one for each request', async () => {
    for (let n = 0; n < 3; n++) {
      const ocsp = createOcsp(trust)
      await ocsp.answer(row, await question())
      await ocsp.answer(row, await question(randomBytes(16)))
    }
    expect(await responders()).toBe(1)
  })

  it('is believed no longer than the authority', async () => {
    const end = (await issuer()).validTo
    now = end.getTime() - 3_600_000
    const { der } = await createOcsp(trust).answer(row, await question())
    const [answer] = parseOcspResponse(der).answers
    expect(answer?.nextUpdate).toEqual(end)
    expect(await responders()).toBe(1)
  })

  it('answers nothing after the end of the authority', async () => {
    now = start + 2 * dayMs
    const told = await createOcsp(trust).answer(row, await question())
    expect(told).toEqual({ der: ocspFailure('unauthorized'), maxAge: 0 })
    expect(await responders()).toBe(1)
  })

  it('keeps one answer of a question, whatever else a request holds', async () => {
    const ocsp = createOcsp(trust)
    const plain = await question()
    const first = await ocsp.answer(row, plain)
    const second = await ocsp.answer(row, named(plain))
    // Signatures of ECDSA differ each time that one is made.
    expect(second.der).toBe(first.der)
  })
})

/** The same question with a name of who asks, as [1] before its list. */
function named(request: Uint8Array): Uint8Array {
  const list = contentOf(contentOf(request))
  const name = wrapped(0xa1, wrapped(0x82, Buffer.alloc(2_000, 'a')))
  return wrapped(0x30, wrapped(0x30, Buffer.concat([name, list])))
}

function wrapped(tag: number, content: Uint8Array): Buffer {
  const { length } = content
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 255]), content])
}

function contentOf(der: Uint8Array): Uint8Array {
  const long = (der[1] ?? 0) & 0x80 ? (der[1] ?? 0) & 0x7f : 0
  return der.subarray(2 + long)
}
