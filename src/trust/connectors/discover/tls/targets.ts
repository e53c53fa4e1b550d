// What to probe: reads `web.example.com:443,8443`, `10.0.0.0/24`, `smtp://mail.example.com` and
// walks their addresses one by one, so that a large network takes no memory.
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'
import { InvalidCidr, parseCidr } from '../../../../platform/outbound/networks.ts'
import { DiscoveryRefused } from '../contract.ts'
import { type StartTls, schemes } from './starttls.ts'

export interface Target {
  /** As it was written. */
  text: string
  /** A name, an address, or a network. */
  host: string
  network: { first: bigint; count: bigint; version: 4 | 6 } | null
  /** Null: those of the settings. */
  ports: number[] | null
  scheme: StartTls | 'tls' | null
}

const portsMax = 1000
const accepted =
  'Give HOST, HOST:PORT, HOST:PORT,PORT, ADDRESS/PREFIX or SCHEME://HOST, where ' +
  `SCHEME is ${['tls', ...Object.keys(schemes)].join(', ')}.`

/** @throws {DiscoveryRefused} */
export function parseTarget(text: string): Target {
  const [, scheme, rest = ''] = /^(?:([a-z0-9]+):\/\/)?(.*?)\/?$/.exec(text) ?? []
  const known = scheme === undefined ? null : schemeOf(scheme === 'https' ? 'tls' : scheme)
  if (known === undefined) throw new DiscoveryRefused(`"${scheme}://" is no scheme here`, accepted)
  const { place, ports } = splitPorts(rest, text)
  const port = known !== null && known !== 'tls' ? schemes[known].port : null
  const told = ports ?? (port === null ? null : [port])
  if (place.includes('/')) {
    return { text, host: place, network: networkOf(place), ports: told, scheme: known }
  }
  if (
    isIP(place) === 0 &&
    !/^(?=.{1,253}$)[\p{L}\p{N}_]([\p{L}\p{N}._-]*[\p{L}\p{N}_])?\.?$/u.test(place)
  ) {
    throw new DiscoveryRefused(`"${text}" is no host, address or network`, accepted)
  }
  if (isIP(place) === 0 && /^[\d.]+$/.test(place)) {
    throw new DiscoveryRefused(`"${text}" is no address: four numbers up to 255`, accepted)
  }
  return { text, host: asciiOf(place), network: null, ports: told, scheme: known }
}

/** As DNS and certificates write it. */
function asciiOf(place: string): string {
  return isIP(place) === 0 ? domainToASCII(place).replace(/\.$/, '') || place : place
}

function schemeOf(name: string): StartTls | 'tls' | undefined {
  return name === 'tls' || Object.hasOwn(schemes, name) ? (name as StartTls | 'tls') : undefined
}

/** IPv6 stands in brackets where ports follow. */
function splitPorts(rest: string, text: string): { place: string; ports: number[] | null } {
  const [, bracketed, prefix = '', after] =
    /^\[([0-9a-fA-F:.]+)\](\/\d+)?(?::(.+))?$/.exec(rest) ?? []
  if (bracketed !== undefined) {
    return { place: bracketed + prefix, ports: after === undefined ? null : portsOf(after, text) }
  }
  const bare = rest.split('/')[0] ?? ''
  if (isIP(bare) === 6) return { place: rest, ports: null }
  const [place = '', ports, ...more] = rest.split(':')
  if (more.length > 0) {
    throw new DiscoveryRefused(
      `"${text}" has too many colons`,
      'IPv6 takes brackets: [fd00::1]:443',
    )
  }
  return { place, ports: ports === undefined ? null : portsOf(ports, text) }
}

/** Ports and ranges of them, `443,8000-8010`; @throws {DiscoveryRefused} */
export function portsOf(list: string, text: string): number[] {
  const ports = new Set<number>()
  for (const part of list.split(',')) {
    const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? []
    const [low, high] = [Number(from), Number(to)]
    if (from === '' || low < 1 || high > 65_535 || low > high) {
      throw new DiscoveryRefused(`"${part}" in "${text}" is no port`, 'Ports go from 1 to 65535.')
    }
    if (high - low >= portsMax) {
      throw new DiscoveryRefused(`"${part}" in "${text}" is too many ports`, `At most ${portsMax}.`)
    }
    for (let port = low; port <= high; port++) ports.add(port)
  }
  if (ports.size <= portsMax) return [...ports]
  throw new DiscoveryRefused(
    `"${text}" names ${ports.size} ports`,
    `At most ${portsMax} are taken.`,
  )
}

function networkOf(cidr: string): NonNullable<Target['network']> {
  try {
    const { address, prefixBits } = parseCidr(cidr)
    const version = address.kind() === 'ipv4' ? 4 : 6
    const bits = version === 4 ? 32 : 128
    const first = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return { first, count: 1n << BigInt(bits - prefixBits), version }
  } catch (error) {
    if (!(error instanceof InvalidCidr)) throw error
    throw new DiscoveryRefused(error.message, 'A network is as in 10.0.0.0/24 or [fd00::]/120.')
  }
}

/** How many addresses or names a target stands for. */
export function sizeOf({ network }: Target): bigint {
  if (network === null) return 1n
  // An IPv4 network's own address and its broadcast address are nobody's.
  return network.count - edge(network) * 2n
}

export function* hostsOf({ host, network }: Target): Generator<string> {
  if (network === null) {
    yield host
    return
  }
  const { first, count, version } = network
  const bytes = version === 4 ? 4 : 16
  const skip = edge(network)
  for (let at = first + skip; at < first + count - skip; at++) {
    const parts = Array.from({ length: bytes }, (_, index) =>
      Number((at >> BigInt((bytes - 1 - index) * 8)) & 0xffn),
    )
    const address = ipaddr.fromByteArray(parts)
    yield address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
  }
}

function edge({ count, version }: NonNullable<Target['network']>): bigint {
  return version === 4 && count > 2n ? 1n : 0n
}
