// Addresses and CIDR ranges that a key may be used from.
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.parse>
type Range = [network: Address, bits: number]

/** Only whole addresses: `10.0.0` would be read as 10.0.0.0, and nobody means that by it. */
export function isRange(text: string): boolean {
  const [host = ''] = text.split('/')
  if (!host.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(host)) return false
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text)
}

/** No ranges mean any address. What is no address is outside every range. */
export function addressAllowed(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return true
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return ranges.some((range) => matches(parsed, parseRange(range)))
}

/** Whether every address of `inner` is in one of the ranges. No ranges hold every address. */
export function rangeWithin(ranges: readonly string[], inner: string): boolean {
  const [network, bits] = parseRange(inner)
  return (
    ranges.length === 0 ||
    ranges.map(parseRange).some((outer) => outer[1] <= bits && matches(network, outer))
  )
}

function matches(address: Address, [network, bits]: Range): boolean {
  return network.kind() === address.kind() && address.match([network, bits] as never)
}

function parseRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
