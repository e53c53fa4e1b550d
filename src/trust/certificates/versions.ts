// SQL of what was issued or imported: a certificate's versions, the newest of which is in force.
import { type Sql, sql, type Tx } from '../../platform/db.ts'
import type { CertificateFacts } from './facts.ts'
import { renewFrom } from './threshold.ts'

export interface Owner {
  organizationId: string
  workspaceId: string
  certificateId: number
}

export interface NewVersion {
  facts: CertificateFacts
  /** The internal authority that signed it. */
  issuedBy: number | null
  chain: readonly Uint8Array[] | null
  sealedKey: Buffer | null
  /** The agent that has the key. */
  agentId?: string | null
  renewalId: number | null
}

/**
 * Adds a version and puts it in force. Answers its number; null where the renewal had stored one
 * already, or where the workspace has the very certificate.
 */
export async function addVersion(
  tx: Tx,
  owner: Owner,
  version: NewVersion,
  threshold: { days: number },
): Promise<number | null> {
  const { organizationId, workspaceId, certificateId } = owner
  const { facts } = version
  const added = await tx.maybe<{ number: number }>(sql`
    insert into certificate_versions
      (organization_id, certificate_id, number, workspace_id, fingerprint, serial, issued_by,
       renewal_id, der, chain, public_key_sha256, sealed_key, key_location, valid_from, valid_to,
       issuer_generation)
    values (${organizationId}, ${certificateId},
      (select coalesce(max(number), 0) + 1 from certificate_versions
        where organization_id = ${organizationId} and certificate_id = ${certificateId}),
      ${workspaceId}, ${facts.fingerprint}, ${facts.serial}, ${version.issuedBy},
      ${version.renewalId}, ${facts.der}, ${version.chain?.map((der) => Buffer.from(der)) ?? null},
      ${facts.publicKeySha256}, ${version.sealedKey}, ${locationOf(version)}, ${facts.validFrom},
      ${facts.validTo}, ${generationOf(organizationId, version)})
    on conflict do nothing returning number`)
  if (added === null) return null
  await tx.run(sql`
    update certificates set version = ${added.number}, issuer = ${facts.issuer},
      serial_number = ${facts.serialNumber}, fingerprint = ${facts.fingerprintText},
      common_name = ${facts.commonName}, subject_alternative_names = ${facts.names},
      key_type = ${facts.keyType}, key_size = ${facts.keySize}, valid_from = ${facts.validFrom},
      valid_to = ${facts.validTo}, renew_from = ${renewFrom(facts, threshold.days)},
      has_private_key = ${version.sealedKey !== null}, issued_by = ${version.issuedBy},
      key_location = coalesce(${locationOf(version)}, key_location), deployment_failed = false,
      revoked_at = null, advised_from = null, advice_due_at = null,
      revocation_reason = null, revocation_comments = null, updated_at = now()
     where organization_id = ${organizationId} and id = ${certificateId}`)
  return added.number
}

function locationOf({ sealedKey, agentId = null }: NewVersion): string | null {
  if (sealedKey !== null) return 'server'
  return agentId === null ? null : `agent:${agentId}`
}

/** By the key that its issuer names. */
function generationOf(organizationId: string, { facts, issuedBy }: NewVersion): Sql {
  const keyId = facts.parsed.says.authorityKeyId?.keyId ?? null
  if (issuedBy === null || keyId === null) return sql`1`
  return sql`coalesce((select generation from authority_certificates
    where organization_id = ${organizationId} and authority_id = ${issuedBy}
      and role = 'intermediate' and subject_key_id = ${Buffer.from(keyId)} limit 1), 1)`
}

export interface StoredVersion {
  certificateId: number
  number: number
  der: Buffer
  chain: Buffer[] | null
  issuedBy: number | null
  /** Which issuer of that authority signed it. */
  issuerGeneration: number
  sealedKey: Buffer | null
  keyLocation: string | null
  fingerprint: Buffer
  publicKeySha256: Buffer
}

export async function versionInForce(
  tx: Tx,
  { organizationId, certificateId }: Pick<Owner, 'organizationId' | 'certificateId'>,
): Promise<StoredVersion | null> {
  return tx.maybe<StoredVersion>(sql`select ${columns} from certificate_versions v
    where v.organization_id = ${organizationId} and v.certificate_id = ${certificateId}
      and v.number = (select c.version from certificates c
        where c.organization_id = ${organizationId} and c.id = ${certificateId})`)
}

/** Those that a relying party would still accept. */
export async function versionsToRevoke(
  tx: Tx,
  { organizationId, certificateId }: Pick<Owner, 'organizationId' | 'certificateId'>,
): Promise<StoredVersion[]> {
  return tx.rows<StoredVersion>(sql`select ${columns} from certificate_versions v
    where v.organization_id = ${organizationId} and v.certificate_id = ${certificateId}
      and v.revoked_at is null and v.valid_to > now() order by v.number`)
}

export async function markVersionRevoked(
  tx: Tx,
  version: { organizationId: string; certificateId: number; number: number },
  reason: number,
): Promise<void> {
  await tx.run(sql`update certificate_versions
      set revoked_at = date_trunc('second', now()), revocation_reason = ${reason}
    where organization_id = ${version.organizationId}
      and certificate_id = ${version.certificateId} and number = ${version.number}`)
}

/**
 * Whether one that was only brought here was issued in another workspace: a certificate is public,
 * so that whoever has it does not own it, unless the key is with it.
 */
export async function isIssuedElsewhere(
  tx: Tx,
  { organizationId, certificateId }: Pick<Owner, 'organizationId' | 'certificateId'>,
): Promise<boolean> {
  const found = await tx.maybe(sql`select 1 as one from certificate_versions v
      join certificates c on c.organization_id = v.organization_id and c.id = v.certificate_id
      join certificate_versions o on o.organization_id = v.organization_id
        and o.issued_by = v.issued_by and o.serial = v.serial
        and o.workspace_id <> v.workspace_id
      join certificates i on i.organization_id = o.organization_id and i.id = o.certificate_id
    where v.organization_id = ${organizationId} and v.certificate_id = ${certificateId}
      and v.revoked_at is null and v.valid_to > now()
      and v.renewal_id is null and v.sealed_key is null and c.source <> 'issued'
      and (o.renewal_id is not null or i.source = 'issued') limit 1`)
  return found !== null
}

/** The certificate of the workspace that has this very certificate as one of its versions. */
export async function ownerOfFingerprint(
  tx: Tx,
  place: { organizationId: string; workspaceId: string },
  fingerprint: Buffer,
): Promise<number | null> {
  const found = await tx.maybe<{ id: number }>(sql`select certificate_id as id
    from certificate_versions where organization_id = ${place.organizationId}
      and workspace_id = ${place.workspaceId} and fingerprint = ${fingerprint}`)
  return found?.id ?? null
}

const columns: Sql = sql`v.certificate_id as "certificateId", v.number, v.der, v.chain,
  v.issued_by as "issuedBy", v.issuer_generation as "issuerGeneration",
  v.sealed_key as "sealedKey", v.key_location as "keyLocation",
  v.fingerprint, v.public_key_sha256 as "publicKeySha256"`
