// One-time passwords from an app on the phone: HOTP (RFC 4226) over time steps (RFC 6238).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface TotpForm {
  algorithm?: 'sha1' | 'sha256' | 'sha512'
  digits?: number
}

/** What every app understands; many ignore that they were told another. */
const stepSeconds = 30
const digitsUsed = 6
/** Clocks differ, and people take their time: one step to either side. */
const drift = 1

/** 160 bits, as RFC 4226 recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(20)
}

export function timeStep(nowMs: number): number {
  return Math.floor(nowMs / 1000 / stepSeconds)
}

export function totp(secret: Uint8Array, step: number, form: TotpForm = {}): string {
  const { algorithm = 'sha1', digits = digitsUsed } = form
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac(algorithm, secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The step whose code it is, later than the last one that was used; null where it is none. */
export function matchTotp(
  code: string,
  secret: Uint8Array,
  { nowMs, lastStep }: { nowMs: number; lastStep: number },
): number | null {
  const given = Buffer.from(code)
  const current = timeStep(nowMs)
  let found: number | null = null
  // All of them are compared, so that the time does not tell which one it was.
  for (let step = current - drift; step <= current + drift; step++) {
    const expected = Buffer.from(totp(secret, step))
    const fits = given.length === expected.length && timingSafeEqual(given, expected)
    if (fits && step > lastStep) found = step
  }
  return found
}

/** What apps read from a QR code (Key URI format). */
export function keyUri(secret: Uint8Array, account: string): string {
  const issuer = 'Panthera'
  const label = `${issuer}:${encodeURIComponent(account)}`
  const query = `secret=${base32(secret)}&issuer=${issuer}&algorithm=SHA1`
  return `otpauth://totp/${label}?${query}&digits=${digitsUsed}&period=${stepSeconds}`
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, section 6, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet.charAt((value >>> bits) & 31)
    }
  }
  return bits > 0 ? text + alphabet.charAt((value << (5 - bits)) & 31) : text
}
