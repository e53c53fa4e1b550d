// IP addresses and ranges of rules, in the one notation that Cedar reads.
import ipaddr from 'ipaddr.js'

/** `10.1.2.3/8` → `10.0.0.0/8`; null for what is neither an address nor a range in CIDR form. */
export function readRange(text: string): string | null {
  const [, host = '', prefix] = /^([^/%]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? []
  if (!isAddress(host)) return null
  const address = ipaddr.parse(host)
  const whole = address.kind() === 'ipv4' ? 32 : 128
  const bits = prefix === undefined ? whole : Number(prefix)
  if (bits > whole) return null
  const bytes = masked(address.toByteArray(), bits)
  // Clients on both protocols are known by their IPv4 address, and so are their ranges.
  if (whole === 128 && ipaddr.process(host).kind() === 'ipv4') {
    // Shorter it would be a range of IPv6, and meet none of the clients that it names.
    return bits < 96 ? null : written(bytes.slice(12), bits - 96, 32)
  }
  return written(bytes, bits, whole)
}

/** A single address, or null. */
export function readAddress(text: string): string | null {
  return text.includes('/') ? null : readRange(text)
}

function isAddress(text: string): boolean {
  return text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text)
}

function written(bytes: number[], bits: number, whole: number): string {
  const address = ipaddr.fromByteArray(bytes).toString()
  return bits === whole ? address : `${address}/${bits}`
}

function masked(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(Math.max(bits - index * 8, 0), 8)
    return byte & (0xff << (8 - kept)) & 0xff
  })
}
