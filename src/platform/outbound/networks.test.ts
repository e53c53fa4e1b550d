import { describe, expect, it } from 'vitest'
import { contains, covers, InvalidCidr, parseAddress, parseCidr } from './networks.ts'

const address = (text: string) => {
  const parsed = parseAddress(text)
  if (parsed === null) throw new Error(`no address: ${text}`)
  return parsed
}

describe('parseCidr', () => {
  it.each([
    '10.0.0.0/8',
    '0.0.0.0/0',
    '192.168.1.7/32',
    '::/0',
    'fd12:3456::/32',
    '::1/128',
    'FD12::/16',
  ])('reads %s', (text) => {
    expect(parseCidr(text).prefixBits).toBe(Number(text.split('/')[1]))
  })

  const wrong: [string, string][] = [
    ['', 'such as 10.0.0.0/8'],
    ['10.1.2.3', 'such as 10.1.2.3/32'],
    ['fd12::1', 'such as fd12::1/128'],
    ['10.0.0.0/', 'such as 10.0.0.0/8'],
    ['10.0.0.0/08', 'such as 10.0.0.0/8'],
    ['10.0.0.0/-1', 'such as 10.0.0.0/8'],
    ['10.0.0.0/255.0.0.0', 'such as 10.0.0.0/8'],
    [' 10.0.0.0/8', 'four decimal numbers'],
    ['10.0.0.0/33', 'a prefix length from 0 to 32'],
    ['fd12::/129', 'a prefix length from 0 to 128'],
    ['10.1.2.3/8', 'the first address of the network, 10.0.0.0/8'],
    ['fd12::1/64', 'the first address of the network, fd12::/64'],
    ['10/8', 'four decimal numbers'],
    ['010.0.0.0/8', 'four decimal numbers'],
    ['0x0a.0.0.0/8', 'four decimal numbers'],
    ['167772160/8', 'four decimal numbers'],
    ['localhost/8', 'four decimal numbers'],
    ['fe80::%eth0/64', 'four decimal numbers'],
    ['::ffff:10.0.0.0/104', 'the IPv4 network itself'],
    ['10.0.0.0/8,192.168.0.0/16', 'such as 10.0.0.0/8'],
  ]
  it.each(wrong)('refuses %j and says what is right', (text, accepted) => {
    expect(() => parseCidr(text)).toThrow(InvalidCidr)
    expect(() => parseCidr(text)).toThrow(accepted)
    expect(() => parseCidr(text)).toThrow(`"${text}"`)
  })
})

describe('contains and covers', () => {
  it('compares within one family', () => {
    expect(contains(parseCidr('10.0.0.0/8'), address('10.255.255.255'))).toBe(true)
    expect(contains(parseCidr('10.0.0.0/8'), address('11.0.0.0'))).toBe(false)
    expect(contains(parseCidr('0.0.0.0/0'), address('::1'))).toBe(false)
    expect(contains(parseCidr('::/0'), address('127.0.0.1'))).toBe(false)
  })

  it('knows a part from the whole', () => {
    expect(covers(parseCidr('10.0.0.0/8'), parseCidr('10.2.0.0/16'))).toBe(true)
    expect(covers(parseCidr('10.0.0.0/8'), parseCidr('10.0.0.0/8'))).toBe(true)
    expect(covers(parseCidr('10.2.0.0/16'), parseCidr('10.0.0.0/8'))).toBe(false)
    expect(covers(parseCidr('10.0.0.0/8'), parseCidr('11.0.0.0/16'))).toBe(false)
    expect(covers(parseCidr('::/0'), parseCidr('10.0.0.0/8'))).toBe(false)
  })
})
