// The bytes that mean something in JSON (RFC 8259 §2, §7).

export const quote = 0x22
export const comma = 0x2c
export const colon = 0x3a
export const squareOpen = 0x5b
export const backslash = 0x5c
export const squareClose = 0x5d
export const letterU = 0x75
export const curlyOpen = 0x7b
export const curlyClose = 0x7d

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** What may follow a backslash. */
export function isEscape(byte: number): boolean {
  return escapes.includes(byte)
}

export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

/** What a number, `true`, `false` or `null` ends at. */
export function endsScalar(byte: number): boolean {
  return isSpace(byte) || byte === comma || byte === squareClose || byte === curlyClose
}

const escapes = Buffer.from('"\\/bfnrtu')
