// Shapes of how long evidence is kept, and of legal holds.
import { z } from 'zod'

const Words = z.string().trim().min(1).max(2_000)
const Actor = z.object({ kind: z.string(), id: z.string(), name: z.string() })

export const Hold = z.object({
  id: z.uuid(),
  repository: z.string().nullable().describe('Null: all of them'),
  reason: z.string(),
  set_by: Actor,
  set_at: z.iso.datetime(),
  released_by: Actor.nullable(),
  released_at: z.iso.datetime().nullable(),
  release_reason: z.string().nullable(),
})
export type Hold = z.infer<typeof Hold>

export const Retention = z.object({
  days: z.int().nullable().describe('How long packs are kept; null: for ever'),
  holds: z.array(Hold).describe('The newest first, at most 200; those in force before the others'),
  removed_total: z.int().describe('Packs of which only the tombstone is left'),
})
export type Retention = z.infer<typeof Retention>

export const RetentionChange = z.strictObject({
  days: z.int().min(30).max(36_500).nullable().describe('30 to 36,500; null: for ever'),
})

export const NewHold = z.strictObject({
  repository: z.string().min(1).max(201).optional().describe('owner/name; all unless given'),
  reason: Words,
})
export type NewHold = z.infer<typeof NewHold>

export const HoldPath = z.object({ hold_id: z.uuid() })
export const Release = z.strictObject({ reason: Words })
