// Finds the certificates that servers show: names, addresses and networks, with and without SNI.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { parseCertificate } from '../../x509/certificate.ts'
import { concurrently } from './concurrently.ts'
import {
  type Discover,
  type Discovered,
  DiscoveryRefused,
  type Sighting,
  type Skipped,
  type TlsSettings,
} from './contract.ts'
import { type Probe, type ProbeOptions, probe } from './tls/probe.ts'
import { startTlsOf } from './tls/starttls.ts'
import { hostsOf, parseTarget, sizeOf, type Target } from './tls/targets.ts'

/** Of one name. */
const addressesMax = 16

/** Yields in the order of the answers. Ports of a network that nobody listens on are counted. */
export const discoverTls: Discover<TlsSettings> = async function* (settings, context) {
  const targets = settings.targets.map(parseTarget)
  const total = endpointsOf(targets, settings)
  const silent = new Map<Target, number>()
  const look = (endpoint: Endpoint) => probeEndpoint(endpoint, settings, context.signal)
  let done = 0
  for await (const { endpoint, found, closed } of concurrently(
    endpoints(targets, settings.ports),
    settings.concurrency,
    look,
  )) {
    done += 1
    context.progress?.(done, total)
    yield* found
    if (closed === null) continue
    if (endpoint.target.network === null) yield { path: placeOf(endpoint), reason: closed }
    else silent.set(endpoint.target, (silent.get(endpoint.target) ?? 0) + 1)
  }
  for (const [target, count] of silent) {
    const all = Number(sizeOf(target)) * (target.ports ?? settings.ports).length
    const what = `${count} of ${all} ${all === 1 ? 'port' : 'ports'} did not answer`
    yield { path: target.text, reason: what }
  }
}

interface Endpoint {
  target: Target
  host: string
  port: number
}

interface Looked {
  endpoint: Endpoint
  found: Discovered[]
  /** Why nothing answered. */
  closed: string | null
}

/** @throws {DiscoveryRefused} for more addresses than the settings allow. */
function endpointsOf(
  targets: readonly Target[],
  { addressesMax: most, ports }: TlsSettings,
): number {
  const addresses = targets.reduce((sum, target) => sum + sizeOf(target), 0n)
  if (addresses > BigInt(most)) {
    const [all, bound] = [addresses, most].map((count) => count.toLocaleString('en-US'))
    throw new DiscoveryRefused(`the targets have ${all} addresses, over ${bound}`)
  }
  return targets.reduce((sum, each) => sum + Number(sizeOf(each)) * (each.ports ?? ports).length, 0)
}

function* endpoints(targets: readonly Target[], ports: readonly number[]): Generator<Endpoint> {
  const seen = new Set<string>()
  for (const target of targets) {
    for (const host of hostsOf(target)) {
      for (const port of target.ports ?? ports) {
        const key = `${target.scheme ?? ''} ${host} ${port}`
        // Networks do not overlap often, and a million keys are too many to keep.
        if (target.network === null && seen.has(key)) continue
        if (target.network === null) seen.add(key)
        yield { target, host, port }
      }
    }
  }
}

/** All addresses of a name, each asked with its name, with none, and for what the settings name. */
async function probeEndpoint(
  endpoint: Endpoint,
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<Looked> {
  const { host, port, target } = endpoint
  const addresses = await addressesOf(host)
  if (typeof addresses === 'string') return { endpoint, found: [], closed: addresses }
  const scheme = target.scheme === 'tls' ? null : (target.scheme ?? startTlsOf(port))
  const own = isIP(host) === 0 ? [host] : []
  const names = [...new Set([...own, null, ...settings.serverNames])]
  const seen = new Map<string, Sighting>()
  const failures: Skipped[] = []
  let closed: string | null = null
  for (const address of addresses) {
    for (const serverName of names) {
      const options: ProbeOptions = {
        ...{ address, port, serverName, scheme, signal },
        timeoutMs: settings.timeoutMs,
      }
      const result = await probe(options)
      if (result.state === 'closed') {
        closed = result.reason
        break
      }
      const where = { endpoint, address: addresses.length > 1 ? address : null, serverName }
      take(result, where, seen, failures)
    }
  }
  if (seen.size > 0) return { endpoint, found: [...seen.values()], closed: null }
  const [first] = failures
  return first === undefined
    ? { endpoint, found: [], closed }
    : { endpoint, found: [first], closed: null }
}

interface Where {
  endpoint: Endpoint
  /** Of a name that has several. */
  address: string | null
  serverName: string | null
}

function take(
  result: Exclude<Probe, { state: 'closed' }>,
  where: Where,
  seen: Map<string, Sighting>,
  failures: Skipped[],
): void {
  const { endpoint, serverName } = where
  if (result.state === 'no_tls') {
    failures.push({ path: placeOf(endpoint), reason: result.reason })
    return
  }
  const [der, ...chain] = result.chain
  if (der === undefined) return
  const unread = faultOf(der)
  if (unread !== null) {
    failures.push({ path: placeOf(endpoint), reason: `its certificate cannot be read: ${unread}` })
    return
  }
  const key = Buffer.from(der).toString('base64')
  if (seen.has(key)) return
  const broke = 'it broke the handshake off: it may want a certificate of the client'
  seen.set(key, {
    ...{ der, chain, source: 'network', hostname: endpoint.host, hasPrivateKey: false },
    path: seen.size === 0 ? placeOf(endpoint) : variantOf(where),
    ...(result.protocol === null ? { note: broke } : {}),
    tls: { protocol: result.protocol ?? 'unknown', serverName },
  })
}

/** What OpenSSL accepts need not be one by stricter rules, and nobody could do anything with it. */
function faultOf(der: Uint8Array): string | null {
  try {
    parseCertificate(der)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function placeOf({ host, port }: Endpoint): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** A place shows another certificate to who asks otherwise. */
function variantOf({ endpoint, address, serverName }: Where): string {
  const isOwn = serverName === endpoint.host
  const name = isOwn ? [] : [serverName === null ? 'without name' : `name ${serverName}`]
  const told = [...(address === null ? [] : [`at ${address}`]), ...name].join(', ')
  return `${placeOf(endpoint)} (${told})`
}

async function addressesOf(host: string): Promise<string[] | string> {
  if (isIP(host) !== 0) return [host]
  try {
    const found = await lookup(host, { all: true })
    return found.slice(0, addressesMax).map(({ address }) => address)
  } catch {
    return 'its name cannot be resolved'
  }
}
