// Refresh tokens: random, stored as their hash. The one that follows is kept encrypted under a key
// that only the holder of its predecessor can derive, so that a client whose answer got lost gets
// the same one again.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { keyChecksumHolds, newKey } from '../../platform/ids.ts'

const prefix = 'rt_'
const nonceBytes = 12
const tagBytes = 16

export function newRefreshToken(): string {
  return newKey(prefix)
}

export function isRefreshToken(text: string): boolean {
  return text.startsWith(prefix) && text.length === prefix.length + 38 && keyChecksumHolds(text)
}

/** Nonce, tag, ciphertext (AES-256-GCM). */
export function boxSuccessor(predecessor: string, successor: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', boxKey(predecessor), nonce)
  const ciphertext = Buffer.concat([cipher.update(successor), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** Throws where it was boxed for another. */
export function openSuccessor(predecessor: string, box: Buffer): string {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    boxKey(predecessor),
    box.subarray(0, nonceBytes),
    { authTagLength: tagBytes },
  )
  decipher.setAuthTag(box.subarray(nonceBytes, nonceBytes + tagBytes))
  const plain = decipher.update(box.subarray(nonceBytes + tagBytes))
  return Buffer.concat([plain, decipher.final()]).toString()
}

function boxKey(token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', token, '', 'panthera/oauth/successor/1', 32))
}
