// Whether the servers of a zone have the records: a challenge that is answered too early is lost.
import type { Resolver } from 'node:dns/promises'
import { OutboundFailed, OutboundRefused } from '../../../../../platform/outbound/index.ts'
import { Unreachable } from '../../contract.ts'
import type { AcmeContext } from '../context.ts'
import { challengeName, resolverOf, unlessNone } from './lookup.ts'
import { zonesAbove } from './provider.ts'

const serversMax = 4
const addressesMax = 2
const dnsPort = 53

/** What is missing where, in words; null where nothing is. */
export async function unseen(
  context: AcmeContext,
  wanted: readonly { identifier: string; value: string }[],
): Promise<string | null> {
  for (const { identifier, value } of wanted) {
    const name = await challengeName(context, identifier)
    const { named, servers } = await askedFor(context, name)
    for (const server of servers) {
      const resolver = await resolverOf(context, [server])
      const texts = await textsAt(resolver, name)
      if (texts === null) return `${named} did not answer for ${name}`
      if (!texts.includes(value)) return `${named} does not show the record of ${name}`
    }
  }
  return null
}

async function askedFor(context: AcmeContext, name: string) {
  const { dnsServers } = context.settings
  if (dnsServers.length > 0) return { named: dnsServers.join(', '), servers: dnsServers }
  const resolver = await resolverOf(context, [])
  for (const zone of zonesAbove(name)) {
    const hosts = await unlessNone(resolver.resolveNs(zone))
    if (hosts === null || hosts.length === 0) continue
    const servers = await addressesOf(context, hosts.toSorted().slice(0, serversMax))
    if (servers.length > 0) return { named: `a name server of ${zone}`, servers }
  }
  throw new Unreachable(`no name server of ${name} was found; name some in settings.dnsServers`)
}

async function addressesOf({ platform }: AcmeContext, hosts: readonly string[]) {
  const servers: string[] = []
  for (const host of hosts) {
    try {
      const addresses = await platform.outbound.resolve(host, dnsPort)
      const written = addresses.map((each) => (each.includes(':') ? `[${each}]` : each))
      servers.push(...written.slice(0, addressesMax).map((each) => `${each}:${dnsPort}`))
    } catch (error) {
      // One of several may be out of reach from here.
      if (!(error instanceof OutboundRefused || error instanceof OutboundFailed)) throw error
    }
  }
  return servers
}

async function textsAt(resolver: Resolver, name: string): Promise<string[] | null> {
  try {
    const found = await unlessNone(resolver.resolveTxt(name))
    return (found ?? []).map((parts) => parts.join(''))
  } catch (error) {
    if (error instanceof Unreachable) return null
    throw error
  }
}
