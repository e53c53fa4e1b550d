// Names for rows, requests and API keys: time-ordered UUIDs, short prefixed ids, checkable keys.
import { randomBytes, randomFillSync } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Prefix of the API keys of each kind. */
export const keyPrefixes = {
  gate: 'tg_live_',
  trust_agent: 'ak_',
  trust_public: 'ck_',
  identity: 'ti_live_',
  certus: 'ck_live_',
} as const

export type RandomSource = (bytes: number) => Uint8Array

/** A time-ordered UUID (RFC 9562, section 5.7), greater than every earlier one of this process. */
export const uuid7: () => string = uuid7Generator(Date.now, randomBytes)

/**
 * A generator of version 7 UUIDs. Within one millisecond, and while the clock stands or goes back,
 * the 74 random bits are taken as one number and raised by a random step (RFC 9562, section 6.2,
 * method 2), so the order holds and the next value stays unpredictable.
 *
 * @param now Unix time in milliseconds
 */
export function uuid7Generator(now: () => number, random: RandomSource): () => string {
  let time = -1n
  let tail = 0n
  return () => {
    const current = BigInt(Math.floor(now()))
    if (current > time) {
      time = current
      tail = integer(random(10)) & tailMax
    } else {
      tail += (integer(random(4)) & 0xffffffffn) + 1n
      if (tail > tailMax) {
        time += 1n
        tail &= tailMax
      }
    }
    return formatUuid7(time, tail)
  }
}

/** `prefixedId('key')` is `key_` and 12 characters of lower-case Crockford base32: 60 bits. */
export function prefixedId(prefix: string, random: RandomSource = drawn): string {
  let id = `${prefix}_`
  // 256 is a multiple of 32, so the low five bits of a byte are unbiased.
  for (const byte of random(12)) id += base32.charAt(byte & 31)
  return id
}

/** A string of `0-9A-Za-z`, each character equally likely. */
export function randomBase62(length: number, random: RandomSource = randomBytes): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      // 248 is the greatest multiple of 62 in a byte; what lies above would favour some letters.
      if (byte < 248) text += base62.charAt(byte % 62)
    }
  }
  return text
}

/** A new API key: prefix, 32 random base62 characters (190 bits), and their checksum. */
export function newKey(prefix: string, random: RandomSource = randomBytes): string {
  const unchecked = prefix + randomBase62(32, random)
  return unchecked + checksum(unchecked)
}

/**
 * Whether a text has the form of an API key and its checksum holds. Costs next to nothing, so it
 * turns away typing errors and junk before anything is looked up; it proves nothing more.
 */
export function keyChecksumHolds(key: string): boolean {
  if (key.length > 64 || !keyForm.test(key)) return false
  return checksum(key.slice(0, -6)) === key.slice(-6)
}

/** Each request has an id, and asking for a few bytes costs as much as asking for thousands. */
const pool = Buffer.alloc(8_192)
let used = pool.length

/** Never for secrets: what is drawn stays in memory until the pool is filled anew. */
function drawn(bytes: number): Uint8Array {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Without i, l, o and u: nothing to misread, and hardly a word. */
const base32 = '0123456789abcdefghjkmnpqrstvwxyz'
const keyForm = /^(?:[a-z]+_){1,2}[0-9A-Za-z]{38}$/
const tailMax = (1n << 74n) - 1n

function formatUuid7(time: bigint, tail: bigint): string {
  const randA = tail >> 62n
  const randB = tail & ((1n << 62n) - 1n)
  const value =
    ((time & 0xffffffffffffn) << 80n) | (7n << 76n) | (randA << 64n) | (2n << 62n) | randB
  const hex = value.toString(16).padStart(32, '0')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return `${groups.join('-')}-${hex.slice(20)}`
}

function integer(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** CRC-32 in six base62 digits, the most significant first: 62^6 exceeds 2^32. */
function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let at = 0; at < 6; at += 1) {
    digits = base62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
