// Shapes of certificates, in the words of the reference.
import { z } from 'zod'
import { keyTypes } from '../key-spec.ts'
import { Id, PageQuery, pageOf } from '../paging.ts'

const time = z.iso.datetime()

/** `pending` is beyond the reference: asked for, and not issued yet. */
export const statuses = ['active', 'expiring', 'expired', 'revoked', 'pending'] as const
export const renewalStatuses = [
  'none',
  'pending',
  'in_progress',
  'waiting_csr',
  'deployed',
  'failed',
] as const

export const revocationReasons = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
] as const
export type RevocationReason = (typeof revocationReasons)[number]

export const Certificate = z.object({
  id: z.int(),
  commonName: z.string(),
  issuer: z.string().nullable(),
  serialNumber: z.string().nullable().describe('Hexadecimal pairs with colons'),
  fingerprint: z.string().nullable().describe('SHA256: and hexadecimal digits'),
  subjectAlternativeNames: z.array(z.string()),
  validFrom: time.nullable(),
  validTo: time.nullable(),
  keyType: z.string(),
  keySize: z.int(),
  status: z.enum(statuses).describe('expiring: ends within 30 days'),
  renewalStatus: z.enum(renewalStatuses),
  certificateAuthorityId: z.int().nullable(),
  autoRenew: z.boolean(),
  renewalThresholdDays: z.int(),
  renewsFrom: time
    .nullable()
    .describe('When autoRenew begins: the threshold, at most a third of the life before its end'),
  renewalPolicyId: z.int().nullable(),
  fallbackCertificateAuthorityId: z.int().nullable(),
  deploymentTargets: z.array(z.string()),
  hasPrivateKey: z.boolean().describe('Whether the server keeps it'),
  keyLocation: z
    .string()
    .nullable()
    .describe('server, or agent:<id> where it is made on the host and stays there'),
  source: z.enum(['issued', 'imported', 'discovered']),
  revokedAt: time.nullable(),
  revocationReason: z.enum(revocationReasons).nullable(),
  workspaceId: z.string(),
  createdAt: time,
  updatedAt: time,
})
export type Certificate = z.infer<typeof Certificate>

const Location = z.object({
  agentId: z.string().nullable(),
  hostname: z.string(),
  path: z.string(),
  hasPrivateKey: z.boolean(),
})

export const CertificateDetail = Certificate.extend({
  certificate: z.string().nullable().describe('PEM'),
  chain: z.string().nullable().describe('PEM, the issuer first, without the root'),
  csr: z.string().nullable().describe('PEM: what an authority is to sign, while one is waited for'),
  locations: z.array(Location),
  authorityRevocations: z
    .array(
      z.object({
        version: z.int(),
        state: z.enum(['queued', 'confirmed', 'refused']),
        attempts: z.int(),
        message: z.string().nullable(),
        nextAttemptAt: z.string().nullable(),
      }),
    )
    .describe('What an authority elsewhere said of the revocation'),
})
export type CertificateDetail = z.infer<typeof CertificateDetail>

export const CertificateList = pageOf(Certificate)
export const OneCertificate = z.object({ data: CertificateDetail })

export const CertificateQuery = PageQuery.extend({
  status: z.enum(statuses).optional(),
  search: z.string().trim().max(200).optional().describe('Common name, issuer or fingerprint'),
  caId: Id.optional(),
  sortBy: z.enum(['expiresAt', 'commonName', 'createdAt']).default('createdAt'),
  sortOrder: z.enum(['asc', 'desc']).default('desc'),
})
export type CertificateQuery = z.infer<typeof CertificateQuery>

export const CertificatePath = z.object({ certificate_id: Id })

export const namesMax = 100
const Name = z.string().trim().min(1).max(320)
export const Threshold = z.int().min(1).max(397)
export const TargetNames = z.array(z.string().trim().min(1).max(200)).max(50)
export const usages = ['serverAuth', 'clientAuth'] as const

const KeyLocation = z.enum(['server', 'agent'])

const body = z.string().min(1).max(100_000)

export const CreateCertificate = z.strictObject({
  commonName: Name.optional().describe('Needed unless csr names one'),
  subjectAlternativeNames: z.array(Name).max(namesMax).optional(),
  certificateAuthorityId: z.int().min(1).optional().describe('The internal one unless given'),
  fallbackCertificateAuthorityId: z.int().min(1).optional(),
  keyType: z.enum(keyTypes).optional().describe('ECDSA unless given'),
  keySize: z.int().optional().describe('RSA 2048, 3072, 4096; ECDSA 256, 384; Ed25519 256'),
  validityDays: z.int().min(1).max(3_650).optional(),
  usages: z.array(z.enum(usages)).min(1).max(2).optional().describe('serverAuth unless given'),
  autoRenew: z.boolean().default(false),
  renewalThresholdDays: Threshold.default(30),
  renewalPolicyId: z.int().min(1).optional(),
  deploymentTargets: TargetNames.default([]),
  keyLocation: KeyLocation.optional().describe(
    'Where the key is made: agent where one agent has all deploymentTargets, unless given',
  ),
  csr: body.optional().describe('PEM of a PKCS #10 request: then no key is made here'),
})
export type CreateCertificate = z.infer<typeof CreateCertificate>

export const UpdateCertificate = z
  .strictObject({
    autoRenew: z.boolean().optional(),
    renewalThresholdDays: Threshold.optional(),
    deploymentTargets: TargetNames.optional(),
    keyLocation: KeyLocation.optional().describe('Where the next renewal makes the key'),
    certificateAuthorityId: z.int().min(1).nullable().optional(),
    fallbackCertificateAuthorityId: z.int().min(1).nullable().optional(),
    renewalPolicyId: z.int().min(1).nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, {
    message: `must name something to change: autoRenew, renewalThresholdDays, keyLocation,
      deploymentTargets, certificateAuthorityId, fallbackCertificateAuthorityId or
      renewalPolicyId`.replace(/\s+/g, ' '),
  })
export type UpdateCertificate = z.infer<typeof UpdateCertificate>

export const RevokeCertificate = z.strictObject({
  reason: z.enum(revocationReasons).default('unspecified'),
  comments: z.string().max(2_000).optional(),
})
export type RevokeCertificate = z.infer<typeof RevokeCertificate>

export const ImportCertificate = z.strictObject({
  certificate: body.describe('PEM; what follows the first certificate is taken as its chain'),
  chain: body.optional().describe('PEM'),
  privateKey: body.optional().describe('PEM, unencrypted: kept encrypted'),
  certificateAuthorityId: z.int().min(1).optional().describe('Who renews it'),
  autoRenew: z.boolean().default(false),
  renewalThresholdDays: Threshold.default(30),
  deploymentTargets: TargetNames.default([]),
})
export type ImportCertificate = z.infer<typeof ImportCertificate>

export const HandInCertificate = z.strictObject({
  certificate: body.describe('PEM; what follows the first certificate is taken as its chain'),
  chain: body.optional().describe('PEM'),
})
export type HandInCertificate = z.infer<typeof HandInCertificate>

export const downloadFormats = ['pem', 'chain', 'fullchain', 'der', 'p12'] as const

export const Statistics = z.object({
  data: z.object({
    total: z.int(),
    active: z.int(),
    expiring7Days: z.int().describe('A part of expiring30Days'),
    expiring30Days: z.int(),
    expired: z.int(),
    revoked: z.int(),
    pending: z.int(),
    byAuthority: z.record(z.string(), z.int()),
    byKeyType: z.record(z.string(), z.int()),
  }),
})

export const DownloadQuery = z.strictObject({
  format: z
    .enum(downloadFormats)
    .default('pem')
    .describe('chain: its issuers alone; fullchain: the certificate and its chain'),
  privateKey: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Needs the scope export:private_keys'),
})

export const RenewCertificate = z
  .strictObject({
    method: z.enum(['acme', 'csr', 'api']).optional().describe('As its authority does it'),
    deployAfterRenewal: z.boolean().default(false),
  })
  .default({ deployAfterRenewal: false })

export const DeployCertificate = z
  .strictObject({
    targets: TargetNames.min(1).optional().describe('Its deploymentTargets unless given'),
    agentId: z.string().min(1).max(200).optional(),
  })
  .default({})

const Step = z.object({
  at: time,
  step: z.string(),
  outcome: z.enum(['done', 'waiting', 'failed']),
  message: z.string(),
})

export const Renewal = z.object({
  id: z.int(),
  cause: z.string(),
  method: z.string(),
  state: z.string(),
  certificateAuthorityId: z.int().nullable(),
  deployAfterRenewal: z.boolean(),
  attempts: z.int(),
  nextAttemptAt: time.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: time,
  finishedAt: time.nullable(),
  steps: z.array(Step),
})
export const RenewalList = pageOf(Renewal)
export const StartedRenewal = z.object({ data: Certificate.extend({ renewalId: z.int() }) })
