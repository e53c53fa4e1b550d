// Nonces that nobody has to keep: each tells when it was made and proves that it was made here.
// What is kept is which were used, until they are too old anyway.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql, type Tx } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { fromBase64url } from './jose.ts'

export interface Nonces {
  make(authorityId: number): string
  /** Whether it is one of ours, of this authority, and young. */
  isOurs(authorityId: number, nonce: string): boolean
  /** Answers false where it was used before. */
  use(tx: Tx, organizationId: string, nonce: string): Promise<boolean>
}

const lifeMs = 3_600_000
/** Seconds in 6 bytes, 12 random ones, and a code over both. */
const madeBytes = 18
const codeBytes = 16

export function createNonces({ secrets, now }: Pick<Platform, 'secrets' | 'now'>): Nonces {
  const key = secrets.subkey('acme-nonces')

  function codeOf(authorityId: number, made: Uint8Array): Buffer {
    const mac = createHmac('sha256', key).update(`${authorityId} `).update(made)
    return mac.digest().subarray(0, codeBytes)
  }

  return {
    make(authorityId) {
      const made = randomBytes(madeBytes)
      made.writeUIntBE(Math.floor(now() / 1_000), 0, 6)
      return Buffer.concat([made, codeOf(authorityId, made)]).toString('base64url')
    },
    isOurs(authorityId, nonce) {
      if (nonce.length > 100) return false
      const bytes = fromBase64url(nonce)
      if (bytes === null || bytes.length !== madeBytes + codeBytes) return false
      const made = bytes.subarray(0, madeBytes)
      if (!timingSafeEqual(codeOf(authorityId, made), bytes.subarray(madeBytes))) return false
      const age = now() - made.readUIntBE(0, 6) * 1_000
      return age <= lifeMs && age > -60_000
    },
    async use(tx, organizationId, nonce) {
      const until = new Date(now() + lifeMs + 60_000)
      const taken = await tx.run(sql`insert into acme_used_nonces
          (organization_id, nonce, expires_at)
        values (${organizationId}, ${fromBase64url(nonce)}, ${until}) on conflict do nothing`)
      return taken === 1
    },
  }
}
