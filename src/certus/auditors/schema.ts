// Shapes of links for auditors.
import { z } from 'zod'
import { instant, moment } from '../packs/schema.ts'

const Slug = z.string().min(1).max(201)

export const NewLink = z.strictObject({
  name: z.string().trim().min(1).max(200).describe('For whom, or for which audit'),
  expires_at: instant.describe('RFC 3339 date-time, at most 366 days ahead'),
  repositories: z
    .array(Slug)
    .min(1)
    .max(100)
    .optional()
    .describe('Opens these only; all unless given'),
  frameworks: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .optional()
    .describe('Opens packs with a result for one of these, and the controls of these'),
  from: moment.optional().describe('Opens packs stored since then: RFC 3339 date or date-time'),
  to: moment.optional().describe('Opens packs stored before'),
})
export type NewLink = z.infer<typeof NewLink>

export const AuditorLink = z.object({
  id: z.uuid(),
  name: z.string(),
  repositories: z.array(z.string()).nullable(),
  frameworks: z.array(z.string()).nullable(),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  created_by: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
  state: z.enum(['open', 'expired', 'revoked']),
  reads: z.int(),
  last_read_at: z.iso.datetime().nullable(),
})
export type AuditorLink = z.infer<typeof AuditorLink>

export const MadeLink = AuditorLink.extend({
  token: z.string().describe('Shown once; sent as Authorization: Bearer'),
  url: z.string().describe('For a browser; shown once'),
})

export const LinkQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})

export const LinkList = z.object({
  auditor_links: z.array(AuditorLink),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const LinkPath = z.object({ link_id: z.uuid() })
