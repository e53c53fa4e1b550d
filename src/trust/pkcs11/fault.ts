// What goes wrong with tokens of PKCS #11, in words that say what to do.
import { Unreachable } from '../connectors/authority/contract.ts'

export type TokenFaultCode =
  | 'package_missing'
  | 'library'
  | 'no_token'
  | 'wrong_pin'
  | 'locked'
  | 'no_key'
  | 'not_supported'
  | 'failed'

/** Passing for whoever waits: people set a token right, and then it signs. */
export class TokenFault extends Unreachable {
  readonly code: TokenFaultCode

  constructor(code: TokenFaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TokenFault'
    this.code = code
  }
}

/** Of a `Pkcs11Error`; null for what is none. */
export function returnValueOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'number' ? error.code : null
}

/** After these the token may be back, but sessions, logins and handles of before are not. */
const lost: readonly number[] = [
  0x30, // CKR_DEVICE_ERROR
  0x32, // CKR_DEVICE_REMOVED
  0x60, // CKR_KEY_HANDLE_INVALID
  0x82, // CKR_OBJECT_HANDLE_INVALID
  0xb0, // CKR_SESSION_CLOSED
  0xb3, // CKR_SESSION_HANDLE_INVALID
  0xe0, // CKR_TOKEN_NOT_PRESENT
  0x101, // CKR_USER_NOT_LOGGED_IN
  0x190, // CKR_CRYPTOKI_NOT_INITIALIZED
  0x03, // CKR_SLOT_ID_INVALID
]

export function isLost(error: unknown): boolean {
  const value = returnValueOf(error)
  return value !== null && lost.includes(value)
}

const words: Readonly<Record<number, readonly [TokenFaultCode, string]>> = {
  160: ['wrong_pin', 'the token does not accept the PIN: change settings.keys.pin'],
  161: ['wrong_pin', 'the PIN has characters that the token does not take'],
  162: ['wrong_pin', 'the PIN is too short or too long for the token'],
  163: ['wrong_pin', 'the PIN of the token has expired: set another with the tool of its maker'],
  164: ['locked', 'the token is locked after wrong PINs: unlock it with the tool of its maker'],
  258: ['locked', 'the PIN of the token was never set: set it with the tool of its maker'],
  224: ['no_token', 'the token is not there'],
  112: ['not_supported', 'the token does not do what this kind of key needs'],
  49: ['failed', 'the token has no memory left: remove keys that nobody needs'],
}

/** As a fault; what is one already stays. */
export function asTokenFault(error: unknown, what: string): TokenFault {
  if (error instanceof TokenFault) return error
  const value = returnValueOf(error)
  const [code, text] = words[value ?? 0] ?? ['failed', `the token failed to ${what}`]
  const name = error instanceof Error ? error.message.split(':').at(0)?.slice(0, 100) : ''
  const detail = value === null ? '' : ` (${name ?? ''} 0x${value.toString(16)})`
  return new TokenFault(code, `${text}${detail}`, { cause: error })
}
