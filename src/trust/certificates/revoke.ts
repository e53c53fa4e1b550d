// Revokes a certificate: every version that somebody could still present.

import { certificateRevoked } from '../../events/certificate.ts'
import type { Origin } from '../../platform/audit/audit.ts'
import { reachOf } from '../../platform/http/reach.ts'
import { invalidField } from '../../platform/http/validation.ts'
import * as authorityStore from '../authorities/store.ts'
import { cancelUnbegun } from '../deployments/cancel.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { requireWholeOrganization } from '../reach.ts'
import { cancelOpen } from '../renewals/store.ts'
import { queueRevocations } from '../revocations/elsewhere.ts'
import { reasonCodes } from '../x509/revocation.ts'
import { lockKeys } from './compromised.ts'
import { mustFind } from './issue.ts'
import { recordChange } from './record.ts'
import {
  type Certificate,
  type RevocationReason,
  type RevokeCertificate,
  revocationReasons,
} from './schema.ts'
import * as store from './store.ts'
import {
  isIssuedElsewhere,
  markVersionRevoked,
  type StoredVersion,
  versionsToRevoke,
} from './versions.ts'

export async function revokeCertificate(
  trust: Trust,
  origin: Origin,
  { id, reason, comments }: RevokeCertificate & { id: number },
): Promise<Certificate> {
  const { organizationId } = origin.caller
  return trust.platform.db.inTenant(organizationId, async (tx) => {
    const lineage = await store.lock(tx, reachOf(origin.caller), id)
    if (lineage === null) throw errors.problem('certificate_not_found')
    if (lineage.revokedAt !== null) {
      throw errors.problem('already_revoked', { details: { revokedAt: lineage.revokedAt } })
    }
    if (lineage.version === null) throw errors.problem('not_issued_yet')
    const versions = await versionsToRevoke(tx, { organizationId, certificateId: id })
    requireHonoured(reason, versions)
    if (await isIssuedElsewhere(tx, { organizationId, certificateId: id })) {
      requireWholeOrganization(origin.caller)
    }
    // What is under way would put the certificate in force again.
    await cancelOpen(tx, { organizationId, certificateId: id }, 'The certificate was revoked')
    await cancelUnbegun(tx, { organizationId, certificateId: id }, 'The certificate was revoked')
    if (reason === 'keyCompromise') {
      const keys = versions.map(({ publicKeySha256 }) => publicKeySha256)
      await lockKeys(tx, organizationId, keys)
    }
    await queueRevocations(tx, { organizationId, certificateId: id }, reasonCodes[reason])
    for (const version of versions) {
      await markVersionRevoked(tx, { organizationId, ...version }, reasonCodes[reason])
    }
    await store.markRevoked(tx, { organizationId, id }, { reason, comments: comments ?? null })
    const certificate = await mustFind(tx, origin, id)
    await recordChange(tx, origin, certificate, {
      action: 'certificate.revoked',
      details: { reason, comments: comments ?? null, versions: versions.length },
      event: certificateRevoked,
      more: { reason },
    })
    // Last: every revocation by one authority waits here for the one before.
    const issuers = versions.flatMap(({ issuedBy }) => (issuedBy === null ? [] : [issuedBy]))
    for (const issuer of [...new Set(issuers)].toSorted((a, b) => a - b)) {
      await authorityStore.countRevocation(tx, { organizationId, id: issuer })
    }
    return certificate
  })
}

/** No public authority revokes a server's certificate because an authority is compromised. */
function requireHonoured(reason: RevocationReason, versions: readonly StoredVersion[]): void {
  if (reason !== 'cACompromise' || versions.every(({ issuedBy }) => issuedBy !== null)) return
  const accepted = revocationReasons.filter((each) => each !== 'cACompromise').join(', ')
  throw invalidField('reason', `must be one of ${accepted} for what another authority issued`)
}
