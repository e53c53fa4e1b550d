// Which addresses may be connected to: the public internet, and what the operator allows.
import ipaddr from 'ipaddr.js'
import type { RefusalReason } from './errors.ts'
import { type Address, contains, covers, InvalidCidr, parseAddress, parseCidr } from './networks.ts'

export interface AddressPolicy {
  /** Null where a connection to the address is permitted. */
  refusal(address: string, use: { plainHttp: boolean }): RefusalReason | null
}

/**
 * @param allowCidrs private networks that may be reached, also over http://; throws InvalidCidr
 * @param options.plainHttpAnywhere for protocols that are plain HTTP by their nature
 */
export function addressPolicy(
  allowCidrs: readonly string[],
  options: { plainHttpAnywhere: boolean },
): AddressPolicy {
  const allowed = allowCidrs.map(parseCidr)
  for (const [at, network] of allowed.entries()) {
    if (never.some((forbidden) => covers(forbidden, network))) {
      const accepted = 'not this one: link-local, metadata and multicast addresses stay closed'
      throw new InvalidCidr(allowCidrs[at] ?? '', accepted)
    }
  }
  const isAllowed = (address: Address) => allowed.some((network) => contains(network, address))

  function refusal(text: string, { plainHttp }: { plainHttp: boolean }): RefusalReason | null {
    const parsed = parseAddress(text)
    if (parsed === null) return 'forbidden_address'
    const address = unmapped(parsed)
    // What carries an IPv4 address ends up there, so it is judged as both.
    const destinations = [address, ...carriedBy(address)]
    if (destinations.some(isForbidden)) return 'forbidden_address'
    if (!destinations.every((each) => isAllowed(each) || isPublic(each))) return 'private_address'
    if (plainHttp && !options.plainHttpAnywhere && !isAllowed(address)) return 'plain_http'
    return null
  }
  return { refusal }
}

/**
 * Never reached, whatever is allowed: addresses that answer with the machine's own credentials, or
 * that are no destination. Metadata services sit outside link-local too.
 */
const never = [
  '0.0.0.0/8', // this host, by another name
  '::/128',
  '169.254.0.0/16', // link-local, with the metadata service of most clouds
  'fe80::/10',
  '224.0.0.0/4', // multicast
  'ff00::/8',
  '255.255.255.255/32',
  '168.63.129.16/32', // Azure's host agent, a public address
  '100.100.100.200/32', // Alibaba Cloud
  'fd00:100::100:200/128',
  '192.0.0.192/32', // Oracle Cloud
  'fd00:c1::a9fe:a9fe/128',
  'fd00:ec2::/32', // AWS: metadata, container credentials, DNS, time
  'fd20:ce::254/128', // Google Cloud
  'fd00:42::42/128', // Scaleway
  'fd00:a9fe:a9fe::1/128', // Akamai
].map(parseCidr)

/** Global unicast as far as it has been handed out (RFC 4291, section 2.4, and IANA). */
const globalUnicast = parseCidr('2000::/3')

function isForbidden(address: Address): boolean {
  return never.some((network) => contains(network, address))
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  // `unicast` is what no list names; `::127.0.0.1` is such a leftover.
  return address.kind() === 'ipv4' || contains(globalUnicast, address)
}

function unmapped(address: Address): Address {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return address.toIPv4Address()
  return address
}

/** IPv4 addresses inside an IPv6 address, to which some router or gateway would pass it on. */
function carriedBy(address: Address): Address[] {
  if (!(address instanceof ipaddr.IPv6)) return []
  const [, second = 0, third = 0, fourth = 0, , , seventh = 0, eighth = 0] = address.parts
  switch (carriers.find(([network]) => contains(network, address))?.[1]) {
    case 'last':
      return [ipv4(seventh, eighth)]
    case 'compatible':
      // `::1` is the loopback address and not 0.0.0.1.
      return seventh < 0x100 ? [] : [ipv4(seventh, eighth)]
    case '6to4':
      return [ipv4(second, third)]
    case 'teredo':
      return [ipv4(third, fourth), ipv4(seventh ^ 0xffff, eighth ^ 0xffff)]
    default:
      return []
  }
}

const carriers = (
  [
    ['::/96', 'compatible'], // RFC 4291, section 2.5.5.1
    ['::ffff:0:0:0/96', 'last'], // IPv4-translated, RFC 2765
    ['64:ff9b::/96', 'last'], // NAT64, RFC 6052
    ['64:ff9b:1::/48', 'last'], // NAT64, RFC 8215
    ['2002::/16', '6to4'], // RFC 3056
    ['2001::/32', 'teredo'], // RFC 4380
  ] as const
).map(([network, form]) => [parseCidr(network), form] as const)

function ipv4(high: number, low: number): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff])
}
