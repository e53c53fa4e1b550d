// What an extension is, and what the ones that are understood say.
import type { GeneralName } from '../general-name.ts'

export interface Extension {
  oid: string
  critical: boolean
  /** The encoding inside its octet string. */
  value: Uint8Array
}

/** In the order of their bits (RFC 5280 §4.2.1.3). */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

export type KeyUsage = (typeof keyUsages)[number]

export interface NameConstraints {
  permitted: GeneralName[]
  excluded: GeneralName[]
}

export interface DistributionPoint {
  names: GeneralName[]
  crlIssuer: GeneralName[]
  /** Whether it holds only some reasons. */
  partial: boolean
}

export interface Policy {
  oid: string
  /** Addresses of practice statements. */
  statements: string[]
}

/** Null or empty where a certificate lacks one. */
export interface KnownExtensions {
  subjectAltName: GeneralName[]
  issuerAltName: GeneralName[]
  keyUsage: KeyUsage[] | null
  /** Object identifiers. */
  extendedKeyUsage: string[] | null
  basicConstraints: { ca: boolean; pathLength: number | null } | null
  nameConstraints: NameConstraints | null
  subjectKeyId: Uint8Array | null
  authorityKeyId: {
    keyId: Uint8Array | null
    issuer: GeneralName[]
    serial: Uint8Array | null
  } | null
  authorityInfoAccess: { method: string; location: GeneralName }[]
  crlDistributionPoints: DistributionPoint[]
  policies: Policy[]
  requireExplicitPolicy: number | null
  inhibitPolicyMapping: number | null
  inhibitAnyPolicy: number | null
  policyMappings: { issuer: string; subject: string }[]
  timestamps: { logId: string; at: Date }[]
  tlsFeatures: number[]
  ocspNoCheck: boolean
  precertificate: boolean
}
