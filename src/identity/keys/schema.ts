// Shapes of API keys on the console. The key itself is in the answer to its creation only.
import { z } from 'zod'
import { surfaces } from '../../platform/permissions.ts'

export const KeyType = z.enum(['standard', 'agent', 'public'])

export const Key = z.object({
  id: z.string(),
  surface: z.enum(surfaces),
  type: KeyType,
  name: z.string(),
  description: z.string().nullable(),
  /** The first characters of the key, to tell it from others. */
  hint: z.string(),
  workspace_id: z.string(),
  scopes: z.array(z.string()),
  ip_allow: z.array(z.string()),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  /** False while it is switched off. */
  active: z.boolean(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
})
export type Key = z.infer<typeof Key>

export const CreatedKey = Key.extend({
  api_key: z.string(),
  /** Certus only: the HMAC key with which evidence packs are sealed. */
  evidence_secret: z.string().nullable(),
})
export type CreatedKey = z.infer<typeof CreatedKey>

export const KeyList = z.object({
  keys: z.array(Key),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const CreateKey = z.strictObject({
  surface: z.enum(surfaces),
  type: z
    .enum(['agent', 'public'])
    .optional()
    .describe('Trust only: agent keys begin with ak_, public keys with ck_'),
  name: z.string().trim().min(1).max(200),
  description: z.string().max(1_000).optional(),
  scopes: z.array(z.string()).min(1).max(50).optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
  ip_allow: z
    .array(z.string())
    .max(100)
    .optional()
    .describe('Addresses and CIDR ranges, within those of the maker; the maker’s unless given'),
})
export type CreateKey = z.infer<typeof CreateKey>

export const ChangeKey = z.strictObject({ active: z.boolean() })

export const RotateKey = z.strictObject({
  overlap_hours: z
    .number()
    .min(0)
    .max(168)
    .default(24)
    .describe('How long the old key goes on; 0 ends it at once'),
})

export const KeyPath = z.object({ key_id: z.string().max(64) })

export const KeyQuery = z.strictObject({
  surface: z.enum(surfaces).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
