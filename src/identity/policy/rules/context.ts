// What compiled rules read besides the request: the wall clock of their time zones, the action's
// name, addresses in one notation, the kinds of a list's elements. All of it is derived from
// arguments; nothing asks the clock. It stands under a name of the platform's own, so that what
// rules need never changes what another policy sees of the request.
import type { CedarJson } from '../json.ts'
import { readAddress } from './address.ts'
import { wallClock } from './wall-clock.ts'

/** What must be in the context before a policy is asked; `compileRules` tells it per policy. */
export interface ContextNeeds {
  /** IANA names or offsets, as the rules write them. */
  readonly timezones: readonly string[]
  /** Dotted paths of attributes that hold an IP address as text. */
  readonly addresses: readonly string[]
  /** Dotted paths of lists of whose elements a deny asks; none where a policy is older. */
  readonly lists?: readonly string[] | undefined
  /** Whether a rule looks at the action's name, for a pattern such as `read:*`. */
  readonly action: boolean
}

export const noNeeds: ContextNeeds = { timezones: [], addresses: [], lists: [], action: false }

export type Context = Readonly<Record<string, CedarJson>>

/** The one attribute of the context that is the platform's own. */
export const reservedContextAttribute = 'panthera'

/** What all policies of an organization need together, for one context that serves them all. */
export function mergeNeeds(all: Iterable<ContextNeeds>): ContextNeeds {
  const timezones = new Set<string>()
  const addresses = new Set<string>()
  const lists = new Set<string>()
  let action = false
  for (const needs of all) {
    for (const zone of needs.timezones) timezones.add(zone)
    for (const path of needs.addresses) addresses.add(path)
    for (const path of needs.lists ?? []) lists.add(path)
    action ||= needs.action
  }
  return { timezones: [...timezones], addresses: [...addresses], lists: [...lists], action }
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
  const time = needs.timezones.map((zone) => [zone, { ...wallClock(now, zone) }] as const)
  const address = derived(own, needs.addresses, oneAddress)
  const kinds = derived(own, needs.lists ?? [], kindsIn)
  const added = {
    ...(needs.action ? { action } : {}),
    ...(time.length > 0 ? { time: Object.fromEntries(time) } : {}),
    ...(address.length > 0 ? { address: Object.fromEntries(address) } : {}),
    ...(kinds.length > 0 ? { kinds: Object.fromEntries(kinds) } : {}),
  }
  return Object.keys(added).length === 0 ? own : { ...own, [reservedContextAttribute]: added }
}

/** Where rules find the attribute at `path` as one address. */
export function addressPath(path: readonly string[]): string[] {
  return [reservedContextAttribute, 'address', path.join('.')]
}

/** Where rules find the kinds of the elements of the list at `path`. */
export function kindsPath(path: readonly string[]): string[] {
  return [reservedContextAttribute, 'kinds', path.join('.')]
}

/** By the path of each attribute that is there. */
function derived(
  context: Context,
  paths: readonly string[],
  derive: (value: CedarJson) => CedarJson,
): [path: string, value: CedarJson][] {
  return paths.flatMap((path): [string, CedarJson][] => {
    const value = valueAt(context, path.split('.'))
    return value === undefined ? [] : [[path, derive(value)]]
  })
}

/**
 * One notation for each: servers on both protocols see IPv4 clients as `::ffff:10.0.0.1`, which
 * Cedar does not read. It does read ranges, and a range can lie within none of those of a rule and
 * yet hold an address that does: what is not one address is written such that `ip` fails on it.
 */
function oneAddress(value: CedarJson): CedarJson {
  if (typeof value !== 'string') return value
  return readAddress(value) ?? `not one address: ${value}`
}

/** Each kind once, as `typeof` names it; of what is no list nothing is said. */
function kindsIn(value: CedarJson): CedarJson {
  return Array.isArray(value) ? [...new Set(value.map((each) => typeof each))] : []
}

function valueAt(record: Context, [first = '', ...rest]: readonly string[]): CedarJson | undefined {
  const value = Object.hasOwn(record, first) ? record[first] : undefined
  if (value === undefined || rest.length === 0) return value
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  return valueAt(value as Context, rest)
}
