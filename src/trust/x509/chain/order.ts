// Puts certificates that came in any order into the one from leaf to root, and tells what lacks.
import { type Certificate, isAuthority } from '../certificate.ts'
import type { Name } from '../name.ts'
import { oids } from '../oids.ts'
import { isSelfSigned, isSignedBy, namesAsIssuer, same } from './link.ts'

export interface OrderedChain {
  /** Leaf first, each followed by its issuer. */
  chain: Certificate[]
  /** What was given and is no part of it. */
  rest: Certificate[]
  /** The issuer that lacks, and where it may be fetched; null where the chain ends in a root. */
  missing: { name: Name; urls: string[] } | null
}

const chainMax = 20
const bagMax = 1000

/**
 * The chain of one certificate among others. Without `leaf` it is the first that is no authority,
 * or else the first that issued none of the others.
 */
export function orderChain(bag: readonly Certificate[], leaf?: Certificate): OrderedChain | null {
  const all = distinct(leaf === undefined ? bag : [leaf, ...bag]).slice(0, bagMax)
  const first = leaf ?? leafOf(all)
  if (first === undefined) return null
  const chain = [first]
  let last = first
  while (chain.length < chainMax && !isSelfSigned(last)) {
    const issuer = issuerAmong(last, all, chain)
    if (issuer === undefined) break
    chain.push(issuer)
    last = issuer
  }
  const rest = all.filter((each) => !chain.some((member) => same(member, each)))
  const missing = isSelfSigned(last) ? null : { name: last.issuer, urls: issuerUrls(last) }
  return { chain, rest, missing }
}

/** Every certificate that may head a chain of its own: the others are authorities above it. */
export function leavesOf(bag: readonly Certificate[]): Certificate[] {
  const all = distinct(bag).slice(0, bagMax)
  return all.filter((each) => !all.some((other) => issued(each, other)))
}

function leafOf(all: readonly Certificate[]): Certificate | undefined {
  return all.find((each) => !isAuthority(each)) ?? leavesOf(all)[0] ?? all[0]
}

function issued(issuer: Certificate, other: Certificate): boolean {
  return issuer !== other && namesAsIssuer(other, issuer) && isSignedBy(other, issuer)
}

/** Of several, such as one certified anew, the one that is valid the longest. */
function issuerAmong(
  certificate: Certificate,
  all: readonly Certificate[],
  chain: readonly Certificate[],
): Certificate | undefined {
  return all
    .filter((each) => !chain.includes(each) && issued(each, certificate))
    .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime())[0]
}

function issuerUrls({ says }: Certificate): string[] {
  return says.authorityInfoAccess
    .filter(({ method, location }) => method === oids.caIssuers && location.kind === 'uri')
    .map(({ location }) => location.value)
}

function distinct(bag: readonly Certificate[]): Certificate[] {
  return [...new Map(bag.map((each) => [each.fingerprint, each])).values()]
}
