import { describe, expect, it } from 'vitest'
import { hostsOf, parseTarget, sizeOf } from './targets.ts'

describe('a target', () => {
  it.each([
    ['web.example.com', 'web.example.com', null, null],
    ['web.example.com.', 'web.example.com', null, null],
    ['Bücher.Example', 'xn--bcher-kva.example', null, null],
    ['_a.example', '_a.example', null, null],
    ['web.example.com:8443', 'web.example.com', [8443], null],
    ['web.example.com:443,8000-8002', 'web.example.com', [443, 8000, 8001, 8002], null],
    ['https://web.example.com/', 'web.example.com', null, 'tls'],
    ['smtp://mail.example.com', 'mail.example.com', [25], 'smtp'],
    ['smtp://mail.example.com:2525', 'mail.example.com', [2525], 'smtp'],
    ['tls://mail.example.com:25', 'mail.example.com', [25], 'tls'],
    ['10.0.0.1', '10.0.0.1', null, null],
    ['[fd00::1]:636', 'fd00::1', [636], null],
    ['fd00::1', 'fd00::1', null, null],
    ['10.0.0.0/30:443', '10.0.0.0/30', [443], null],
    ['[fd00::]/126:443', 'fd00::/126', [443], null],
  ])('%s is read', (text, host, ports, scheme) => {
    expect(parseTarget(text)).toMatchObject({ host, ports, scheme })
  })

  it.each([
    ['', /no host/],
    ['a b', /no host/],
    ['-x', /no host/],
    ['10.0.0.256', /no address/],
    ['10.0.0.1/24', /first address of the network/],
    ['10.0.0.0/33', /prefix length/],
    ['a:b', /no port/],
    ['a:0', /no port/],
    ['a:70000', /no port/],
    ['a:9-3', /no port/],
    ['a:1-60000', /too many ports/],
    ['a:1:2', /too many colons/],
    ['gopher://a', /no scheme/],
    ['constructor://a', /no scheme/],
  ])('%j is refused', (text, why) => {
    expect(() => parseTarget(text)).toThrow(why)
  })

  it('that is no network is told what one looks like', () => {
    const hint = expect.stringContaining('10.0.0.0/24')
    expect(() => parseTarget('10.0.0.0/33')).toThrow(expect.objectContaining({ hint }))
  })
})

it.each([
  ['10.0.0.0/30', ['10.0.0.1', '10.0.0.2']],
  ['10.0.0.8/31', ['10.0.0.8', '10.0.0.9']],
  ['10.0.0.8/32', ['10.0.0.8']],
  ['fd00::fe/127', ['fd00::fe', 'fd00::ff']],
  ['a.example', ['a.example']],
])('%s stands for its hosts', (text, hosts) => {
  const target = parseTarget(text)
  expect([...hostsOf(target)]).toEqual(hosts)
  expect(sizeOf(target)).toBe(BigInt(hosts.length))
})

it('walks a large network without keeping it', () => {
  const target = parseTarget('fd00::/8')
  expect(sizeOf(target)).toBe(2n ** 120n)
  expect(hostsOf(target).next().value).toBe('fd00::')
})
