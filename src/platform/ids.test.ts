import { describe, expect, it } from 'vitest'
import {
  keyChecksumHolds,
  keyPrefixes,
  newKey,
  prefixedId,
  randomBase62,
  uuid7,
  uuid7Generator,
} from './ids.ts'

/** A random source that hands out the given bytes and then repeats the last of them. */
function scripted(...bytes: number[]) {
  let at = 0
  return (count: number) =>
    Uint8Array.from({ length: count }, () => {
      const byte = bytes[Math.min(at, bytes.length - 1)] ?? 0
      at += 1
      return byte
    })
}

const timeOf = (uuid: string) => Number.parseInt(uuid.replace('-', '').slice(0, 12), 16)

describe('uuid7', () => {
  it('matches the example of RFC 9562, appendix A.6', () => {
    // rand_a 0xcc3 and rand_b 0x18c4dc0c0c07398f as one number of 74 bits, in ten bytes.
    const tail = (0xcc3n << 62n) | 0x18c4dc0c0c07398fn
    const bytes = tail.toString(16).padStart(20, '0').match(/../g) ?? []
    const random = scripted(...bytes.map((hex) => Number.parseInt(hex, 16)))
    const next = uuid7Generator(() => 0x017f22e279b0, random)
    expect(next()).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  })

  it('has the form of version 7 with the RFC variant, and the time of the clock', () => {
    const before = Date.now()
    const uuid = uuid7()
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(timeOf(uuid)).toBeGreaterThanOrEqual(before)
    expect(timeOf(uuid)).toBeLessThanOrEqual(Date.now())
  })

  it('rises strictly within a millisecond', () => {
    const uuids = Array.from({ length: 20_000 }, uuid7)
    expect(uuids).toEqual([...uuids].sort())
    expect(new Set(uuids).size).toBe(uuids.length)
  })

  it('rises while the clock goes back', () => {
    const clock = [2000, 2001, 1000, 1500, 2001, 2002]
    const next = uuid7Generator(() => clock.shift() ?? 0, scripted(7))
    const uuids = Array.from({ length: 6 }, next)
    expect(uuids).toEqual([...uuids].sort())
    expect(uuids.map(timeOf)).toEqual([2000, 2001, 2001, 2001, 2001, 2002])
  })

  it('borrows from the next millisecond when the random bits are exhausted', () => {
    const next = uuid7Generator(() => 2000, scripted(255))
    const first = next()
    const second = next()
    expect(first).toBe('00000000-07d0-7fff-bfff-ffffffffffff')
    expect(timeOf(second)).toBe(2001)
    expect(second > first).toBe(true)
  })

  it('takes a new random part in every new millisecond', () => {
    let time = 5
    const next = uuid7Generator(() => time++, scripted(...Array(10).fill(0xff), 0))
    expect(next()).toBe('00000000-0005-7fff-bfff-ffffffffffff')
    expect(next()).toBe('00000000-0006-7000-8000-000000000000')
  })
})

describe('prefixedId', () => {
  it('is the prefix and twelve characters that cannot be misread', () => {
    for (let round = 0; round < 200; round += 1) {
      expect(prefixedId('key')).toMatch(/^key_[0-9a-hjkmnp-tv-z]{12}$/)
    }
  })

  it('takes five bits of each byte', () => {
    const random = scripted(0, 31, 32, 255, 10, 1, 2, 3, 4, 5, 6, 7)
    expect(prefixedId('req', random)).toBe('req_0z0za1234567')
  })
})

describe('randomBase62', () => {
  it('throws away the bytes that would favour the first letters', () => {
    expect(randomBase62(4, scripted(248, 255, 0, 61, 62, 247))).toBe('0z0z')
  })

  it('gives the length asked for', () => {
    expect(randomBase62(0)).toBe('')
    expect(randomBase62(1000)).toMatch(/^[0-9A-Za-z]{1000}$/)
  })

  it('uses all letters about equally often', () => {
    const counts = new Map<string, number>()
    for (const letter of randomBase62(124_000)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(62)
    // 2000 expected, standard deviation 44: eight of them is out of reach for chance.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(360)
  })
})

describe('API keys', () => {
  // Computed with another implementation of CRC-32 (zlib of Python).
  const body = '0123456789ABCDEFGHIJKLMNOPQRSTUV'
  const vectors: [string, string, string][] = [
    ['tg_live_', body, '2ALRRa'],
    ['ak_', body, '1Wf1r1'],
    ['ck_', body, '0QC9Pm'],
    ['ti_live_', body, '0MUMPO'],
    ['ck_live_', body, '2LMN5Z'],
    ['ak_', '00000000000000000000000000000227', '00JtxX'],
  ]

  it.each(vectors)('knows the checksum of %s%s', (prefix, text, checksum) => {
    expect(keyChecksumHolds(prefix + text + checksum)).toBe(true)
  })

  it('makes keys that hold, for every prefix', () => {
    for (const prefix of Object.values(keyPrefixes)) {
      const key = newKey(prefix)
      expect(key.startsWith(prefix)).toBe(true)
      expect(key).toHaveLength(prefix.length + 38)
      expect(keyChecksumHolds(key)).toBe(true)
    }
  })

  it('makes the key of the vector from the bytes of its body', () => {
    const random = scripted(...Array.from({ length: 32 }, (_, at) => at))
    expect(newKey('tg_live_', random)).toBe(['tg_live_', body, '2ALRRa'].join(''))
  })

  it('notices any single changed character and any two swapped neighbours', () => {
    const key = newKey('tg_live_')
    for (let at = 0; at < key.length; at += 1) {
      const changed = key[at] === 'x' ? 'y' : 'x'
      expect(keyChecksumHolds(key.slice(0, at) + changed + key.slice(at + 1))).toBe(false)
      if (at + 1 === key.length || key[at] === key[at + 1]) continue
      const swapped = `${key.slice(0, at)}${key[at + 1]}${key[at]}${key.slice(at + 2)}`
      expect(keyChecksumHolds(swapped)).toBe(false)
    }
  })

  it('refuses another prefix, another length and junk', () => {
    const key = newKey('ck_live_')
    const junk = [
      key.replace('ck_live_', 'ck_'),
      key.replace('ck_live_', 'tg_live_'),
      key.slice(0, -1),
      `${key}0`,
      `${key}\n`,
      ` ${key}`,
      '',
      'ck_live_',
      'x'.repeat(1_000_000),
    ]
    for (const text of junk) expect(keyChecksumHolds(text)).toBe(false)
  })
})
