// Cedar's datetime and duration: milliseconds, since 1970 in UTC or by themselves.
import { integer } from '../integer.ts'
import type { Call, Extension } from '../value.ts'

const dayMs = 86_400_000n
const textFrom = -62_167_219_200_000n
const textTo = 253_402_300_800_000n
const datetimeForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(?:Z|([+-])(\d\d)(\d\d)))?$/
const durationForm = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/

export class DateTime implements Extension {
  readonly extension = 'datetime'
  readonly canonical: string
  readonly ms: bigint

  constructor(ms: bigint) {
    this.ms = ms
    this.canonical = String(ms)
  }

  get written(): Call {
    // Text has four digits for the year; what lies beyond is written as Cedar itself does.
    if (this.ms >= textFrom && this.ms < textTo)
      return { fn: 'datetime', arg: new Date(Number(this.ms)).toISOString() }
    const start = { __extn: { fn: 'datetime', arg: '1970-01-01' } }
    return { fn: 'offset', args: [start, { __extn: { fn: 'duration', arg: `${this.ms}ms` } }] }
  }
}

export class Duration implements Extension {
  readonly extension = 'duration'
  readonly canonical: string
  readonly ms: bigint

  constructor(ms: bigint) {
    this.ms = ms
    this.canonical = String(ms)
  }

  get written(): Call {
    return { fn: 'duration', arg: `${this.ms}ms` }
  }
}

/** From `2024-10-15`, `2024-10-15T11:38:02Z`, with `.101` or an offset such as `+0200`. */
export function readDateTime(text: string): DateTime | undefined {
  const parts = datetimeForm.exec(text)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts
    .slice(1, 8)
    .map((part) => Number(part ?? 0))
  const [offsetHours, offsetMinutes] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59)
    return undefined
  const date = new Date(0)
  // Not Date.UTC, which takes a year below 100 for one of the twentieth century.
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const time = ((hour * 60 + minute) * 60 + second) * 1000 + ms
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000 * (parts[8] === '-' ? -1 : 1)
  return new DateTime(BigInt(date.getTime() + time - offset))
}

/** From `1d2h30m`, `-5ms`: units from days to milliseconds, each at most once. */
export function readDuration(text: string): Duration | undefined {
  const parts = text.length > 200 ? null : durationForm.exec(text)
  if (parts === null || text === '' || text === '-') return undefined
  const units = [dayMs, 3_600_000n, 60_000n, 1000n, 1n]
  const sum = units.reduce((ms, unit, i) => ms + unit * BigInt(parts[i + 2] ?? 0), 0n)
  const signed = parts[1] === '-' ? -sum : sum
  return integer(signed) === undefined ? undefined : new Duration(signed)
}

export function offset(start: DateTime, by: Duration): DateTime | undefined {
  return dateTime(start.ms + by.ms)
}

export function durationSince(end: DateTime, start: DateTime): Duration | undefined {
  const ms = end.ms - start.ms
  return integer(ms) === undefined ? undefined : new Duration(ms)
}

/** The day's beginning. */
export function toDate({ ms }: DateTime): DateTime | undefined {
  return dateTime(ms - sinceMidnight(ms))
}

export function toTime({ ms }: DateTime): Duration {
  return new Duration(sinceMidnight(ms))
}

function sinceMidnight(ms: bigint): bigint {
  const rest = ms % dayMs
  return rest < 0n ? rest + dayMs : rest
}

function dateTime(ms: bigint): DateTime | undefined {
  return integer(ms) === undefined ? undefined : new DateTime(ms)
}
