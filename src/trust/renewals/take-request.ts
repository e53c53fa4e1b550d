// Takes the request that an agent has made for a renewal, which then goes on; or ends the renewal
// where none will come.
import { randomUUID } from 'node:crypto'
import { renewalQueued } from '../../events/certificate.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { JobRow } from '../agents/jobs.ts'
import { isCompromised } from '../certificates/compromised.ts'
import { keyOf, publicKeyHash } from '../certificates/facts.ts'
import { parseRequest } from '../x509/csr.ts'
import { X509Error } from '../x509/error.ts'
import { usableKey } from '../x509/profile.ts'
import { failWithin } from './failure.ts'
import { addStep, find, type RenewalRow } from './store.ts'
import { move } from './work.ts'

/**
 * The certificate is locked. A request that is no good ends the renewal: the agent would make the
 * same again.
 */
export async function takeRequest(tx: Tx, job: JobRow, csr: Buffer, now: number): Promise<void> {
  const renewal = await waiting(tx, job)
  if (renewal === null) return
  const fault = await faultOf(tx, job, csr)
  if (fault !== null) return failAsked(tx, job, { code: 'csr_refused', message: fault }, now)
  const holder = await hold(tx, renewal)
  await move(tx, { ...renewal, holder }, { state: 'queued', csr })
  await addStep(tx, renewal, {
    step: 'request_made',
    outcome: 'done',
    message: 'The agent has made the key and sent the request',
  })
  await tx.run(sql`update renewals set lease_owner = null, lease_until = null
    where organization_id = ${renewal.organizationId} and id = ${renewal.id}`)
  const payload = { renewal_id: renewal.id }
  await appendEvent(tx, renewalQueued, { organizationId: renewal.organizationId, payload })
}

/** No request will come of this job. The certificate is locked. */
export async function failAsked(
  tx: Tx,
  job: JobRow,
  error: { code: string; message: string },
  now: number,
): Promise<void> {
  const renewal = await waiting(tx, job)
  if (renewal === null) return
  const holder = await hold(tx, renewal)
  const fault = { ...error, passing: false, ofAgent: true }
  await failWithin(tx, { ...renewal, holder }, fault, now)
}

async function waiting(tx: Tx, { organizationId, renewalId, agentId }: JobRow) {
  const renewal = await find(tx, { organizationId, id: renewalId ?? 0 })
  const isWaiting = renewal?.state === 'waiting_agent' && renewal.agentId === agentId
  return isWaiting ? renewal : null
}

/** Nobody works on one that waits: whoever locks the certificate may take it. */
async function hold(tx: Tx, { organizationId, id }: RenewalRow): Promise<string> {
  const holder = `agent ${randomUUID()}`
  await tx.run(sql`update renewals set lease_owner = ${holder}
    where organization_id = ${organizationId} and id = ${id}`)
  return holder
}

async function faultOf(tx: Tx, job: JobRow, csr: Buffer): Promise<string | null> {
  try {
    const { proven, publicKey } = parseRequest(csr)
    if (!proven) return 'The signature of the request does not fit its key'
    usableKey(publicKey.der)
    const key = keyOf(publicKey)
    const { keyType, keySize } = job.work
    if (key.type !== keyType || key.size !== keySize) {
      return `The key is ${key.type} ${key.size}, and not ${keyType} ${keySize}`
    }
    const hash = publicKeyHash(publicKey.der)
    return (await isCompromised(tx, job.organizationId, hash))
      ? 'The key was revoked as compromised'
      : null
  } catch (error) {
    if (error instanceof X509Error) return `The request cannot be read: ${error.message}`
    throw error
  }
}
