// Cedar's ipaddr: an address or a range of IPv4 or IPv6.
import type { Call, Extension } from '../value.ts'

const decimalOctet = /^(0|[1-9][0-9]{0,2})$/
const hexGroup = /^[0-9a-fA-F]{1,4}$/
const prefixLength = /^(0|[1-9][0-9]{0,2})$/

export class IpAddress implements Extension {
  readonly extension = 'ipaddr'
  readonly canonical: string
  readonly bits: 32 | 128
  readonly prefix: number
  /** First and last address of the range. */
  readonly first: bigint
  readonly last: bigint
  readonly #address: bigint

  constructor(address: bigint, bits: 32 | 128, prefix: number) {
    const size = 1n << BigInt(bits - prefix)
    this.#address = address
    this.bits = bits
    this.prefix = prefix
    this.first = address - (address % size)
    this.last = this.first + size - 1n
    this.canonical = `${bits}:${address.toString(16)}/${prefix}`
  }

  get written(): Call {
    const size = this.bits === 32 ? 8 : 16
    const parts = Array.from({ length: this.bits / size }, (_, i) => {
      const part = BigInt.asUintN(size, this.#address >> BigInt(this.bits - size * (i + 1)))
      return part.toString(size === 8 ? 10 : 16)
    })
    const address = parts.join(size === 8 ? '.' : ':')
    return { fn: 'ip', arg: this.prefix === this.bits ? address : `${address}/${this.prefix}` }
  }

  get isLoopback(): boolean {
    if (this.bits === 32) return this.#address >> 24n === 127n && this.prefix >= 8
    return this.#address === 1n && this.prefix === 128
  }

  get isMulticast(): boolean {
    if (this.bits === 32) return this.#address >> 28n === 0xen && this.prefix >= 4
    return this.#address >> 120n === 0xffn && this.prefix >= 8
  }

  isInRange(other: IpAddress): boolean {
    return this.bits === other.bits && this.first >= other.first && this.last <= other.last
  }
}

/** From text such as `10.0.0.0/8` or `::1`; undefined where it is neither address nor range. */
export function readIpAddress(text: string): IpAddress | undefined {
  if (text.length > 43) return undefined
  const [address = '', prefix, ...more] = text.split('/')
  if (more.length > 0) return undefined
  const bits = address.includes(':') ? 128 : 32
  const number = bits === 32 ? readIpv4(address) : readIpv6(address)
  const length = prefix === undefined ? bits : readPrefix(prefix, bits)
  if (number === undefined || length === undefined) return undefined
  return new IpAddress(number, bits, length)
}

function readPrefix(text: string, bits: number): number | undefined {
  if (!prefixLength.test(text) || Number(text) > bits) return undefined
  return Number(text)
}

function readIpv4(text: string): bigint | undefined {
  const octets = text.split('.')
  if (octets.length !== 4) return undefined
  if (!octets.every((octet) => decimalOctet.test(octet) && Number(octet) < 256)) return undefined
  return octets.reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n)
}

/** Groups of hexadecimal digits only: Cedar takes no dots in an IPv6 address. */
function readIpv6(text: string): bigint | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const front = groups(head)
  const back = groups(tail ?? '')
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const all = [...front, ...Array<string>(missing).fill('0'), ...back]
  if (!all.every((group) => hexGroup.test(group))) return undefined
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
