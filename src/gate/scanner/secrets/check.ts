// What a token says about itself: checksums and inner structure.
import { crc32 } from 'node:zlib'
import { isPassword, isToken } from './judge.ts'
import { isMadeUp, isReference, isStandIn } from './placeholder.ts'

export const checkNames = [
  'crc32-base62',
  'crc32-base62-whole',
  'basic-credentials',
  'discord-bot',
  'header-token',
  'jwt',
  'mixed',
  'mixed-case',
  'password',
  'supabase-service-role',
] as const
export type CheckName = (typeof checkNames)[number]

/**
 * `doubtful`: a checksum that does not hold, so the token is mistyped, cut or made up;
 * `wrong`: not such a token at all. `mixed` asks for both cases and a digit.
 */
export type Verdict = 'right' | 'doubtful' | 'wrong'

export function checkValue(check: CheckName, value: string): Verdict {
  return checks[check](value)
}

const checks: Record<CheckName, (value: string) => Verdict> = {
  'crc32-base62': (value) => {
    const body = value.slice(value.lastIndexOf('_') + 1)
    return checksumHolds(body) ? 'right' : 'doubtful'
  },
  'crc32-base62-whole': (value) => (checksumHolds(value) ? 'right' : 'wrong'),
  'basic-credentials': (value) => {
    const [, user, password = ''] = userAndPassword.exec(fromBase64(value)) ?? []
    return password === '' || password === user || isStandIn(password) ? 'wrong' : 'right'
  },
  'discord-bot': (value) => {
    const [user = ''] = value.split('.')
    return /^\d{15,21}$/.test(fromBase64(user)) ? 'right' : 'wrong'
  },
  jwt: (value) => {
    const token = value.includes('.') ? value : fromBase64(value)
    return typeof jwtPart(token, 0)?.alg === 'string' ? 'right' : 'wrong'
  },
  mixed: (value) =>
    /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value) ? 'right' : 'wrong',
  'mixed-case': (value) => (/[a-z]/.test(value) && /[A-Z]/.test(value) ? 'right' : 'wrong'),
  password: (value) => (isPassword(value) ? 'right' : 'wrong'),
  'header-token': (value) => (isHeaderToken(value) ? 'right' : 'wrong'),
  'supabase-service-role': (value) =>
    jwtPart(value, 1)?.role === 'service_role' ? 'right' : 'wrong',
}

/** Beside a header's name a short token or a UUID is a credential too. */
function isHeaderToken(value: string): boolean {
  if (isMadeUp(value) || isReference(value) || isStandIn(value)) return false
  if (uuid.test(value) || isToken(value, false)) return true
  return /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{10,}$/.test(value) && isPassword(value)
}

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i

const userAndPassword = /^([\x21-\x7e]{0,200}?):([\x21-\x7e]{3,400})$/

/**
 * The last six characters are the CRC-32 of all before them in base 62, digits before capitals
 * before small letters (GitHub's token format, taken up by npm and others).
 */
function checksumHolds(value: string): boolean {
  let rest = crc32(value.slice(0, -checksumChars))
  for (let at = value.length - 1; at >= value.length - checksumChars; at--) {
    if (value[at] !== base62[rest % 62]) return false
    rest = Math.floor(rest / 62)
  }
  return true
}

const checksumChars = 6
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A part of a JSON Web Token (RFC 7519), or null where it is no JSON object. */
function jwtPart(value: string, index: number): Record<string, unknown> | null {
  try {
    const part: unknown = JSON.parse(fromBase64(value.split('.')[index] ?? ''))
    return part !== null && typeof part === 'object' ? (part as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}
