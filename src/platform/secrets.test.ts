import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSecrets, SecretUnreadable } from './secrets.ts'

const masterKey = Buffer.alloc(32, 1)
const otherKey = Buffer.alloc(32, 2)
const secrets = createSecrets({ masterKey })
const context = 'organization/1/connection/2/token'

const reasonOf = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    if (error instanceof SecretUnreadable) return error.reason
    throw error
  }
  return 'no error'
}

describe('seal and open', () => {
  it.each([0, 1, 15, 16, 17, 1000, 100_000])('gives back %i bytes', (length) => {
    const plaintext = randomBytes(length)
    const sealed = secrets.seal(plaintext, context)
    expect(sealed).toHaveLength(97 + length)
    expect(secrets.open(sealed, context)).toEqual(plaintext)
  })

  it('takes a text as UTF-8, and hides it', () => {
    const sealed = secrets.seal('pässword', context)
    expect(secrets.open(sealed, context).toString()).toBe('pässword')
    expect(sealed.includes('password')).toBe(false)
  })

  it('never seals the same value twice alike, in key, nonce or ciphertext', () => {
    const a = secrets.seal('same', context)
    const b = secrets.seal('same', context)
    const parts = [
      [9, 21],
      [37, 69],
      [69, 81],
      [97, 101],
    ] as const
    for (const [from, to] of parts) {
      expect(a.subarray(from, to)).not.toEqual(b.subarray(from, to))
    }
  })

  it('notices a change of any single bit', () => {
    const sealed = secrets.seal('a value', context)
    for (let at = 0; at < sealed.length * 8; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
      expect(reasonOf(() => secrets.open(changed, context))).not.toBe('no error')
    }
  })

  it('notices a missing or an added byte', () => {
    const sealed = secrets.seal('a value', context)
    for (let length = 0; length < sealed.length; length += 1) {
      expect(reasonOf(() => secrets.open(sealed.subarray(0, length), context))).not.toBe('no error')
    }
    const longer = Buffer.concat([sealed, Buffer.of(0)])
    expect(reasonOf(() => secrets.open(longer, context))).toBe('not_authentic')
  })

  it('opens under its own context only', () => {
    const sealed = secrets.seal('a value', context)
    for (const other of ['organization/2/connection/2/token', `${context}/`, `/${context}`]) {
      expect(reasonOf(() => secrets.open(sealed, other))).toBe('not_authentic')
    }
    expect(() => secrets.seal('a value', '')).toThrow('needs a context')
  })

  it('does not join the key of one value with the payload of another', () => {
    const a = secrets.seal('a value', context)
    const b = secrets.seal('b value', context)
    const mixed = Buffer.concat([a.subarray(0, 69), b.subarray(69)])
    expect(reasonOf(() => secrets.open(mixed, context))).toBe('not_authentic')
  })

  it('says what is wrong', () => {
    const sealed = secrets.seal('a value', context)
    const stranger = createSecrets({ masterKey: otherKey })
    expect(reasonOf(() => stranger.open(sealed, context))).toBe('unknown_key')
    expect(reasonOf(() => secrets.open(Buffer.from('hello'), context))).toBe('malformed')
    const future = Buffer.from(sealed)
    future[0] = 2
    expect(reasonOf(() => secrets.open(future, context))).toBe('malformed')
  })
})

describe('rotation', () => {
  const old = createSecrets({ masterKey: otherKey })
  const both = createSecrets({ masterKey, previousMasterKey: otherKey })

  it('opens what the previous key sealed, and seals with the current one', () => {
    const before = old.seal('a value', context)
    expect(both.open(before, context).toString()).toBe('a value')
    expect(both.needsRewrap(before)).toBe(true)
    const after = both.seal('a value', context)
    expect(both.needsRewrap(after)).toBe(false)
    expect(secrets.open(after, context).toString()).toBe('a value')
  })

  it('re-wraps without touching the payload, after which the previous key is not needed', () => {
    const before = old.seal('a value', context)
    const after = both.rewrap(before)
    expect(after.subarray(69)).toEqual(before.subarray(69))
    expect(both.needsRewrap(after)).toBe(false)
    expect(secrets.open(after, context).toString()).toBe('a value')
    expect(reasonOf(() => old.open(after, context))).toBe('unknown_key')
    expect(reasonOf(() => secrets.open(after, 'elsewhere'))).toBe('not_authentic')
  })

  it('leaves a value of the current key as it is', () => {
    const sealed = both.seal('a value', context)
    expect(both.rewrap(sealed)).toEqual(sealed)
  })

  it('does not re-wrap what was changed or belongs to neither key', () => {
    const before = old.seal('a value', context)
    const damaged = Buffer.from(before)
    damaged[40] = (damaged[40] ?? 0) ^ 1
    expect(reasonOf(() => both.rewrap(damaged))).toBe('not_authentic')
    const third = createSecrets({ masterKey: Buffer.alloc(32, 3) }).seal('a value', context)
    expect(reasonOf(() => both.rewrap(third))).toBe('unknown_key')
    expect(reasonOf(() => both.needsRewrap(third))).toBe('unknown_key')
  })

  it('tells which key fits the data', () => {
    expect(both.fits(both.checkValue())).toBe('current')
    expect(both.fits(old.checkValue())).toBe('previous')
    expect(secrets.fits(both.checkValue())).toBe('current')
    expect(secrets.fits(old.checkValue())).toBe(null)
    expect(secrets.fits(Buffer.alloc(0))).toBe(null)
    expect(secrets.fits(Buffer.concat([secrets.checkValue(), Buffer.of(0)]))).toBe(null)
  })
})

describe('subkeys', () => {
  it('differ by label and master key, and stay the same otherwise', () => {
    const key = secrets.subkey('fingerprints')
    expect(key).toHaveLength(32)
    expect(createSecrets({ masterKey }).subkey('fingerprints')).toEqual(key)
    expect(secrets.subkey('sessions')).not.toEqual(key)
    expect(createSecrets({ masterKey: otherKey }).subkey('fingerprints')).not.toEqual(key)
  })

  it('are HKDF-SHA-256 of the master key (RFC 5869), so that others can derive them', () => {
    const extracted = createHmac('sha256', Buffer.alloc(32)).update(masterKey).digest()
    const info = 'panthera/secrets/1/subkey/sessions\x01'
    const expanded = createHmac('sha256', extracted).update(info).digest()
    expect(secrets.subkey('sessions')).toEqual(expanded)
  })

  it('of the previous key are at hand while there is one', () => {
    const both = createSecrets({ masterKey, previousMasterKey: otherKey })
    const old = createSecrets({ masterKey: otherKey })
    expect(both.previousSubkey('sessions')).toEqual(old.subkey('sessions'))
    expect(secrets.previousSubkey('sessions')).toBe(null)
  })
})

describe('createSecrets', () => {
  it('refuses a key of another length', () => {
    expect(() => createSecrets({ masterKey: Buffer.alloc(31) })).toThrow('32 bytes, not 31')
    const previousMasterKey = Buffer.alloc(33)
    expect(() => createSecrets({ masterKey, previousMasterKey })).toThrow('32 bytes, not 33')
  })

  it('does not change when the caller wipes its buffer', () => {
    const wiped = Buffer.from(masterKey)
    const made = createSecrets({ masterKey: wiped })
    wiped.fill(0)
    expect(made.subkey('sessions')).toEqual(secrets.subkey('sessions'))
  })
})
