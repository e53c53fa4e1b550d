// What happened to a certificate.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

const CertificateRef = z.object({
  certificate_id: z.int(),
  workspace_id: z.string(),
  common_name: z.string(),
  fingerprint: z.string().nullable(),
  serial_number: z.string().nullable(),
  valid_to: z.iso.datetime().nullable(),
})
export type CertificateRef = z.infer<typeof CertificateRef>

export const certificateIssued = defineEvent('certificate.issued', CertificateRef)
export const certificateImported = defineEvent('certificate.imported', CertificateRef)

/** It was taken in although its key or its signature is weak. */
export const certificateWeak = defineEvent(
  'certificate.weak',
  CertificateRef.extend({ weaknesses: z.array(z.string()) }),
)

export const certificateRenewed = defineEvent(
  'certificate.renewed',
  CertificateRef.extend({ renewal_id: z.int(), previous_fingerprint: z.string().nullable() }),
)

export const certificateRevoked = defineEvent(
  'certificate.revoked',
  CertificateRef.extend({ reason: z.string() }),
)

/** With each alert of its end: at thirty and seven days, or once a renewal by itself is late. */
export const certificateExpiring = defineEvent(
  'certificate.expiring',
  CertificateRef.extend({ days_left: z.int() }),
)

export const certificateRenewalFailed = defineEvent(
  'certificate.renewal_failed',
  CertificateRef.extend({
    renewal_id: z.int(),
    error: z.object({ code: z.string(), message: z.string() }),
  }),
)

/** One target's clients see it now, as far as its agent could ask. */
export const certificateDeployed = defineEvent(
  'certificate.deployed',
  CertificateRef.extend({ deployment_id: z.int(), target: z.string(), agent_id: z.string() }),
)

export const certificateDeploymentFailed = defineEvent(
  'certificate.deployment_failed',
  CertificateRef.extend({
    deployment_id: z.int(),
    target: z.string(),
    agent_id: z.string().nullable(),
    /** rolled_back: what was served before is served again. */
    state: z.enum(['failed', 'rolled_back']),
    error: z.object({ code: z.string(), message: z.string() }),
  }),
)

export const renewalQueued = defineEvent('renewal.queued', z.object({ renewal_id: z.int() }))
