// IP addresses between text and the bytes that certificates hold.
import ipaddr from 'ipaddr.js'

/** Of 4 or 16 bytes; of 8 or 32, as name constraints have them, `address/prefix`; else hex. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4 || bytes.length === 16) return one(bytes)
  if (bytes.length === 8 || bytes.length === 32) {
    const half = bytes.length / 2
    const mask = bytes.subarray(half)
    return `${one(bytes.subarray(0, half))}/${prefixOf(mask) ?? one(mask)}`
  }
  return Buffer.from(bytes).toString('hex')
}

function one(bytes: Uint8Array): string {
  const address = ipaddr.fromByteArray([...bytes])
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

function prefixOf(mask: Uint8Array): number | null {
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : null
}

/** Bytes of an address in its usual form; null for anything else. */
export function parseIp(text: string): Uint8Array | null {
  const isIpv4 = /^\d+\.\d+\.\d+\.\d+$/.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text)
  const known = isIpv4 || isIpv6(text)
  return known ? Uint8Array.from(ipaddr.parse(text).toByteArray()) : null
}

/** Address and mask of `10.0.0.0/8`; null for anything else or where bits beyond it are set. */
export function parseIpRange(text: string): Uint8Array | null {
  const [address = '', prefix = '', ...more] = text.split('/')
  const bytes = parseIp(address)
  if (bytes === null || more.length > 0 || !/^\d{1,3}$/.test(prefix)) return null
  const length = Number(prefix)
  if (length > bytes.length * 8) return null
  const mask = bytes.map((_, at) => 0xff & ~(0xff >> Math.min(8, Math.max(0, length - at * 8))))
  const isNetwork = bytes.every((byte, at) => (byte & ~(mask[at] ?? 0)) === 0)
  return isNetwork ? Uint8Array.of(...bytes, ...mask) : null
}

function isIpv6(text: string): boolean {
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)
}
