// A window of the day, `{"start":"22:00","end":"06:00","timezone":"Europe/Berlin","days":["fri"]}`:
// from its start on, until just before its end, which may be on the next day.
import { isTimezone } from './wall-clock.ts'

export interface Window {
  /** Minutes of the day; `end` is up to 1440, and not later than `start` over midnight. */
  start: number
  end: number
  zone: string
  /** 1 is Monday; days on which the window starts. Null for all. */
  days: readonly number[] | null
}

export type ReadWindow = Window | { field: string | null; problem: string; accepted: string }

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const longNames = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')
const fields = ['start', 'end', 'timezone', 'days']
const shape = '{"start":"09:00","end":"17:00","timezone":"Europe/Berlin","days":["mon",…]}'

export function readWindow(value: unknown): ReadWindow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { field: null, problem: 'must be a window of the day', accepted: shape }
  }
  const {
    start,
    end,
    timezone = 'UTC',
    days = null,
    ...others
  }: Record<string, unknown> = {
    ...value,
  }
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    return { field: unknown, problem: 'is not known here', accepted: fields.join(', ') }
  }
  const from = readMinute(start)
  if (from === null || from === 1440) return faultyTime('start', '23:59')
  const to = readMinute(end)
  if (to === null) return faultyTime('end', '24:00')
  if (from === to) {
    const accepted = 'another time than start; 00:00 to 24:00 is the whole day'
    return { field: 'end', problem: 'is the same as start', accepted }
  }
  if (typeof timezone !== 'string' || !isTimezone(timezone)) {
    const accepted = 'a name such as Europe/Berlin, UTC, or an offset such as +02:00'
    return { field: 'timezone', problem: 'is not a time zone', accepted }
  }
  const on = days === null ? null : readDays(days)
  if (on === undefined) {
    const accepted = `a list of ${dayNames.join(', ')}`
    return { field: 'days', problem: 'is not a list of days', accepted }
  }
  return { start: from, end: to, zone: timezone, days: on }
}

function faultyTime(field: string, last: string): ReadWindow {
  return { field, problem: 'is not a time of the day', accepted: `00:00 to ${last}` }
}

function readMinute(value: unknown): number | null {
  const [, hours, minutes] =
    /^(\d{2}):([0-5]\d)$/.exec(typeof value === 'string' ? value : '') ?? []
  if (hours === undefined || minutes === undefined) return null
  const minute = Number(hours) * 60 + Number(minutes)
  return minute <= 1440 ? minute : null
}

function readDays(value: unknown): number[] | undefined {
  if (!Array.isArray(value) || value.length < 1 || value.length > 7) return undefined
  const days = value.map((day) => {
    const name = typeof day === 'string' ? day.toLowerCase() : ''
    return Math.max(dayNames.indexOf(name), longNames.indexOf(name)) + 1
  })
  return days.includes(0) ? undefined : [...new Set(days)].sort((a, b) => a - b)
}
