import { describe, expect, it } from 'vitest'
import { isPassword, isPlainPassword, isRandomUuid, isToken } from './judge.ts'
import { guessingBits, shannonEntropy, wordShare } from './randomness.ts'

describe('isPassword', () => {
  it.each(['kV9#tq2Lm!x7', 'admin123', 'Admin_123', 'Welcome2024!', 'q7zx81lm', 'SuperSecret1!'])(
    '%s',
    (value) => {
      expect(isPassword(value)).toBe(true)
    },
  )

  it.each([
    'short',
    'password',
    'Password1',
    'correct horse',
    'user-password',
    'password_field_1',
    'oauth2',
    'sha256',
    '/run/secrets/db1',
    './key1.pem',
    'https://shop.dev/1',
    'com.example.Password1',
    '$2b$12$abcdefghijklmnopqrstuv',
    '123e4567-e89b-12d3-a456-426614174000',
    '20240229',
    'pässwort1',
  ])('%s is none', (value) => {
    expect(isPassword(value)).toBe(false)
  })
})

describe('isPlainPassword', () => {
  it.each(['gardenia', 'supersecure', 'nextcloud'])('%s', (value) => {
    expect(isPlainPassword(value, false)).toBe(true)
  })

  it.each([
    'four',
    'changeme',
    'your-password',
    'required',
    'string',
    '{{ word }}',
    '<%= word %>',
    'banana banana',
    '<word>',
    '/run/secrets/word',
    '12345678',
  ])('%s is none', (value) => {
    expect(isPlainPassword(value, true)).toBe(false)
  })

  it('takes what stands in for a password only where one is kept', () => {
    expect(isPlainPassword('admin', true)).toBe(true)
    expect(isPlainPassword('admin', false)).toBe(false)
  })
})

describe('isRandomUuid', () => {
  it('asks for version 4', () => {
    expect(isRandomUuid('7f21c0de-58a1-4c1d-9e3b-2d8e6f0a41b7')).toBe(true)
    expect(isRandomUuid('7f21c0de-58a1-1c1d-9e3b-2d8e6f0a41b7')).toBe(false)
    expect(isRandomUuid('00000000-0000-4000-8000-000000000001')).toBe(false)
  })
})

describe('what base64 hides', () => {
  it('is no token where it is a stand-in', () => {
    const encoded = (text: string) => Buffer.from(text).toString('base64')
    expect(isToken(encoded('username:password'), false)).toBe(false)
    expect(isToken(encoded('deploys:deploys'), false)).toBe(false)
    expect(isToken(encoded('deploy:q7Zx81LmPw'), false)).toBe(true)
  })
})

describe('isToken', () => {
  it.each([
    'q7Zx81LmPw04Vt2K',
    '9f86d081884c7d659a2feaa0c55ad015',
    'QxJtKvPzLmWdRhGfBnYc',
    'ab12-cd34-ef56-gh78-ij90',
    'zh!=!gq(w^_t[sBR29954x)HI+$ehwss*xYNQeu([xcWM',
  ])('%s', (value) => {
    expect(isToken(value, false)).toBe(true)
  })

  it.each([
    'q7Zx81Lm',
    'my-long-setting-name-with-words-1',
    'getAccessTokenFromHeader2',
    '123e4567-e89b-12d3-a456-426614174000',
    '1234567890123456789',
    'https://shop.dev/token/q7Zx81LmPw04',
    'com.example.security.TokenStore1',
    'two words q7Zx81LmPw04',
  ])('%s is none', (value) => {
    expect(isToken(value, false)).toBe(false)
  })

  it('asks for more where samples abound', () => {
    expect(isToken('q7Zx81LmPw04Vt2K', true)).toBe(false)
    expect(isToken('9f86d081884c7d659a2feaa0c55ad015', true)).toBe(false)
    expect(isToken('q7Zx81LmPw04Vt2KdR93Yb6N', true)).toBe(true)
  })
})

describe('randomness', () => {
  it('measures entropy per character', () => {
    expect(shannonEntropy('aaaa')).toBe(0)
    expect(shannonEntropy('abab')).toBe(1)
    expect(shannonEntropy('0123456789abcdef')).toBe(4)
  })

  it('sees words in any case', () => {
    expect(wordShare('secretPasswordStore')).toBe(1)
    expect(wordShare('q7Zx81LmPw04Vt2K')).toBe(0)
    expect(wordShare('')).toBe(0)
  })

  it('counts words and repetitions as guessed', () => {
    expect(guessingBits('CorrectHorseBatteryStaple2024!')).toBeLessThan(80)
    expect(guessingBits('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')).toBe(0)
    expect(guessingBits('hunter2hunter2')).toBeLessThan(80)
    expect(guessingBits('q7Zx81LmPw04Vt2KdR93')).toBeGreaterThan(80)
    expect(guessingBits('9f86d081884c7d659a2feaa0c55ad015')).toBeGreaterThan(80)
  })
})
