// Host to the addresses that may be connected to. Everything that connects asks here.
import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { AddressPolicy } from './address-policy.ts'
import { OutboundFailed, OutboundRefused, type RefusalReason } from './errors.ts'

/** All addresses of a name; rejects with the codes of `dns.lookup`. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>

export interface Resolver {
  /**
   * The permitted addresses of a host, at least one. Where a name has others as well, these are
   * left out: nobody will connect to them.
   *
   * Throws OutboundRefused, OutboundFailed with `dns` or `timeout`, or what the lookup throws.
   */
  addresses(host: string, use: { plainHttp: boolean }): Promise<string[]>
  /** The check of an address that a socket is connected to; throws OutboundRefused. */
  checkConnected(host: string, address: string | undefined, use: { plainHttp: boolean }): void
}

export function createResolver(options: {
  policy: AddressPolicy
  lookup: Lookup | undefined
  lookupMs: number
  /** Names the setting that allows networks, for messages. */
  setting: string
}): Resolver {
  const lookup = options.lookup ?? ((hostname) => systemLookup(hostname, { all: true }))

  function refused(reason: RefusalReason, host: string, address: string | null): OutboundRefused {
    return new OutboundRefused(reason, explain(reason, host, options.setting), address)
  }

  return {
    async addresses(host, use) {
      const found =
        isIP(host) === 0 ? await inTime(lookup(host), host, options.lookupMs) : [{ address: host }]
      const permitted: string[] = []
      let refusal: OutboundRefused | null = null
      for (const { address } of found.slice(0, addressesMax)) {
        const reason = options.policy.refusal(address, use)
        if (reason === null) permitted.push(address)
        else refusal ??= refused(reason, host, address)
      }
      if (permitted.length > 0) return permitted
      throw refusal ?? new OutboundFailed('dns', `${host} has no address`)
    },
    checkConnected(host, address, use) {
      const reason = address === undefined ? null : options.policy.refusal(address, use)
      // No address means that the peer has gone already; there is nothing to send to.
      if (address === undefined) throw new OutboundFailed('reset', `${host} closed the connection`)
      if (reason !== null) throw refused(reason, host, address)
    },
  }
}

const addressesMax = 32

function explain(reason: RefusalReason, host: string, setting: string): string {
  switch (reason) {
    case 'plain_http':
      return `${host} may be reached over https:// only; http:// is for networks in ${setting}`
    case 'private_address':
      return `${host} is not on the public internet; an operator can open its network in ${setting}`
    default:
      return `${host} is a link-local, metadata or otherwise special address, which stays closed`
  }
}

/** The system's lookup cannot be called off, but nobody has to wait for it. */
async function inTime<Answer>(answer: Promise<Answer>, host: string, ms: number): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const failure = new OutboundFailed('timeout', `${host} was not resolved within ${ms} ms`)
  const timer = setTimeout(() => reject(failure), ms)
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
