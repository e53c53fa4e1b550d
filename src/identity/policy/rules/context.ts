// What compiled rules read besides the request: the wall clock of their time zones, the action's
// name, addresses in one notation. All of it is derived from arguments; nothing asks the clock.
import ipaddr from 'ipaddr.js'
import type { CedarJson } from '../json.ts'
import { wallClock } from './wall-clock.ts'

/** What must be in the context before a policy is asked; `compileRules` tells it per policy. */
export interface ContextNeeds {
  /** IANA names or offsets, as the rules write them. */
  readonly timezones: readonly string[]
  /** Dotted paths of attributes that hold an IP address as text. */
  readonly addresses: readonly string[]
  /** Whether a rule looks at the action's name, for a pattern such as `read:*`. */
  readonly action: boolean
}

export const noNeeds: ContextNeeds = { timezones: [], addresses: [], action: false }

export type Context = Readonly<Record<string, CedarJson>>

/** The one attribute of the context that is the platform's own. */
export const reservedContextAttribute = 'panthera'

/** What all policies of an organization need together, for one context that serves them all. */
export function mergeNeeds(all: Iterable<ContextNeeds>): ContextNeeds {
  const timezones = new Set<string>()
  const addresses = new Set<string>()
  let action = false
  for (const needs of all) {
    for (const zone of needs.timezones) timezones.add(zone)
    for (const path of needs.addresses) addresses.add(path)
    action ||= needs.action
  }
  return { timezones: [...timezones], addresses: [...addresses], action }
}

/**
 * The context for a decision at `now` about the action of that name. A `panthera` of the caller's
 * own never gets through, even where nothing is needed: nobody brings their own clock.
 */
export function enrichContext(
  context: Context,
  needs: ContextNeeds,
  now: Date,
  action: string,
): Context {
  const { [reservedContextAttribute]: _, ...own } = context
  const plain = needs.addresses.reduce(
    (so, path) => replaceAt(so, path.split('.'), plainAddress),
    own as Context,
  )
  if (needs.timezones.length === 0 && !needs.action) return plain
  const time = needs.timezones.map((zone) => [zone, { ...wallClock(now, zone) }] as const)
  return {
    ...plain,
    [reservedContextAttribute]: {
      ...(needs.action ? { action } : {}),
      ...(time.length > 0 ? { time: Object.fromEntries(time) } : {}),
    },
  }
}

/** Servers on both protocols see IPv4 clients as `::ffff:10.0.0.1`, which Cedar does not read. */
function plainAddress(value: CedarJson): CedarJson {
  if (typeof value !== 'string' || value.length > 45 || !value.includes(':')) return value
  if (!ipaddr.isValid(value)) return value
  const address = ipaddr.process(value)
  return address.kind() === 'ipv4' ? address.toString() : value
}

function replaceAt(
  record: Context,
  [first = '', ...rest]: readonly string[],
  change: (value: CedarJson) => CedarJson,
): Context {
  const value = Object.hasOwn(record, first) ? record[first] : undefined
  if (value === undefined) return record
  if (rest.length === 0) return replaced(record, first, change(value))
  if (typeof value !== 'object' || Array.isArray(value)) return record
  return replaced(record, first, replaceAt(value as Context, rest, change))
}

function replaced(record: Context, name: string, value: CedarJson): Context {
  // Not by assignment: the member may be called `__proto__`.
  return Object.fromEntries([...Object.entries(record).filter(([n]) => n !== name), [name, value]])
}
