// What public authorities issue for: servers, by names of the DNS and sometimes addresses.
import { isIP } from 'node:net'
import { type Order, Refused } from './contract.ts'

/** Public certificates of clients alone are another product. Throws Refused. */
export function requireServer({ usages }: Pick<Order, 'usages'>): void {
  if (usages.includes('serverAuth')) return
  throw new Refused('must contain serverAuth: this authority certifies servers', 'usages')
}

/** Throws Refused for mailboxes, URIs and, where not allowed, addresses. */
export function requireHosts(
  { names }: Pick<Order, 'names'>,
  allows: { addresses: boolean },
): void {
  const other = names.find((name) => /[@:/]/.test(name) && !(allows.addresses && isIP(name) !== 0))
  const address = allows.addresses ? undefined : names.find((name) => isIP(name) !== 0)
  const wrong = other ?? address
  if (wrong === undefined) return
  const accepted = allows.addresses ? 'host names and addresses' : 'host names'
  throw new Refused(
    `must be ${accepted} for this authority, which ${wrong} is not`,
    'subjectAlternativeNames',
  )
}
