// The one error of this heart: whatever bytes or wishes come in, nothing else is thrown.

export type X509Fault =
  /** Bytes that are not what they should be. */
  | 'malformed'
  /** More, longer or deeper than the bounds allow. */
  | 'too_large'
  /** Well formed, but of a kind that is not handled here. */
  | 'unsupported'
  /** A signature or a check value that does not hold. */
  | 'bad_signature'
  /** A password that does not open what it should. */
  | 'wrong_password'
  /** A wish that no certificate may grant. */
  | 'not_allowed'

export class X509Error extends Error {
  readonly fault: X509Fault
  /** Where in the bytes that were given, where that is known. */
  readonly offset: number | null

  constructor(fault: X509Fault, message: string, offset: number | null = null) {
    super(offset === null ? message : `${message} (at byte ${offset})`)
    this.name = 'X509Error'
    this.fault = fault
    this.offset = offset
  }
}
