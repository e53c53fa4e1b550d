// Puts certificates that came in any order into the one from leaf to root, and tells what lacks.
import { type Certificate, isAuthority } from '../certificate.ts'
import { comparable, type Name } from '../name.ts'
import { oids } from '../oids.ts'
import { isSelfSigned, isSignedBy, namesAsIssuer } from './link.ts'

export interface OrderedChain {
  /** Leaf first, each followed by its issuer. */
  chain: Certificate[]
  /** What was given and is no part of it. */
  rest: Certificate[]
  /** The issuer that lacks, and where it may be fetched; null where the chain ends in a root. */
  missing: { name: Name; urls: string[] } | null
}

const chainMax = 20
/** Signatures that are checked for one bag, a few seconds of them; after that names must do. */
const checksMax = 20_000

/**
 * The chain of one certificate among others. Without `leaf` it is the first that is no authority,
 * or else the first that issued none of the others.
 */
export function orderChain(bag: readonly Certificate[], leaf?: Certificate): OrderedChain | null {
  const all = distinct(leaf === undefined ? bag : [leaf, ...bag])
  const issuers = createIssuers(all)
  const first = leaf ?? all.find((each) => !isAuthority(each)) ?? leavesAmong(all, issuers)[0]
  return first === undefined ? null : chainFrom(first, all, issuers)
}

/** The chain of every certificate that issued none of the others. */
export function orderChains(bag: readonly Certificate[]): Omit<OrderedChain, 'rest'>[] {
  const all = distinct(bag)
  const issuers = createIssuers(all)
  return leavesAmong(all, issuers).map((leaf) => follow(leaf, issuers))
}

type Issuers = (certificate: Certificate) => Certificate[]

/** Looks up who issued a certificate, the one that is valid the longest first. */
function createIssuers(all: readonly Certificate[]): Issuers {
  const bySubject = Map.groupBy(all, ({ subject }) => comparable(subject))
  const known = new Map<Certificate, Certificate[]>()
  let checks = 0
  return (certificate) => {
    const before = known.get(certificate)
    if (before !== undefined) return before
    const found = (bySubject.get(comparable(certificate.issuer)) ?? [])
      .filter((each) => each !== certificate && namesAsIssuer(certificate, each))
      .filter((each) => ++checks > checksMax || isSignedBy(certificate, each))
      .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime())
    known.set(certificate, found)
    return found
  }
}

function leavesAmong(all: readonly Certificate[], issuers: Issuers): Certificate[] {
  const authorities = new Set(all.flatMap(issuers))
  const leaves = all.filter((each) => !authorities.has(each))
  // Authorities that certified each other have no last one.
  return leaves.length > 0 ? leaves : all.slice(0, 1)
}

function chainFrom(leaf: Certificate, all: readonly Certificate[], issuers: Issuers): OrderedChain {
  const ordered = follow(leaf, issuers)
  const members = new Set(ordered.chain.map(({ fingerprint }) => fingerprint))
  return { ...ordered, rest: all.filter(({ fingerprint }) => !members.has(fingerprint)) }
}

function follow(leaf: Certificate, issuers: Issuers): Omit<OrderedChain, 'rest'> {
  const chain = [leaf]
  let last = leaf
  while (chain.length < chainMax && !isSelfSigned(last)) {
    const issuer = issuers(last).find((each) => !chain.includes(each))
    if (issuer === undefined) break
    chain.push(issuer)
    last = issuer
  }
  const missing = isSelfSigned(last) ? null : { name: last.issuer, urls: issuerUrls(last) }
  return { chain, missing }
}

function issuerUrls({ says }: Certificate): string[] {
  return says.authorityInfoAccess
    .filter(({ method, location }) => method === oids.caIssuers && location.kind === 'uri')
    .map(({ location }) => location.value)
}

function distinct(bag: readonly Certificate[]): Certificate[] {
  return [...new Map(bag.map((each) => [each.fingerprint, each])).values()]
}
