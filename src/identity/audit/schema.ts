// Shapes of the audit log: Identity's in snake_case with its pages, Trust's in camelCase with its.
import { z } from 'zod'
import { PageQuery, Pagination } from '../paging.ts'

const Actor = z.object({
  kind: z.string().describe('user, key, client or system'),
  id: z.string(),
  name: z.string(),
})
const Seal = z
  .object({ seq: z.int(), hash: z.string().describe('SHA-256, hexadecimal') })
  .nullable()

export const AuditEvent = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  actor: Actor,
  action: z.string().describe('Object and past participle, such as key.created'),
  object: z.object({ type: z.string(), id: z.string() }),
  address: z.string().nullable(),
  request_id: z.string().nullable(),
  result: z.enum(['success', 'failure']),
  details: z.record(z.string(), z.unknown()),
  seal: Seal.describe('Its place in the chain; null for about the first second'),
})
export type AuditEvent = z.infer<typeof AuditEvent>

export const AuditEventList = z.object({
  data: z.array(AuditEvent),
  pagination: z.object({ total: z.int(), page: z.int(), per_page: z.int() }),
})

const text = z.string().min(1).max(300).optional()
const action = text.describe('Exactly, or everything that begins with it where it ends with a dot')
const time = z.iso.datetime({ offset: true }).optional()
const result = z.enum(['success', 'failure']).optional()

export const AuditQuery = z.strictObject({
  actor_id: text,
  action,
  object_type: text,
  object_id: text,
  result,
  address: text,
  from: time,
  to: time.describe('Before this time'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(50),
})

export const AuditEventPath = z.object({ event_id: z.uuid().toLowerCase() })

export const ExportQuery = z.strictObject({
  from_seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1),
})

const Checkpoint = z.object({
  organization_id: z.uuid(),
  seq: z.int(),
  hash: z.string(),
  at: z.iso.datetime(),
  key_id: z.string(),
})

export const SignedCheckpoint = z.object({
  checkpoint: Checkpoint.nullable().describe('Null while there is no row'),
  signature: z.string().nullable().describe('Ed25519, base64url'),
  public_key: z.string().describe('32 bytes, base64url'),
  key_id: z.string().describe('SHA-256 of the public key, base64url'),
})
export type SignedCheckpoint = z.infer<typeof SignedCheckpoint>

export const TrustAuditEvent = z.object({
  id: z.uuid(),
  timestamp: z.iso.datetime(),
  actor: Actor,
  action: z.string(),
  resource: z.object({ type: z.string(), id: z.string() }),
  ipAddress: z.string().nullable(),
  requestId: z.string().nullable(),
  result: z.enum(['success', 'failure']),
  details: z.record(z.string(), z.unknown()),
  seal: Seal,
})
export type TrustAuditEvent = z.infer<typeof TrustAuditEvent>

export const TrustAuditList = z.object({
  data: z.array(TrustAuditEvent),
  pagination: Pagination,
})

export const TrustAuditQuery = PageQuery.extend({
  actorId: text,
  action,
  resourceType: text,
  resourceId: text,
  result,
  ipAddress: text,
  from: time,
  to: time,
})
