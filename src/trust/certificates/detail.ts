// One certificate with its texts, and where it was seen.
import type { Tx } from '../../platform/db.ts'
import type { Reach } from '../../platform/http/reach.ts'
import type { Trust } from '../parts.ts'
import { pemOf } from '../pem-text.ts'
import { findOpen } from '../renewals/store.ts'
import { revocationsOf } from '../revocations/elsewhere.ts'
import type { Certificate, CertificateDetail } from './schema.ts'
import * as store from './store.ts'
import { type StoredVersion, versionInForce } from './versions.ts'

export async function detailOf(
  trust: Trust,
  tx: Tx,
  reach: Reach,
  certificate: Certificate,
): Promise<CertificateDetail> {
  const { organizationId } = reach
  const place = { organizationId, certificateId: certificate.id }
  const open = await findOpen(tx, place)
  const csr =
    open?.state === 'waiting_csr' && open.csr !== null ? pemOf([open.csr], 'request') : null
  const version = await versionInForce(tx, place)
  const authorityRevocations = await revocationsOf(tx, place)
  const shown = { ...certificate, authorityRevocations }
  if (version === null) return { ...shown, certificate: null, chain: null, csr, locations: [] }
  const chain = await chainOfVersion(trust, tx, organizationId, version)
  const { fingerprint } = version
  const { workspaceId } = certificate
  return {
    ...shown,
    certificate: pemOf([version.der]),
    chain: chain.length === 0 ? null : pemOf(chain),
    csr,
    locations: await store.locations(tx, { organizationId, workspaceId, fingerprint }),
  }
}

/** Issuer first, without the root. */
export async function chainOfVersion(
  trust: Trust,
  tx: Tx,
  organizationId: string,
  version: StoredVersion,
): Promise<Uint8Array[]> {
  if (version.issuedBy === null) return version.chain ?? []
  const { issuer, issuers } = await trust.authorities.keys(tx, {
    organizationId,
    id: version.issuedBy,
  })
  const signed = issuers.find(({ generation }) => generation === version.issuerGeneration)
  return [(signed ?? issuer).certificate.der]
}
