// Renewal information (RFC 9773): when a certificate is best renewed, and orders that say which
// one they replace.
import { sql, type Tx } from '../../platform/db.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { AccountRow } from './account-store.ts'
import type { AcmeAuthority } from './authority.ts'
import { malformed } from './checks/envelope.ts'
import type { Acme } from './endpoint.ts'
import { acmeErrors } from './errors.ts'
import type { Identifier } from './identifiers.ts'
import { fromBase64url } from './jose.ts'
import { isReplaced } from './order-store.ts'

interface Named {
  keyId: Buffer
  /** Without a leading zero, as it is stored. */
  serial: Buffer
}

/** Of `<key identifier>.<serial number>`, both in Base64url (RFC 9773 §4.1). Throws malformed. */
function readName(name: string): Named {
  const [keyId, serial, ...more] = name.split('.').map(fromBase64url)
  if (!keyId?.length || !serial?.length || more.length > 0 || serial.length > 21) {
    throw malformed('A certificate is named by its authority key identifier, a dot and its serial')
  }
  return { keyId, serial: serial[0] === 0 ? serial.subarray(1) : serial }
}

interface FoundRow {
  certificateId: number
  accountId: string | null
  der: Buffer
  validFrom: string
  validTo: string
  revokedAt: string | null
}

async function find(tx: Tx, authority: AcmeAuthority, { serial }: Named) {
  return tx.maybe<FoundRow>(sql`
    select v.certificate_id as "certificateId", o.account_id as "accountId", v.der,
      v.valid_from as "validFrom", v.valid_to as "validTo", v.revoked_at as "revokedAt"
      from certificate_versions v
      left join acme_orders o on o.organization_id = v.organization_id
        and o.certificate_id = v.certificate_id and o.certificate_number = v.number
     where v.organization_id = ${authority.organizationId} and v.issued_by = ${authority.id}
       and v.serial = ${serial}`)
}

async function mustFind(tx: Tx, acme: Acme, authority: AcmeAuthority, name: string) {
  const named = readName(name)
  const { issuers } = await acme.trust.authorities.keys(tx, authority.row)
  const isOurs = issuers.some(({ certificate }) => {
    const { subjectKeyId } = certificate.says
    return subjectKeyId !== null && subjectKeyId !== undefined && named.keyId.equals(subjectKeyId)
  })
  const found = isOurs ? await find(tx, authority, named) : null
  if (found === null) {
    throw acmeErrors.problem('acme_missing', { message: 'There is no such certificate' })
  }
  return found
}

/** When the first third from the end begins, for a twelfth of the life; at once where revoked. */
export function windowOf(row: Pick<FoundRow, 'validFrom' | 'validTo' | 'revokedAt'>): {
  start: string
  end: string
} {
  const from = Date.parse(row.validFrom)
  const life = Date.parse(row.validTo) - from
  const at = (ms: number) => new Date(Math.floor(ms / 1_000) * 1_000).toISOString()
  if (row.revokedAt !== null) {
    const revoked = Date.parse(row.revokedAt)
    return { start: at(revoked - 1_000), end: at(revoked) }
  }
  const start = from + (life * 2) / 3
  return { start: at(start), end: at(start + life / 12) }
}

export async function renewalInformation(acme: Acme, authority: AcmeAuthority, name: string) {
  const row = await acme.trust.platform.db.inTenant(authority.organizationId, (tx) =>
    mustFind(tx, acme, authority, name),
  )
  return { suggestedWindow: windowOf(row) }
}

/** Throws unless the account may say that its order replaces that certificate. */
export async function requireReplaceable(
  tx: Tx,
  acme: Acme,
  authority: AcmeAuthority,
  wanted: { replaces: string; account: AccountRow; identifiers: readonly Identifier[] },
): Promise<void> {
  const row = await mustFind(tx, acme, authority, wanted.replaces)
  if (row.accountId !== wanted.account.id) {
    const message = 'The certificate to replace was issued to another account'
    throw acmeErrors.problem('acme_unauthorized', { message })
  }
  const names = parseCertificate(row.der).says.subjectAltName.map(({ value }) => value)
  if (!wanted.identifiers.some(({ value }) => names.includes(value))) {
    throw malformed('The order has no name of the certificate that it is to replace')
  }
  const place = { organizationId: authority.organizationId, authorityId: authority.id }
  if (await isReplaced(tx, place, wanted.replaces)) {
    throw acmeErrors.problem('acme_already_replaced')
  }
}

/** The managed certificate that goes on under its id; null where the order replaces none. */
export async function replacedLineage(
  tx: Tx,
  authority: AcmeAuthority,
  replaces: string | null,
): Promise<number | null> {
  if (replaces === null) return null
  const row = await find(tx, authority, readName(replaces))
  return row?.certificateId ?? null
}
