// Networks in CIDR notation, read strictly: a typing error here would open a door.
import { isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6

export interface Network {
  address: Address
  prefixBits: number
}

export class InvalidCidr extends Error {
  readonly code = 'invalid_cidr'
  readonly value: string
  /** What would be right, in the words of a message. */
  readonly accepted: string

  constructor(value: string, accepted: string) {
    super(`"${value}" is not an accepted network: ${accepted}`)
    this.name = 'InvalidCidr'
    this.value = value
    this.accepted = accepted
  }
}

/** Reads `10.0.0.0/8` or `fd12::/48`; throws InvalidCidr. */
export function parseCidr(text: string): Network {
  const [, host, prefix] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  if (host === undefined || prefix === undefined) {
    const single = parseAddress(text)
    const bits = single?.kind() === 'ipv4' ? 32 : 128
    const example = single === null ? '10.0.0.0/8 or fd12:3456::/32' : `${text}/${bits}`
    throw new InvalidCidr(text, `an address and a prefix length, such as ${example}`)
  }
  const address = parseAddress(host)
  if (address === null) {
    throw new InvalidCidr(text, 'an IPv4 address of four decimal numbers, or an IPv6 address')
  }
  if (address.kind() === 'ipv6' && address.range() === 'ipv4Mapped') {
    throw new InvalidCidr(text, 'the IPv4 network itself, without ::ffff:')
  }
  const prefixBits = Number(prefix)
  const bitsMax = address.kind() === 'ipv4' ? 32 : 128
  if (prefixBits > bitsMax) {
    throw new InvalidCidr(text, `a prefix length from 0 to ${bitsMax}`)
  }
  const first = (address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6)
    .networkAddressFromCIDR(text)
    .toString()
  if (first !== address.toString()) {
    throw new InvalidCidr(text, `the first address of the network, ${first}/${prefix}`)
  }
  return { address, prefixBits }
}

/** An address as sockets and resolvers give it; null for anything else, zones included. */
export function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (isIPv6(text) && !text.includes('%')) return ipaddr.IPv6.parse(text)
  return null
}

export function contains(network: Network, address: Address): boolean {
  if (network.address.kind() !== address.kind()) return false
  return address.match(network.address, network.prefixBits)
}

/** Whether every address of one network lies in the other. */
export function covers(outer: Network, inner: Network): boolean {
  return outer.prefixBits <= inner.prefixBits && contains(outer, inner.address)
}
