import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSecrets } from '../secrets.ts'
import { firstSecret, liveKeys, openSecrets, rotate, sealSecrets } from './signing-secrets.ts'

const now = Date.UTC(2026, 0, 1)
const day = 86_400_000

describe('rotation', () => {
  const first = firstSecret(now)

  it('puts a new secret first and lets the old one sign along for the overlap', () => {
    const list = rotate([first], { now, overlapMs: day })
    expect(list).toHaveLength(2)
    expect(list[0].secret).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/)
    expect(list[0].expires_at).toBeNull()
    expect(list[1]).toEqual({ ...first, expires_at: new Date(now + day).toISOString() })
    expect(liveKeys(list, now + day - 1)).toHaveLength(2)
    expect(liveKeys(list, now + day)).toHaveLength(1)
  })

  it('ends the old one at once without an overlap', () => {
    expect(rotate([first], { now, overlapMs: 0 })).toHaveLength(1)
  })

  it('does not lengthen the time of one that is leaving already', () => {
    const once = rotate([first], { now, overlapMs: 1_000 })
    const twice = rotate(once, { now: now + 500, overlapMs: day })
    expect(twice.map(({ expires_at }) => expires_at)).toEqual([
      null,
      new Date(now + 500 + day).toISOString(),
      new Date(now + 1_000).toISOString(),
    ])
  })

  it('keeps a bounded number of secrets', () => {
    let list = [first]
    for (let count = 0; count < 20; count += 1) list = rotate(list, { now, overlapMs: day })
    expect(list).toHaveLength(5)
  })
})

describe('sealing', () => {
  const secrets = createSecrets({ masterKey: randomBytes(32) })
  const place = { organizationId: randomUUID(), endpointId: randomUUID() }
  const list = [firstSecret(now)]

  it('opens for the endpoint that it was sealed for, and for no other', () => {
    const sealed = sealSecrets(secrets, place, list)
    expect(sealed.toString('latin1')).not.toContain('whsec_')
    expect(openSecrets(secrets, place, sealed)).toEqual(list)
    const other = { ...place, endpointId: randomUUID() }
    expect(() => openSecrets(secrets, other, sealed)).toThrow('sealed for another place')
  })
})
