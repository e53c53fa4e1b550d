// Times as RFC 5280 §4.1.2.5 allows them: UTCTime or GeneralizedTime, to the second, in UTC.
import { X509Error } from '../error.ts'
import { contentOf, type Element, tags } from './reader.ts'
import { encode } from './writer.ts'

const digits = { [tags.utcTime]: 12, [tags.generalizedTime]: 14 } as Record<number, number>

export function timeOf(element: Element): Date {
  const bytes = contentOf(element)
  const length = digits[element.tag]
  if (length === undefined || bytes.length !== length + 1 || bytes[length] !== 0x5a) {
    const accepted = 'YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ'
    throw new X509Error('malformed', `a time that is not ${accepted}`, element.start)
  }
  const at = length - 10
  const short = at === 2 ? pair(bytes, 0) : 0
  const year =
    at === 2 ? short + (short >= 50 ? 1900 : 2000) : pair(bytes, 0) * 100 + pair(bytes, 2)
  const [month, day] = [pair(bytes, at), pair(bytes, at + 2)]
  const [hour, minute, second] = [pair(bytes, at + 4), pair(bytes, at + 6), pair(bytes, at + 8)]
  const time = new Date(0)
  time.setUTCFullYear(year, month - 1, day)
  time.setUTCHours(hour, minute, second)
  const exact =
    time.getUTCMonth() === month - 1 &&
    time.getUTCDate() === day &&
    time.getUTCHours() === hour &&
    time.getUTCMinutes() === minute &&
    time.getUTCSeconds() === second
  if (!exact) throw new X509Error('malformed', 'a time that does not exist', element.start)
  return time
}

function pair(bytes: Uint8Array, at: number): number {
  const [high = 0, low = 0] = [bytes[at], bytes[at + 1]]
  const valid = high >= 0x30 && high <= 0x39 && low >= 0x30 && low <= 0x39
  return valid ? (high - 0x30) * 10 + low - 0x30 : Number.NaN
}

/** UTCTime until 2049, GeneralizedTime after; fractions of a second are dropped. */
export function encodeTime(time: Date): Uint8Array {
  const year = time.getUTCFullYear()
  if (year >= 1950 && year < 2050) return encode(tags.utcTime, ascii(stamp(time).slice(2)))
  return encodeGeneralizedTime(time)
}

/** As OCSP wants it, whatever the year. */
export function encodeGeneralizedTime(time: Date): Uint8Array {
  const year = time.getUTCFullYear()
  if (Number.isNaN(year) || year < 0 || year > 9999) {
    throw new X509Error('not_allowed', 'a time that no certificate can tell: years 0 to 9999')
  }
  return encode(tags.generalizedTime, ascii(stamp(time)))
}

function stamp(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}
