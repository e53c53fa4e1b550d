// Serial numbers between their bytes and the text that people and the API know them by.
import { X509Error } from './error.ts'
import { colonHex, hex } from './hex.ts'

/** Lower-case hex pairs with colons, without the zero that keeps it positive. */
export function serialText(bytes: Uint8Array): string {
  const [first = 0] = bytes
  if (first < 0x80) return colonHex(first === 0 && bytes.length > 1 ? bytes.subarray(1) : bytes)
  const value = 2n ** BigInt(bytes.length * 8) - BigInt(`0x${hex(bytes)}`)
  const digits = value.toString(16)
  return `-${colonHex(Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex'))}`
}

/** The magnitude of a positive one, from its text; colons may be left out. */
export function serialMagnitude(text: string): Uint8Array {
  const digits = text.replaceAll(':', '')
  if (!/^([0-9a-f]{2}){1,64}$/i.test(digits)) {
    throw new X509Error('not_allowed', `"${text.slice(0, 60)}" is no serial number in hex pairs`)
  }
  return Buffer.from(digits, 'hex')
}
