import { describe, expect, it } from 'vitest'
import { addressPolicy } from './address-policy.ts'

const https = { plainHttp: false }
const http = { plainHttp: true }
const strict = addressPolicy([], { plainHttpAnywhere: false })
const open = addressPolicy(['0.0.0.0/0', '::/0'], { plainHttpAnywhere: true })

const publicAddresses = [
  '1.1.1.1',
  '93.184.216.34',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001::200e',
  '::ffff:1.1.1.1',
]

const privateAddresses = [
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '100.64.0.1', // shared address space of carriers
  '192.0.0.1',
  '192.0.2.1', // documentation
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1', // benchmarking
  '192.88.99.1',
  '240.0.0.1',
  '::1',
  '::2',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1', // IPv4-compatible
  '::ffff:0:127.0.0.1', // IPv4-translated
  '64:ff9b::7f00:1', // NAT64
  '64:ff9b::101:101',
  '64:ff9b:1::a00:1',
  '2002:7f00:1::1', // 6to4
  '2001:0:101:101::fefe:fefe', // Teredo
  '2001:10::1',
  '2001:db8::1',
  '3fff::1',
  '100::1', // discard
  'fc00::1',
  'fd12:3456::1',
  'fec0::1', // site-local
  '4000::1', // not handed out
  '5f00::1',
]

const forbiddenAddresses = [
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '::ffff:0:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  '2001:0:a9fe:a9fe::1', // Teredo server
  '2001:0:101:101:0:0:5601:5601', // Teredo client 169.254.169.254, inverted
  'fe80::1',
  'febf::1',
  '224.0.0.1',
  '239.255.255.255',
  'ff02::1',
  '255.255.255.255',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
  'fd00:a9fe:a9fe::1',
  'fd00:100::100:200',
  'fe80::1%lo',
  'not an address',
  '',
]

describe('with nothing allowed', () => {
  it.each(publicAddresses)('%s is reached over https:// only', (address) => {
    expect(strict.refusal(address, https)).toBe(null)
    expect(strict.refusal(address, http)).toBe('plain_http')
  })
  it.each(privateAddresses)('%s is private', (address) => {
    expect(strict.refusal(address, https)).toBe('private_address')
    expect(strict.refusal(address, http)).toBe('private_address')
  })
  it.each(forbiddenAddresses)('%j is forbidden', (address) => {
    expect(strict.refusal(address, https)).toBe('forbidden_address')
  })
})

describe('with everything allowed', () => {
  it.each([...publicAddresses, ...privateAddresses])('%s is reached', (address) => {
    expect(open.refusal(address, https)).toBe(null)
    expect(open.refusal(address, http)).toBe(null)
  })
  it.each(forbiddenAddresses)('%j stays forbidden', (address) => {
    expect(open.refusal(address, https)).toBe('forbidden_address')
    expect(open.refusal(address, http)).toBe('forbidden_address')
  })
})

describe('with some networks allowed', () => {
  const some = addressPolicy(['10.1.0.0/16', 'fd12::/16', '64:ff9b::/96'], {
    plainHttpAnywhere: false,
  })

  it('opens these, also over http://, and no others', () => {
    for (const address of ['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3', 'fd12::1']) {
      expect(some.refusal(address, https)).toBe(null)
      expect(some.refusal(address, http)).toBe(null)
    }
    for (const address of ['10.2.0.0', '10.0.255.255', '127.0.0.1', 'fd13::1', '::ffff:10.2.0.1']) {
      expect(some.refusal(address, https)).toBe('private_address')
    }
    expect(some.refusal('1.1.1.1', http)).toBe('plain_http')
  })

  it('judges an allowed NAT64 address by what it leads to', () => {
    expect(some.refusal('64:ff9b::101:101', https)).toBe(null)
    expect(some.refusal('64:ff9b::a01:1', https)).toBe(null)
    expect(some.refusal('64:ff9b::7f00:1', https)).toBe('private_address')
    expect(some.refusal('64:ff9b::a9fe:a9fe', https)).toBe('forbidden_address')
  })

  it('refuses to allow what can never be reached', () => {
    for (const cidr of ['169.254.169.254/32', '169.254.0.0/16', 'fe80::/64', 'fd00:ec2::254/128']) {
      const make = () => addressPolicy(['10.0.0.0/8', cidr], { plainHttpAnywhere: false })
      expect(make).toThrow(`"${cidr}" is not an accepted network`)
    }
  })

  it('opens plain HTTP to public addresses where the protocol needs it', () => {
    const plain = addressPolicy([], { plainHttpAnywhere: true })
    expect(plain.refusal('1.1.1.1', http)).toBe(null)
    expect(plain.refusal('10.0.0.1', http)).toBe('private_address')
  })
})
