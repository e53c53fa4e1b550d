// The ways out of validations: a guard of their own, since http-01 is plain HTTP by its nature, and
// one for each set of name servers that authorities use.
import { Resolver } from 'node:dns/promises'
import { LRUCache } from 'lru-cache'
import { createOutbound } from '../../../platform/outbound/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { type AcmeSettings, serverOf } from '../../connectors/authority/acme-server.ts'
import type { Ways } from './challenge.ts'

const kept = 50
const lookup = { timeout: 3_000, tries: 2 }

export function createWays(platform: Platform): (settings: AcmeSettings) => Ways {
  const { config, version, stopping } = platform
  const known = new LRUCache<string, Ways>({
    max: kept,
    dispose: ({ outbound }) => void outbound.close(),
  })
  stopping.addEventListener('abort', () => known.clear(), { once: true })

  function make(servers: readonly string[]): Ways {
    const resolver = async () => {
      const made = new Resolver(lookup)
      for (const { address, port } of servers.map(serverOf)) {
        await platform.outbound.resolve(address, port)
      }
      if (servers.length > 0) made.setServers(servers)
      return made
    }
    const outbound = createOutbound({
      userAgent: `panthera/${version} (ACME validation)`,
      allowCidrs: config.outboundAllowCidrs,
      setting: 'PANTHERA_OUTBOUND_ALLOW_CIDRS',
      plainHttpAnywhere: true,
      ...(servers.length === 0 ? {} : { lookup: (host) => addressesOf(host, resolver) }),
    })
    return { outbound, resolver }
  }

  return ({ dnsServers }) => {
    const name = dnsServers.join(' ')
    const hit = known.get(name)
    if (hit !== undefined) return hit
    const made = make(dnsServers)
    known.set(name, made)
    return made
  }
}

async function addressesOf(host: string, resolver: () => Promise<Resolver>) {
  const asked = await resolver()
  const answers = await Promise.allSettled([asked.resolve4(host), asked.resolve6(host)])
  const found = answers.flatMap((answer, at) =>
    answer.status === 'rejected'
      ? []
      : answer.value.map((address) => ({ address, family: at === 0 ? 4 : 6 })),
  )
  const [first] = answers
  if (found.length === 0 && first?.status === 'rejected') throw first.reason
  return found
}
