// What a clock on the wall shows in a time zone, daylight saving included.

export interface WallClock {
  /** 0 to 1439. */
  readonly minute_of_day: number
  /** 1 is Monday, 7 Sunday. */
  readonly day_of_week: number
}

/** `zone` is one for which `isTimezone` holds. Throws a RangeError for others. */
export function wallClock(now: Date, zone: string): WallClock {
  const minute = Math.floor(now.getTime() / 60_000)
  // Until 1972 there were zones that were seconds apart from others: then a minute is not one.
  if (minute < firstWholeMinute) return read(now, zone)
  const known = last.get(zone)
  if (known?.minute === minute) return known.clock
  const clock = read(now, zone)
  if (last.size >= zonesMax) last.clear()
  last.set(zone, { minute, clock })
  return clock
}

/** Decisions come many in a minute, and reading takes longer than deciding. */
const last = new Map<string, { minute: number; clock: WallClock }>()
const firstWholeMinute = Date.UTC(1973, 0) / 60_000

function read(now: Date, zone: string): WallClock {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  return {
    minute_of_day: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    day_of_week: weekdays.indexOf(parts.get('weekday') ?? '') + 1,
  }
}

/** An IANA name such as `Europe/Berlin`, or an offset such as `+02:00`. */
export function isTimezone(text: string): boolean {
  if (text.length > 64) return false
  try {
    formatterOf(text)
    return true
  } catch {
    return false
  }
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Making one takes longer than a decision. The names come from policies: bounded all the same. */
const formatters = new Map<string, Intl.DateTimeFormat>()
const zonesMax = 1_000

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  if (formatters.size >= zonesMax) formatters.clear()
  formatters.set(timeZone, made)
  return made
}
