// Which internal authority signed a certificate, however it came here: what one of them signed is
// revoked on its lists.
import type { Tx } from '../../platform/db.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { isSignedBy, namesAsIssuer } from '../x509/chain/link.ts'
import { oids } from '../x509/oids.ts'
import { issuersByKeyId } from './store.ts'

/** Deleted ones too, for their lists go on. Null where another authority signed it. */
export async function signedBy(
  tx: Tx,
  organizationId: string,
  certificate: Certificate,
): Promise<number | null> {
  const { authorityKeyId, extendedKeyUsage } = certificate.says
  const keyId = authorityKeyId?.keyId ?? null
  // A responder's certificate is the authority's own matter: nobody else revokes it.
  if (keyId === null || extendedKeyUsage?.includes(oids.ocspSigning) === true) return null
  for (const { authorityId, der } of await issuersByKeyId(tx, organizationId, keyId)) {
    const issuer = parseCertificate(der)
    if (namesAsIssuer(certificate, issuer) && isSignedBy(certificate, issuer)) return authorityId
  }
  return null
}
