// Why a certificate is revoked, as CRLs and OCSP number it (RFC 5280 §5.3.1).

export const reasonCodes = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const

export type RevocationReason = keyof typeof reasonCodes

export function reasonOfCode(code: number): RevocationReason | null {
  const found = Object.entries(reasonCodes).find(([, each]) => each === code)
  return found === undefined ? null : (found[0] as RevocationReason)
}

export interface Revocation {
  at: Date
  /** Null where none is told, which means the same as `unspecified`. */
  reason: RevocationReason | null
}
