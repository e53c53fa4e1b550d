// Functions of networks, in both versions of IP.
import { list, numberOf, scalar, textOf } from '../evaluate/value.ts'
import type { Functions } from './function.ts'

interface Network {
  address: bigint
  prefix: number
  bits: 32 | 128
}

export const networkFunctions: Functions = {
  cidrhost: ([cidr, number], place) => {
    const network = networkOf(cidr && textOf(cidr))
    const host = number && numberOf(number)
    if (network === null || host == null || !Number.isSafeInteger(host)) return null
    const size = 1n << BigInt(network.bits - network.prefix)
    const offset = host < 0 ? size + BigInt(host) : BigInt(host)
    if (offset < 0n || offset >= size) return null
    return scalar(addressText(network.address + offset, network.bits), place)
  },

  cidrnetmask: ([cidr], place) => {
    const network = networkOf(cidr && textOf(cidr))
    if (network?.bits !== 32) return null
    const mask = ((1n << BigInt(network.prefix)) - 1n) << BigInt(32 - network.prefix)
    return scalar(addressText(mask, 32), place)
  },

  cidrsubnet: ([cidr, bits, number], place) => {
    const network = networkOf(cidr && textOf(cidr))
    const [more, index] = [bits && numberOf(bits), number && numberOf(number)]
    if (network === null || more == null || index == null) return null
    const text = subnet(network, more, index)
    return text === null ? null : scalar(text, place)
  },

  cidrsubnets: ([cidr, ...sizes], place) => {
    const network = networkOf(cidr && textOf(cidr))
    if (network === null) return null
    const texts: string[] = []
    let next = network.address
    for (const size of sizes) {
      const prefix = network.prefix + (numberOf(size) ?? Number.NaN)
      const fits = prefix <= network.bits && prefix >= network.prefix
      if (!fits || !Number.isInteger(prefix)) return null
      const width = 1n << BigInt(network.bits - prefix)
      const start = ((next + width - 1n) / width) * width
      texts.push(`${addressText(start, network.bits)}/${prefix}`)
      next = start + width
    }
    return list(
      texts.map((text) => scalar(text, place)),
      place,
    )
  },
}

function subnet({ address, prefix, bits }: Network, more: number, index: number): string | null {
  const length = prefix + more
  if (!Number.isSafeInteger(index) || !(more >= 0) || !(length <= bits) || index < 0) return null
  if (!Number.isInteger(more) || BigInt(index) >= 1n << BigInt(more)) return null
  return `${addressText(address + (BigInt(index) << BigInt(bits - length)), bits)}/${length}`
}

function networkOf(text: string | null | undefined): Network | null {
  const [, address = '', length = ''] = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(text ?? '') ?? []
  const bits = address.includes(':') ? 128 : 32
  const number = bits === 32 ? addressOf4(address) : addressOf6(address)
  const prefix = Number(length)
  if (number === null || length === '' || prefix > bits) return null
  const host = BigInt(bits - prefix)
  return { address: (number >> host) << host, prefix, bits }
}

function addressOf4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    return null
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function addressOf6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2 || text.includes('.')) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function addressText(address: bigint, bits: 32 | 128): string {
  const [count, width] = bits === 32 ? [4, 8n] : [8, 16n]
  const groups = Array.from({ length: count }, (_, index) => {
    const group = (address >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n)
    return bits === 32 ? group.toString() : group.toString(16)
  })
  if (bits === 32) return groups.join('.')
  return groups.join(':').replace(/(^|:)0(?::0)+(:|$)/, '::')
}
