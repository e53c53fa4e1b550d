// Shapes of exceptions.
import { z } from 'zod'
import { instant } from '../packs/schema.ts'
import { severities } from '../seal/grade/score.ts'

const exceptionStates = ['requested', 'approved', 'rejected', 'revoked', 'expired'] as const

const Words = z.string().trim().min(1).max(2_000)

export const ExceptionRequest = z.strictObject({
  repository: z.string().max(201).describe('owner/name'),
  finding: z.string().min(1).max(500).describe('The fingerprint of a finding, or its id'),
  reason: Words,
  expires_at: instant.describe('RFC 3339 date-time, at most 366 days ahead'),
})
export type ExceptionRequest = z.infer<typeof ExceptionRequest>

const Actor = z.object({ kind: z.string(), id: z.string(), name: z.string() })

export const Exception = z.object({
  id: z.uuid(),
  repository: z.string(),
  finding: z.string(),
  about: z.object({
    title: z.string(),
    severity: z.enum(severities),
    rule_id: z.string().nullable(),
    cwe_id: z.string().nullable(),
  }),
  evidence_pack_id: z.string().describe('The pack that had the finding when this was asked for'),
  reason: z.string(),
  state: z.enum(exceptionStates),
  requested_by: Actor,
  requested_at: z.iso.datetime(),
  decided_by: Actor.nullable(),
  decided_at: z.iso.datetime().nullable(),
  decision_note: z.string().nullable(),
  expires_at: z.iso.datetime(),
  ended_by: Actor.nullable(),
  ended_at: z.iso.datetime().nullable(),
  end_reason: z.string().nullable(),
})
export type Exception = z.infer<typeof Exception>

export const ExceptionQuery = z.strictObject({
  repository: z.string().max(201).optional(),
  state: z.enum(exceptionStates).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})
export type ExceptionQuery = z.infer<typeof ExceptionQuery>

export const ExceptionList = z.object({
  exceptions: z.array(Exception),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

export const ExceptionPath = z.object({ exception_id: z.uuid() })
export const Decision = z.strictObject({ note: Words })
export const Approval = z.strictObject({ note: Words.optional() }).default({})
