// The OCSP responder of an internal authority: a certificate of its own, short-lived and made when
// one is needed, so that the authority's key signs no answers.
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import { type Issuer, importKey, keyPlace } from '../authorities/load.ts'
import { type AuthorityRow, certificatesOf, insertCertificate } from '../authorities/store.ts'
import { makeKey } from '../certificates/private-keys.ts'
import type { Trust } from '../parts.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { commonName } from '../x509/name.ts'
import { type Authority, issueOcspResponder } from '../x509/profile.ts'
import { createSoftwareSigner } from '../x509/signer.ts'

const dayMs = 86_400_000
const lifeMs = 14 * dayMs
/** Its successor is made while it has more time left than any answer of it. */
const leftMsMin = 3 * dayMs
const kept = 200

export type Responders = (tx: Tx, row: AuthorityRow, issuer: Issuer) => Promise<Authority>

export function createResponders(trust: Trust): Responders {
  const known = new LRUCache<string, Authority>({ max: kept })
  const { secrets, now } = trust.platform

  async function stored(tx: Tx, row: AuthorityRow, issuer: Issuer): Promise<Authority | null> {
    const found = (await certificatesOf(tx, row)).find(
      ({ role, generation }) => role === 'responder' && generation === issuer.generation,
    )
    if (found === undefined || found.sealedKey === null) return null
    const pkcs8 = secrets.open(found.sealedKey, keyPlace(row.organizationId, found.id))
    const signer = createSoftwareSigner(importKey(pkcs8))
    return { certificate: parseCertificate(found.der), signer }
  }

  async function make(tx: Tx, row: AuthorityRow, issuer: Issuer): Promise<Authority> {
    const key = await makeKey({ type: 'ECDSA', size: 256 })
    const signer = createSoftwareSigner(key)
    const from = Math.floor(now() / 1_000) * 1_000 - 60_000
    const end = Math.min(from + lifeMs, issuer.certificate.validTo.getTime())
    const title = commonName(issuer.certificate.subject) ?? row.name
    const certificate = await issueOcspResponder(
      {
        subject: { CN: `${title.slice(0, 59)} OCSP` },
        serialNumber: randomBytes(16),
        validFrom: new Date(from),
        validTo: new Date(end),
        publicKeyInfo: signer.publicKeyInfo,
      },
      issuer,
    )
    const id = uuid7()
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
    const place = { organizationId: row.organizationId, authorityId: row.id }
    await insertCertificate(tx, place, {
      id,
      role: 'responder',
      generation: issuer.generation,
      tokenKeyId: null,
      der: Buffer.from(certificate.der),
      subjectKeyId: certificate.says.subjectKeyId,
      sealedKey: secrets.seal(pkcs8, keyPlace(row.organizationId, id)),
      validTo: certificate.validTo,
    })
    return { certificate, signer }
  }

  return async (tx, row, issuer) => {
    const name = `${row.organizationId} ${row.id} ${issuer.generation}`
    const hit = known.get(name)
    if (hit !== undefined && lasts(hit, issuer, now())) return hit
    const lock = `trust.responder ${name}`
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
    const found = await stored(tx, row, issuer)
    const isUsable = found !== null && lasts(found, issuer, now())
    const responder = isUsable ? found : await make(tx, row, issuer)
    known.set(name, responder)
    return responder
  }
}

/** In the last days of the issuer there is none that has more time left. */
function lasts({ certificate }: Authority, issuer: Authority, now: number): boolean {
  const end = certificate.validTo.getTime()
  return end - now > leftMsMin || end >= issuer.certificate.validTo.getTime()
}
