// Shapes of certificates, in the words of the reference.
import { z } from 'zod'

export const CertificateStatus = z.enum(['active', 'expiring', 'expired', 'revoked'])

export const Certificate = z.object({
  id: z.int(),
  commonName: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  fingerprint: z.string(),
  subjectAlternativeNames: z.array(z.string()),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime(),
  keyType: z.enum(['RSA', 'ECDSA']),
  keySize: z.int(),
  status: CertificateStatus,
  renewalStatus: z.string().nullable(),
  certificateAuthorityId: z.int().nullable(),
  createdAt: z.iso.datetime(),
})

export const CertificateList = z.object({
  data: z.array(Certificate),
  pagination: z.object({
    page: z.int(),
    limit: z.int(),
    total: z.int(),
    totalPages: z.int(),
  }),
})

export const CertificateQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  status: CertificateStatus.optional(),
  search: z.string().max(500).optional().describe('Common name, issuer or fingerprint'),
  caId: z.coerce.number().int().min(1).optional(),
  sortBy: z.enum(['expiresAt', 'commonName', 'createdAt']).default('createdAt'),
  sortOrder: z.enum(['asc', 'desc']).default('desc'),
})
