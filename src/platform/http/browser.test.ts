import { expect, it } from 'vitest'
import { cookie, originRule, requireOwnOrigin, setCookie } from './browser.ts'

const surfaceHosts = new Map([['trust.example', 'trust']] as const)

it.each([
  ['https://panthera.example', 'https://panthera.example', true],
  ['https://panthera.example', 'https://trust.example', true],
  ['https://panthera.example', 'http://panthera.example', false],
  ['https://panthera.example', 'https://panthera.example:8443', false],
  ['https://panthera.example', 'https://panthera.example.evil.example', false],
  ['https://panthera.example', 'null', false],
  ['https://panthera.example', '', false],
  ['http://localhost:4000', 'http://localhost:4000', true],
  ['http://localhost:4000', 'http://trust.example:4000', true],
  ['http://localhost:4000', 'http://localhost:4001', false],
])('of %s, the origin %s is ours: %s', (publicUrl, origin, isOwn) => {
  expect(originRule({ publicUrl, surfaceHosts })(origin)).toBe(isOwn)
})

it('asks for an origin where something may change, and only there', () => {
  const isOwn = originRule({ publicUrl: 'https://a.example', surfaceHosts })
  const send = (method: string, origin?: string) => () =>
    requireOwnOrigin({ method, headers: origin === undefined ? {} : { origin } }, isOwn)
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(send(method)).not.toThrow()
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE']) {
    expect(send(method)).toThrow('does not come from a page')
    expect(send(method, 'https://b.example')).toThrow('does not come from a page')
    expect(send(method)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('Origin') }),
    )
    expect(send(method, 'https://a.example')).not.toThrow()
  }
})

it.each([
  ['connect.sid=abc', 'abc'],
  ['a=1; connect.sid=abc; connect.sid=def', 'abc'],
  ['xconnect.sid=abc', null],
  ['connect.sid', null],
  ['', null],
  [undefined, null],
])('reads the cookie of %j', (header, value) => {
  expect(cookie(header === undefined ? {} : { cookie: header }, 'connect.sid')).toBe(value)
})

it('marks a cookie as secure where the public URL is', () => {
  const made = { name: 'connect.sid', value: 'v', seconds: 60 }
  expect(setCookie('https://a.example', made)).toBe(
    'connect.sid=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict',
  )
  expect(setCookie('http://localhost:4000', made)).toBe(
    'connect.sid=v; Path=/; Max-Age=60; HttpOnly; SameSite=Strict',
  )
})
