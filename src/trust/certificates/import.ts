// Takes in certificates that were issued elsewhere.

import { certificateImported, certificateWeak } from '../../events/certificate.ts'
import type { Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import { appendEvent } from '../../platform/outbox.ts'
import { signedBy } from '../authorities/signed-by.ts'
import { errors } from '../errors.ts'
import type { Trust } from '../parts.ts'
import { statusOf } from '../revocations/store.ts'
import { isSelfSigned } from '../x509/chain/link.ts'
import { orderChain } from '../x509/chain/order.ts'
import { strengthFaults } from '../x509/lint/strength.ts'
import type { CertificateFacts } from './facts.ts'
import { findAuthority, mustFind } from './issue.ts'
import { invalidCertificate, readCertificates, readPrivateKey } from './pem-bodies.ts'
import { sealKey } from './private-keys.ts'
import { requireRenewable, usagesOf } from './purpose.ts'
import { recordChange, refOf } from './record.ts'
import type { Certificate, ImportCertificate } from './schema.ts'
import * as store from './store.ts'
import { addVersion, ownerOfFingerprint } from './versions.ts'

/** Throws CERTIFICATE_EXISTS with the id of the one that the workspace has already. */
export async function importCertificate(
  trust: Trust,
  origin: Origin,
  body: ImportCertificate,
): Promise<Certificate> {
  const { organizationId } = origin.caller
  const { facts, chain } = readCertificates(body)
  const sealedKey =
    body.privateKey === undefined
      ? null
      : sealKey(
          trust.platform.secrets,
          organizationId,
          readPrivateKey(body.privateKey, facts.parsed.publicKey.der),
        )
  return trust.platform.db.inTenant(organizationId, (tx) =>
    takeIn(tx, origin, {
      ...body,
      facts,
      chain: chainBelowRoot(facts, chain),
      sealedKey,
      source: 'imported',
    }),
  )
}

export interface TakenIn {
  facts: CertificateFacts
  chain: readonly Uint8Array[]
  sealedKey: Buffer | null
  source: Certificate['source']
  certificateAuthorityId?: number | undefined
  autoRenew: boolean
  renewalThresholdDays: number
  deploymentTargets: readonly string[]
}

export async function takeIn(tx: Tx, origin: Origin, taken: TakenIn): Promise<Certificate> {
  const { organizationId, workspaceId, actor } = origin.caller
  const { facts } = taken
  const place = { organizationId, workspaceId }
  const known = await ownerOfFingerprint(tx, place, facts.fingerprint)
  if (known !== null) throw errors.problem('certificate_exists', { details: { id: known } })
  if (taken.certificateAuthorityId !== undefined) {
    await findAuthority(tx, organizationId, taken.certificateAuthorityId)
  }
  const usages = usagesOf(facts)
  requireRenewable(usages, taken)
  const id = await store.insert(tx, {
    ...place,
    authorityId: taken.certificateAuthorityId ?? null,
    fallbackAuthorityId: null,
    renewalPolicyId: null,
    source: taken.source,
    commonName: facts.commonName,
    names: facts.names,
    key: { type: facts.keyType, size: facts.keySize },
    validityDays: null,
    usages,
    csr: null,
    autoRenew: taken.autoRenew,
    renewalThresholdDays: taken.renewalThresholdDays,
    deploymentTargets: taken.deploymentTargets,
    createdBy: actor.id,
  })
  const { chain, sealedKey } = taken
  const issuedBy = await signedBy(tx, organizationId, facts.parsed)
  if (issuedBy !== null) {
    const known = await statusOf(tx, { organizationId, id: issuedBy }, facts.serial)
    if (known?.revokedAt) {
      throw invalidCertificate('certificate', `was revoked at ${known.revokedAt}`)
    }
  }
  const version = { facts, issuedBy, chain, sealedKey, renewalId: null }
  const days = taken.renewalThresholdDays
  const added = await addVersion(tx, { ...place, certificateId: id }, version, { days })
  // Another request brought it in between.
  if (added === null) throw errors.problem('certificate_exists')
  const certificate = await mustFind(tx, origin, id)
  await recordChange(tx, origin, certificate, {
    action: 'certificate.imported',
    details: { fingerprint: facts.fingerprintText, withKey: sealedKey !== null },
    event: certificateImported,
  })
  const weaknesses = strengthFaults(facts.parsed)
  if (weaknesses.length > 0) {
    const payload = { ...refOf(certificate), weaknesses }
    await appendEvent(tx, certificateWeak, { organizationId, payload })
  }
  return certificate
}

/** In the order in which servers send it; without the root, which clients have themselves. */
export function chainBelowRoot(
  leaf: CertificateFacts,
  others: readonly CertificateFacts[],
): Buffer[] {
  const bag = others.map(({ parsed }) => parsed)
  const [, ...above] = orderChain(bag, leaf.parsed)?.chain ?? []
  return above.filter((each) => !isSelfSigned(each)).map(({ der }) => Buffer.from(der))
}
