// What follows where an authority refuses or does not answer: another attempt, the fallback
// authority, or the end.
import { certificateRenewalFailed } from '../../events/certificate.ts'
import type { Tx } from '../../platform/db.ts'
import { recordChange } from '../certificates/record.ts'
import * as certificates from '../certificates/store.ts'
import type { Trust } from '../parts.ts'
import { retryDelayMs } from './backoff.ts'
import { byRenewal } from './finish.ts'
import { addStep, setStatus } from './store.ts'
import { type Held, type Moved, move } from './work.ts'

/** Under this part of the life that is left the fallback takes over from who does not answer. */
const fallbackShare = 0.15
/** After the end of the certificate nothing waits for the authority any longer. */
const attemptsAfterEndMax = 10
const askedToWaitMsMax = 86_400_000
/** So long an authority may have an order before the fallback takes over. */
const pendingMsMax = 3_600_000

export interface Fault {
  /** Whether to ask again is of use. */
  passing: boolean
  code: string
  message: string
  /** Another authority would not mend it. */
  ofAgent?: boolean
  /** The authority's own word; it says nothing sooner. */
  retryAfterMs?: number
}

/** Whether it is time that another authority is asked instead of waiting on. */
export function pressesOn(lineage: certificates.Lineage, held: Held, now: number): boolean {
  const { fallbackAuthorityId } = lineage
  if (fallbackAuthorityId === null || fallbackAuthorityId === held.authorityId) return false
  const { allMs, leftMs } = lifeOf(lineage, now)
  return leftMs < allMs * fallbackShare && now - Date.parse(held.createdAt) > pendingMsMax
}

export async function failRenewal(trust: Trust, held: Held, fault: Fault): Promise<Moved> {
  const { db, now } = trust.platform
  return db.inTenant(held.organizationId, (tx) => failWithin(tx, held, fault, now()))
}

/** The same in a transaction that is there. */
export async function failWithin(tx: Tx, held: Held, fault: Fault, now: number): Promise<Moved> {
  const { organizationId, certificateId } = held
  const reach = { organizationId, workspaceId: null }
  const lineage = await certificates.lock(tx, reach, certificateId)
  const life = lifeOf(lineage, now)
  const attempts = held.attempts + 1
  const error = { code: fault.code, message: fault.message.slice(0, 1_000) }
  const told = { step: held.state, outcome: 'failed', message: fault.message } as const
  await addStep(tx, held, told)
  const fallback = lineage?.fallbackAuthorityId ?? null
  const turns = !fault.passing || life.leftMs < life.allMs * fallbackShare
  const isOther = fallback !== null && fallback !== held.authorityId
  if (isOther && turns && fault.ofAgent !== true) {
    const message = 'The fallback authority takes over'
    await addStep(tx, held, { step: 'fallback', outcome: 'done', message })
    const start = { state: 'queued', authorityId: fallback, attempts: 0, intent: null } as const
    return move(tx, held, { ...start, error })
  }
  if (fault.passing && (life.leftMs > 0 || attempts < attemptsAfterEndMax)) {
    const byItself = retryDelayMs(attempts, life.leftMs, Math.random())
    const delayMs = Math.max(byItself, Math.min(fault.retryAfterMs ?? 0, life.waitMsMax))
    return move(tx, held, { state: held.state, attempts, delayMs, error })
  }
  const next = await move(tx, held, { state: 'failed', attempts, error })
  await setStatus(tx, held, 'failed')
  const certificate = await certificates.find(tx, reach, certificateId)
  if (certificate !== null) {
    await recordChange(tx, byRenewal(held), certificate, {
      action: 'certificate.renewal_failed',
      details: { renewal: held.id, ...error },
      event: certificateRenewalFailed,
      more: { renewal_id: held.id, error },
    })
  }
  return next
}

function lifeOf(lineage: certificates.Lineage | null, now: number) {
  const from = Date.parse(lineage?.validFrom ?? '')
  const to = Date.parse(lineage?.validTo ?? '')
  // One that was never issued has no end that presses.
  if (Number.isNaN(from) || Number.isNaN(to)) {
    return { allMs: 1, leftMs: 86_400_000, waitMsMax: askedToWaitMsMax }
  }
  const leftMs = to - now
  // Whoever asks to wait beyond the end of the certificate is asked before it all the same.
  return { allMs: to - from, leftMs, waitMsMax: Math.min(askedToWaitMsMax, leftMs / 4) }
}
