// The second factor: a code of an app, each one once, or one of the recovery codes.
import { randomBytes } from 'node:crypto'
import type { Tx } from '../../platform/db.ts'
import type { Secrets } from '../../platform/secrets.ts'
import * as store from './store.ts'
import { matchTotp } from './totp.ts'

export type FactorKind = 'code' | 'recovery code'

/** By its form alone: six digits are a code. */
export function kindOf(given: string): FactorKind {
  return /^\d{6}$/.test(plain(given)) ? 'code' : 'recovery code'
}

/** Uses it up. False where it is none, or was used before. */
export async function useFactor(
  tx: Tx,
  secrets: Secrets,
  { userId, given, nowMs }: { userId: string; given: string; nowMs: number },
): Promise<boolean> {
  if (kindOf(given) !== 'code') return store.useRecoveryCode(tx, userId, plain(given))
  const row = await store.findTotp(tx, userId)
  if (row === null || row.confirmed_at === null) return false
  const secret = secrets.open(row.sealed_secret, totpContext(userId))
  const step = matchTotp(plain(given), secret, { nowMs, lastStep: row.last_step })
  return step !== null && (await store.useStep(tx, userId, step))
}

/** Ties a sealed secret to its user. */
export function totpContext(userId: string): string {
  return `user/${userId}/totp`
}

const codesMade = 10
/** Without i, l, o and u: nothing to misread. 16 of 32 characters are 80 bits. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Shown to people in groups, and stored without. */
export function newRecoveryCodes(): { shown: string[]; plain: string[] } {
  const codes = Array.from({ length: codesMade }, () =>
    [...randomBytes(16)].map((byte) => alphabet.charAt(byte & 31)).join(''),
  )
  return { shown: codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-')), plain: codes }
}

/** However it was typed. */
function plain(given: string): string {
  return given.toLowerCase().replaceAll(/[\s-]/g, '')
}
