// The functions and methods of Cedar's extension types, by name. A method's first argument is what
// it is called on.
import type { Integer } from '../integer.ts'
import { integer } from '../integer.ts'
import type { Value } from '../value.ts'
import { Decimal, readDecimal } from './decimal.ts'
import { IpAddress, readIpAddress } from './ip-address.ts'
import {
  DateTime,
  Duration,
  durationSince,
  offset,
  readDateTime,
  readDuration,
  toDate,
  toTime,
} from './time.ts'

export interface ExtensionFunction {
  /** How many arguments it takes; any other number is an error when it is called. */
  readonly arity: 1 | 2
  /** Undefined where the arguments are of a wrong type, or the result does not exist. */
  readonly call: (first: Value, second: Value) => Value | undefined
}

export const extensionFunctions: ReadonlyMap<string, ExtensionFunction> = new Map(
  Object.entries({
    decimal: reader(readDecimal),
    ip: reader(readIpAddress),
    datetime: reader(readDateTime),
    duration: reader(readDuration),
    lessThan: comparison((a, b) => a < b),
    lessThanOrEqual: comparison((a, b) => a <= b),
    greaterThan: comparison((a, b) => a > b),
    greaterThanOrEqual: comparison((a, b) => a >= b),
    isIpv4: method(IpAddress, (ip) => ip.bits === 32),
    isIpv6: method(IpAddress, (ip) => ip.bits === 128),
    isLoopback: method(IpAddress, (ip) => ip.isLoopback),
    isMulticast: method(IpAddress, (ip) => ip.isMulticast),
    isInRange: method2(IpAddress, IpAddress, (ip, range) => ip.isInRange(range)),
    offset: method2(DateTime, Duration, offset),
    durationSince: method2(DateTime, DateTime, durationSince),
    toDate: method(DateTime, toDate),
    toTime: method(DateTime, toTime),
    toMilliseconds: whole(1n),
    toSeconds: whole(1000n),
    toMinutes: whole(60_000n),
    toHours: whole(3_600_000n),
    toDays: whole(86_400_000n),
  }),
)

type Kind<T> = abstract new (...args: never[]) => T

function reader(read: (text: string) => Value | undefined): ExtensionFunction {
  return { arity: 1, call: (text) => (typeof text === 'string' ? read(text) : undefined) }
}

function method<A>(kind: Kind<A>, body: (on: A) => Value | undefined): ExtensionFunction {
  return { arity: 1, call: (on) => (on instanceof kind ? body(on) : undefined) }
}

function method2<A, B>(
  kind: Kind<A>,
  other: Kind<B>,
  body: (on: A, argument: B) => Value | undefined,
): ExtensionFunction {
  const call = (a: Value, b: Value) =>
    a instanceof kind && b instanceof other ? body(a, b) : undefined
  return { arity: 2, call }
}

function comparison(holds: (a: bigint, b: bigint) => boolean): ExtensionFunction {
  return method2(Decimal, Decimal, (a, b) => holds(a.units, b.units))
}

/** A duration in whole units, cut towards zero. */
function whole(unitMs: bigint): ExtensionFunction {
  return method(Duration, ({ ms }): Integer | undefined => integer(ms / unitMs))
}
