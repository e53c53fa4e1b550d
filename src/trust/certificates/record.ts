// What each change of a certificate leaves behind, in its transaction: an audit row and an event.

import type { z } from 'zod'
import type { CertificateRef } from '../../events/certificate.ts'
import { type AuditOrigin, appendAudit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { EventDefinition } from '../../platform/events.ts'
import { appendEvent } from '../../platform/outbox.ts'
import type { Certificate } from './schema.ts'

export async function recordChange<Schema extends z.ZodType>(
  tx: Tx,
  origin: AuditOrigin,
  certificate: Certificate,
  change: {
    action: string
    details?: object
    event?: EventDefinition<string, Schema>
    more?: Omit<z.input<Schema>, keyof CertificateRef>
  },
): Promise<void> {
  const { id, commonName, serialNumber } = certificate
  await appendAudit(tx, origin, {
    action: change.action,
    objectType: 'certificate',
    objectId: String(id),
    details: { commonName, serialNumber, ...change.details },
  })
  if (change.event === undefined) return
  const payload = { ...refOf(certificate), ...change.more } as z.input<Schema>
  const { organizationId } = origin.caller
  await appendEvent(tx, change.event, { organizationId, payload })
}

export function refOf(certificate: Certificate): CertificateRef {
  return {
    certificate_id: certificate.id,
    workspace_id: certificate.workspaceId,
    common_name: certificate.commonName,
    fingerprint: certificate.fingerprint,
    serial_number: certificate.serialNumber,
    valid_to: certificate.validTo,
  }
}
