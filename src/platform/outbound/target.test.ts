import { describe, expect, it } from 'vitest'
import { OutboundRefused } from './errors.ts'
import { hostOf, parseHost, parseTarget, redirectTarget } from './target.ts'

const reasonOf = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    if (error instanceof OutboundRefused) return error.reason
    throw error
  }
  return null
}

describe('parseTarget', () => {
  it('takes absolute https:// and http:// URLs, with any port but 0', () => {
    for (const text of ['https://example.com/a?b#c', 'http://127.0.0.1:8080', 'HTTPS://x:1']) {
      expect(reasonOf(() => parseTarget(text))).toBe(null)
    }
  })

  const wrong: [string, string][] = [
    ['', 'invalid_request'],
    ['/relative', 'invalid_request'],
    ['example.com', 'invalid_request'],
    ['https://', 'invalid_request'],
    ['https://a b/', 'invalid_request'],
    ['https://x:0/', 'invalid_request'],
    ['https://x:65536/', 'invalid_request'],
    ['http://[fe80::1%25eth0]/', 'invalid_request'],
    [`https://x/${'a'.repeat(2048)}`, 'invalid_request'],
    ['ftp://example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://127.0.0.1:25/', 'scheme'],
    ['data:text/plain,x', 'scheme'],
    ['https://user@example.com/', 'credentials'],
    ['https://user:pass@example.com/', 'credentials'],
    ['https://:pass@example.com/', 'credentials'],
  ]
  it.each(wrong)('refuses %j as %s', (text, reason) => {
    expect(reasonOf(() => parseTarget(text))).toBe(reason)
  })

  it('does not repeat a URL, which may hold a secret', () => {
    for (const text of ['ftp://h/secret-path', 'https://u:secret-path@h/', 'secret-path']) {
      expect(() => parseTarget(text)).not.toThrow('secret-path')
    }
  })
})

describe('parseHost', () => {
  const same: [string, string][] = [
    ['Example.COM', 'example.com'],
    ['0x7f.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['::ffff:127.0.0.1', '::ffff:7f00:1'],
    ['münchen.example', 'xn--mnchen-3ya.example'],
    ['git_server', 'git_server'],
  ]
  it.each(same)('reads %s as %s', (text, host) => {
    expect(parseHost(text)).toBe(host)
  })

  it.each([
    '',
    'a:80',
    'a/b',
    'a@b',
    'a?b',
    'a b',
    'fe80::1%eth0',
    '[::1',
    'a\nb',
    '256.1.1.1',
    '-:',
    'x'.repeat(254),
  ])('refuses %j', (text) => {
    expect(reasonOf(() => parseHost(text))).toBe('invalid_request')
  })
})

describe('redirectTarget', () => {
  const from = new URL('http://example.com:8080/a/b?c')
  const to = (location: unknown, status = 302) =>
    redirectTarget(from, status, location)?.href ?? null

  it('stays on the origin, or goes up to https:// on the same host', () => {
    expect(to('/x')).toBe('http://example.com:8080/x')
    expect(to('x?y')).toBe('http://example.com:8080/a/x?y')
    expect(to('http://EXAMPLE.com:8080/x')).toBe('http://example.com:8080/x')
    expect(to('https://example.com/x')).toBe('https://example.com/x')
    for (const status of [301, 303, 307, 308]) expect(to('/x', status)).not.toBe(null)
  })

  it('goes nowhere else', () => {
    const elsewhere = [
      'http://example.com/x',
      'http://example.com:8081/x',
      'https://example.com:8443/x',
      'http://other.example:8080/x',
      '//other.example/x',
      'http://user@example.com:8080/x',
      'file:///etc/passwd',
      'http://[',
      `/${'x'.repeat(2048)}`,
      undefined,
      ['/x', '/y'],
    ]
    for (const location of elsewhere) expect(to(location)).toBe(null)
    for (const status of [200, 300, 304, 305, 400]) expect(to('/x', status)).toBe(null)
  })

  it('never goes down to http://', () => {
    const secure = new URL('https://example.com/')
    expect(redirectTarget(secure, 302, 'http://example.com/')).toBe(null)
  })
})

describe('hostOf', () => {
  it('takes the brackets from an IPv6 address', () => {
    expect(hostOf(new URL('https://[2606:4700::1111]:8443/'))).toBe('2606:4700::1111')
    expect(hostOf(new URL('https://example.com:8443/'))).toBe('example.com')
  })
})
