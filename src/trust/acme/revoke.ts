// revokeCert (RFC 8555 §7.6): by the account that has it, by one that has proven all of its names,
// or by the key of the certificate.
import { z } from 'zod'
import { certificateRevoked } from '../../events/certificate.ts'
import { sql, type Tx } from '../../platform/db.ts'
import { countRevocation } from '../authorities/store.ts'
import { lockKeys } from '../certificates/compromised.ts'
import { publicKeyHash, serialOf } from '../certificates/facts.ts'
import { recordChange } from '../certificates/record.ts'
import type { RevocationReason } from '../certificates/schema.ts'
import * as certificates from '../certificates/store.ts'
import { markVersionRevoked } from '../certificates/versions.ts'
import { cancelOpen } from '../renewals/store.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { X509Error } from '../x509/error.ts'
import { malformed } from './checks/envelope.ts'
import { type Acme, type Endpoint, originOf, type Signed } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import { fromBase64url } from './jose.ts'

const Revocation = z.object({
  certificate: z.string().max(120_000),
  reason: z.number().optional(),
})

/** Of RFC 5280 §5.3.1, those that fit what a holder can know. */
const reasons: Readonly<Record<number, RevocationReason>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
}

export const revokeEndpoint: Endpoint = {
  path: '/revoke-cert',
  operationId: 'acmeRevokeCertificate',
  summary: 'Revoke a certificate',
  signedBy: 'either',
  payload: Revocation,
  handle: revoke,
}

interface VersionRow {
  certificateId: number
  number: number
  current: number | null
  accountId: string | null
  der: Buffer
  revokedAt: string | null
}

async function revoke(acme: Acme, request: Signed) {
  const sent = Revocation.parse(request.payload)
  const code = sent.reason ?? 0
  const reason = reasons[code]
  if (reason === undefined) throw acmeErrors.problem('acme_bad_revocation_reason')
  const der = fromBase64url(sent.certificate)
  if (der === null) throw malformed('certificate is not Base64url of DER')
  const parsed = read(der)
  const { authority } = request
  const { organizationId } = authority
  await acme.trust.platform.db.inTenant(organizationId, async (tx) => {
    const version = await lockVersion(tx, request, serialOf(parsed.serialBytes))
    if (version === null || !version.der.equals(der)) {
      const message = 'This authority has issued no such certificate'
      throw acmeErrors.problem('acme_missing', { message })
    }
    await requireRight(tx, request, parsed, version)
    if (version.revokedAt !== null) throw acmeErrors.problem('acme_already_revoked')
    const { certificateId: id } = version
    if (reason === 'keyCompromise') {
      await lockKeys(tx, organizationId, [publicKeyHash(parsed.publicKey.der)])
    }
    if (version.current === version.number) {
      // What is under way would put the certificate in force again.
      await cancelOpen(tx, { organizationId, certificateId: id }, 'The certificate was revoked')
    }
    await markVersionRevoked(tx, { organizationId, ...version }, code)
    if (version.current === version.number) {
      await certificates.markRevoked(tx, { organizationId, id }, { reason, comments: null })
    }
    const reach = { organizationId, workspaceId: null }
    const certificate = await certificates.find(tx, reach, id)
    if (certificate === null) throw new Error('a version has no certificate')
    await recordChange(tx, originOf(request), certificate, {
      action: 'certificate.revoked',
      details: { reason, version: version.number, by: request.account?.id ?? 'certificate key' },
      event: certificateRevoked,
      more: { reason },
    })
    await countRevocation(tx, { organizationId, id: authority.id })
  })
  return { status: 200 as const, body: null }
}

function read(der: Buffer) {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof X509Error) throw malformed(`certificate cannot be read: ${error.message}`)
    throw error
  }
}

/** The managed certificate is locked first, as everywhere. */
async function lockVersion(tx: Tx, { authority }: Signed, serial: Buffer) {
  const { organizationId, id } = authority
  await tx.rows(sql`select from certificates c where c.organization_id = ${organizationId}
      and c.id = (select certificate_id from certificate_versions
        where organization_id = ${organizationId} and issued_by = ${id} and serial = ${serial})
    for no key update`)
  return tx.maybe<VersionRow>(sql`
    select v.certificate_id as "certificateId", v.number, v.der, v.revoked_at as "revokedAt",
      c.version as current, (select o.account_id from acme_orders o
        where o.organization_id = v.organization_id and o.certificate_id = v.certificate_id
          and o.certificate_number = v.number) as "accountId"
      from certificate_versions v
      join certificates c on c.organization_id = v.organization_id and c.id = v.certificate_id
     where v.organization_id = ${organizationId} and v.issued_by = ${id}
       and v.serial = ${serial}`)
}

async function requireRight(
  tx: Tx,
  { account, key, authority }: Signed,
  parsed: ReturnType<typeof read>,
  version: VersionRow,
): Promise<void> {
  if (account === null) {
    const own = key.key.export({ type: 'spki', format: 'der' })
    if (own.equals(parsed.publicKey.der)) return
    const message = 'The key that signed is neither of an account nor of the certificate'
    throw acmeErrors.problem('acme_unauthorized', { message })
  }
  if (version.accountId === account.id) return
  const names = parsed.says.subjectAltName.map(({ kind, value }) => `${kind} ${value}`)
  const proven = await tx.rows<{ name: string }>(sql`
    select kind || ' ' || case when wildcard then '*.' else '' end || value as name
      from acme_authorizations
     where organization_id = ${authority.organizationId} and account_id = ${account.id}
       and status = 'valid' and expires_at > now()`)
  const has = new Set(proven.map(({ name }) => name))
  if (names.length > 0 && names.every((name) => has.has(name))) return
  throw acmeErrors.problem('acme_unauthorized', {
    message: 'The account neither has the certificate nor has it proven all of its names',
  })
}
