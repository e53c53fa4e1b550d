// Identifiers of PKCS #12 (RFC 7292), PKCS #5 (RFC 8018) and the data types of PKCS #7.

export const bags = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  nested: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
} as const

export const contentTypes = {
  data: '1.2.840.113549.1.7.1',
  encrypted: '1.2.840.113549.1.7.6',
} as const

export const attributeTypes = {
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const

export const pbes2 = '1.2.840.113549.1.5.13'
export const pbkdf2 = '1.2.840.113549.1.5.12'
export const aes256Cbc = '2.16.840.1.101.3.4.1.42'
export const hmacSha256 = '1.2.840.113549.2.9'

/** HMACs of PBKDF2 by node:crypto's names. */
export const hmacs: Record<string, string> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  [hmacSha256]: 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

export interface Cipher {
  name: string
  keyBytes: number
  blockBytes: number
}

/** Ciphers of PBES2. */
export const ciphers: Record<string, Cipher> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  [aes256Cbc]: { name: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
}

/** The older schemes of PKCS #12 itself, all on SHA-1. */
export const olderCiphers: Record<string, Cipher> = {
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
  '1.2.840.113549.1.12.1.4': { name: 'des-ede-cbc', keyBytes: 16, blockBytes: 8 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16, blockBytes: 8 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5, blockBytes: 8 },
}
