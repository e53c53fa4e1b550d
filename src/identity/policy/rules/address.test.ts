import { describe, expect, it } from 'vitest'
import { readAddress, readRange } from './address.ts'

describe('readRange', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['::/0', '::/0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['10.0.0.1/33', null],
    ['10.0.0/8', null],
    ['010.0.0.1', null],
    ['0x7f.0.0.1', null],
    ['::1/129', null],
    ['fe80::1%eth0', null],
    ['10.0.0.1/', null],
    ['10.0.0.1/8/8', null],
    ['example.com', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(readRange(text)).toBe(expected)
  })
})

describe('readAddress', () => {
  it('takes no range', () => {
    expect(readAddress('10.0.0.0/8')).toBeNull()
    expect(readAddress('10.0.0.1')).toBe('10.0.0.1')
  })
})
