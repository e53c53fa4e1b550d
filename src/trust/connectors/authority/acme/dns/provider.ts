// What whoever holds a zone is to the client. Add one: a file that answers a `DnsProvider`, and its
// row in `index.ts`.
import type { Outbound } from '../../../../../platform/outbound/index.ts'

export interface TxtRecord {
  /** Without the dot at its end. */
  name: string
  value: string
}

/** Both may be done twice, and leave other values of the name alone. Throw Refused, Unreachable. */
export interface DnsProvider {
  put(record: TxtRecord): Promise<void>
  remove(record: TxtRecord): Promise<void>
}

export interface DnsParts {
  outbound: Outbound
  now: () => number
}

/** Short: the values change with every order. */
export const recordSeconds = 60

/** Names of zones in which the record may stand, the longest first. */
export function zonesAbove(name: string): string[] {
  const labels = name.split('.')
  const zones = labels.map((_, at) => labels.slice(at).join('.'))
  return zones.filter((zone) => zone.includes('.')).slice(0, 20)
}
