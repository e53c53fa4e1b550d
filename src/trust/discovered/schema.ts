// Shapes of certificates that were found and are not managed, or not yet.
import { z } from 'zod'
import { TargetNames, Threshold } from '../certificates/schema.ts'
import { Id, PageQuery, pageOf } from '../paging.ts'

const time = z.iso.datetime()
const sources = ['filesystem', 'kubernetes', 'cloud', 'network'] as const

const Location = z.object({
  source: z.enum(sources),
  agentId: z.string().nullable(),
  hostname: z.string(),
  path: z.string(),
  hasPrivateKey: z.boolean(),
  lastSeenAt: time,
})

export const DiscoveredCertificate = z.object({
  id: z.int(),
  commonName: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  fingerprint: z.string(),
  subjectAlternativeNames: z.array(z.string()),
  validFrom: time,
  validTo: time,
  keyType: z.string(),
  keySize: z.int(),
  imported: z.boolean(),
  certificateId: z.int().nullable(),
  firstSeenAt: time,
  lastSeenAt: time,
  locationsTotal: z.int(),
  locations: z.array(Location).describe('The first 100 by host and path'),
})
export type DiscoveredCertificate = z.infer<typeof DiscoveredCertificate>

export const DiscoveredList = pageOf(DiscoveredCertificate)
export const DiscoveredPath = z.object({ discovered_id: Id })

export const DiscoveredQuery = PageQuery.extend({
  imported: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  source: z.enum(sources).optional(),
  agentId: z.string().min(1).max(200).optional(),
})
export type DiscoveredQuery = z.infer<typeof DiscoveredQuery>

export const ImportDiscovered = z
  .strictObject({
    autoRenew: z.boolean().default(false),
    renewalThresholdDays: Threshold.default(30),
    certificateAuthorityId: z.int().min(1).optional(),
    deploymentTargets: TargetNames.default([]),
  })
  .default({ autoRenew: false, renewalThresholdDays: 30, deploymentTargets: [] })
export type ImportDiscovered = z.infer<typeof ImportDiscovered>
