// Names of decisions: the time, then chance. The log is sorted by them, and finds the day of one.
import { randomFillSync } from 'node:crypto'

const prefix = 'decision_'
/** As in `platform/ids.ts`. */
const base32 = '0123456789abcdefghjkmnpqrstvwxyz'
const timeLength = 10
const chanceLength = 10
const form = /^decision_[0-9abcdefghjkmnpqrstvwxyz]{20}$/

/** Drawn in advance: asking for a few bytes costs as much as asking for thousands. */
const pool = Buffer.alloc(8_192)
let used = pool.length

/** @param now Unix milliseconds */
export function decisionId(now: number): string {
  let time = ''
  for (let rest = now, at = 0; at < timeLength; at++, rest = Math.floor(rest / 32)) {
    time = base32.charAt(rest % 32) + time
  }
  if (used + chanceLength > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  let chance = ''
  for (let at = 0; at < chanceLength; at++) chance += base32.charAt((pool[used++] ?? 0) & 31)
  return prefix + time + chance
}

/** Unix milliseconds; null for what is no decision's name. */
export function timeOfDecision(id: string): number | null {
  if (!form.test(id)) return null
  let time = 0
  for (const digit of id.slice(prefix.length, prefix.length + timeLength)) {
    time = time * 32 + base32.indexOf(digit)
  }
  return time <= timeMax ? time : null
}

/** The end of the year 9999: PostgreSQL reads it, and so does every client. */
const timeMax = 253_402_300_799_999
