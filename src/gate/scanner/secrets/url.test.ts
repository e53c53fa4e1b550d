import { describe, expect, it } from 'vitest'
import { isLocalHost, readUrlPassword } from './url.ts'

const read = (text: string) => readUrlPassword(text, text.indexOf('://') + 3)

describe('readUrlPassword', () => {
  it.each([
    ['postgres://app:q7Zx@db.shop.dev:5432/x', 'postgres', 'app', 'db.shop.dev:5432', 'q7Zx'],
    ['redis://:q7Zx@cache', 'redis', '', 'cache', 'q7Zx'],
    ['url="mongodb+srv://a:p@ss:w@h1.dev,h2.dev/x"', 'mongodb+srv', 'a', 'h1.dev,h2.dev', 'p@ss:w'],
    ['AMQP://u:p%40ss@[::1]:5672', 'amqp', 'u', '[::1]:5672', 'p%40ss'],
  ])('%s', (text, scheme, user, host, value) => {
    const found = read(text)
    expect(found).toMatchObject({ scheme, user, host, value })
    expect(text.slice(found?.start, found?.end)).toBe(value)
  })

  it.each([
    'https://shop.dev/a:b@c',
    'https://shop.dev:8080',
    'https://user@shop.dev',
    'https://user:@shop.dev',
    'https://a:b@{host}/',
    'https://a:b c@shop.dev',
    `https://${'a'.repeat(1e6)}:b@shop.dev`,
  ])('%.40s has none', (text) => {
    expect(read(text)).toBeNull()
  })
})

describe('isLocalHost', () => {
  it('knows loopback, private and reserved names', () => {
    for (const host of [
      'localhost',
      'db',
      '127.0.0.1:5432',
      '10.0.0.5',
      'a.example.com',
      'x.test',
    ]) {
      expect(isLocalHost(host), host).toBe(true)
    }
    for (const host of ['shop.dev', 'db.internal.shop.dev:5432', '93.184.216.34']) {
      expect(isLocalHost(host), host).toBe(false)
    }
  })
})
