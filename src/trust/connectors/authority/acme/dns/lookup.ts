// Asks DNS: the servers that the settings name, or the system's.
import { Resolver } from 'node:dns/promises'
import { OutboundFailed, OutboundRefused } from '../../../../../platform/outbound/index.ts'
import { serverOf } from '../../acme-server.ts'
import { Unreachable } from '../../contract.ts'
import type { AcmeContext } from '../context.ts'

const patience = { timeout: 3_000, tries: 2 }
const aliasesMax = 8

/** Of servers as in `192.0.2.53:53`; each passes the guard of all that goes out. */
export async function resolverOf(
  { platform }: AcmeContext,
  servers: readonly string[],
): Promise<Resolver> {
  const resolver = new Resolver(patience)
  if (servers.length === 0) return resolver
  try {
    for (const { address, port } of servers.map(serverOf)) {
      await platform.outbound.resolve(address, port)
    }
  } catch (error) {
    if (error instanceof OutboundRefused || error instanceof OutboundFailed) {
      throw new Unreachable(error.message, { cause: error })
    }
    throw error
  }
  resolver.setServers([...servers])
  return resolver
}

/** Where the record of a name is to stand: what is an alias is followed to its end. */
export async function challengeName(context: AcmeContext, identifier: string): Promise<string> {
  const resolver = await resolverOf(context, context.settings.dnsServers)
  let name = `_acme-challenge.${identifier}`
  for (let left = aliasesMax; left > 0; left--) {
    const target = await aliasOf(resolver, name)
    if (target === null) return name
    name = target.replace(/\.$/, '').toLowerCase()
  }
  throw new Unreachable(`_acme-challenge.${identifier} leads through too many aliases`)
}

async function aliasOf(resolver: Resolver, name: string): Promise<string | null> {
  const found = await unlessNone(resolver.resolveCname(name))
  return found?.[0] ?? null
}

/** Null where the answer is that there is none. Throws Unreachable. */
export async function unlessNone<Found>(work: Promise<Found>): Promise<Found | null> {
  try {
    return await work
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ENODATA' || code === 'ENOTFOUND') return null
    if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error
    throw new Unreachable(`DNS did not answer (${code})`, { cause: error })
  }
}
