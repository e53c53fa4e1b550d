// Failed authentications per network and minute, in this node's memory. What guesses cost is
// bounded before they are looked up; credentials that this node has seen good are let in beside
// them, so that nobody behind the same address can lock them out.
import { LRUCache } from 'lru-cache'
import type { Allowance } from '../limits.ts'
import { network } from './address.ts'

/** So many are answered 401 and those beyond 429. */
const answeredMax = 60
/** Good credentials that this node has not seen yet still get in between the two. */
const lookedUpMax = 120
const networksMax = 50_000
const credentialsMax = 50_000
const minuteMs = 60_000

export interface Refused {
  /** Whether so much was refused that this is not even looked up. `credential`: its digest. */
  isBeyond(address: string, credential: string): boolean
  /** Counts a failure; `allowed` says whether it may still be answered as one. */
  record(address: string, credential: string): Allowance
  /** Remembers a credential that is good. */
  passed(credential: string): void
  /** What answers who is beyond the limit. */
  spent(): Allowance
}

export function createRefused(now: () => number): Refused {
  // The ones that have been quiet the longest go first, so that many addresses hide no guesser.
  const counts = new LRUCache<string, { minute: number; count: number }>({ max: networksMax })
  const good = new LRUCache<string, true>({ max: credentialsMax })
  const thisMinute = () => Math.floor(now() / minuteMs)

  function countOf(address: string): number {
    const known = counts.get(network(address))
    return known?.minute === thisMinute() ? known.count : 0
  }

  function allowance(count: number): Allowance {
    const remaining = Math.max(0, answeredMax - count)
    const resetAt = ((thisMinute() + 1) * minuteMs) / 1000
    return { allowed: count <= answeredMax, limit: answeredMax, remaining, resetAt }
  }

  return {
    isBeyond: (address, credential) =>
      good.get(credential) === undefined && countOf(address) >= lookedUpMax,
    record(address, credential) {
      good.delete(credential)
      const count = countOf(address) + 1
      counts.set(network(address), { minute: thisMinute(), count })
      return allowance(count)
    },
    passed(credential) {
      if (!good.has(credential)) good.set(credential, true)
    },
    spent: () => allowance(lookedUpMax),
  }
}
