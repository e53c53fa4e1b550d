import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkValue } from './check.ts'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function checksumOf(text: string): string {
  let rest = BigInt(crc32(text))
  let digits = ''
  for (; rest > 0n; rest /= 62n) digits = base62[Number(rest % 62n)] + digits
  return digits.padStart(6, '0')
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('crc32-base62', () => {
  it('agrees with a slower computation, leading zeros and all', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const body = `${seed}`.padStart(30, 'aZ09')
      expect(checkValue('crc32-base62', `abc_${body}${checksumOf(body)}`)).toBe('right')
    }
  })

  it('doubts another checksum', () => {
    const body = 'a'.repeat(30)
    expect(checkValue('crc32-base62', `abc_${body}000000`)).toBe('doubtful')
  })

  it('covers the prefix where it should', () => {
    const token = `ak_${'b'.repeat(32)}`
    expect(checkValue('crc32-base62-whole', token + checksumOf(token))).toBe('right')
    expect(checkValue('crc32-base62-whole', token + checksumOf(token.slice(3)))).toBe('wrong')
  })
})

describe('jwt', () => {
  const jwt = `${base64({ alg: 'ES256' })}.${base64({ sub: 'a' })}.c2lnbmF0dXJl`

  it('asks for a header with an algorithm', () => {
    expect(checkValue('jwt', jwt)).toBe('right')
    expect(checkValue('jwt', Buffer.from(jwt).toString('base64'))).toBe('right')
    expect(checkValue('jwt', `${base64({ kid: 'a' })}.${base64({})}.c2ln`)).toBe('wrong')
    expect(checkValue('jwt', 'eyJub3QganNvbg.eyJhIjoxfQ.c2ln')).toBe('wrong')
    expect(checkValue('jwt', `${base64(null)}.${base64({})}.c2ln`)).toBe('wrong')
  })

  it('knows a service role by its claim', () => {
    const role = (name: string) => `${base64({ alg: 'HS256' })}.${base64({ role: name })}.c2ln`
    expect(checkValue('supabase-service-role', role('service_role'))).toBe('right')
    expect(checkValue('supabase-service-role', role('anon'))).toBe('wrong')
  })
})

describe('basic-credentials', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64')

  it('asks for a user and a password that is one', () => {
    expect(checkValue('basic-credentials', encoded('deploy:q7Zx81Lm'))).toBe('right')
    for (const text of ['user:password', 'same:same', 'no colon', 'a:b', '\x01\x02:\x03\x04\x05']) {
      expect(checkValue('basic-credentials', encoded(text)), text).toBe('wrong')
    }
  })
})

describe('others', () => {
  it('decode or count what they name', () => {
    const user = Buffer.from('918273645546372819').toString('base64url')
    expect(checkValue('discord-bot', `${user}.GqMxYz.abc`)).toBe('right')
    expect(checkValue('discord-bot', 'bm90IGEgbnVtYmVy.GqMxYz.abc')).toBe('wrong')
    expect(checkValue('mixed', 'aB1')).toBe('right')
    expect(checkValue('mixed', 'ab1')).toBe('wrong')
    expect(checkValue('mixed-case', 'aB')).toBe('right')
    expect(checkValue('mixed-case', 'ab')).toBe('wrong')
    expect(checkValue('password', 'q7Zx81Lm')).toBe('right')
    expect(checkValue('password', 'password')).toBe('wrong')
    expect(checkValue('header-token', '7f21c0de-58a1-4c1d-9e3b-2d8e6f0a41b7')).toBe('right')
    expect(checkValue('header-token', 'Sk94HG7f6KB')).toBe('right')
    expect(checkValue('header-token', 'your-token-1')).toBe('wrong')
  })
})
