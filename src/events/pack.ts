// What happened to an evidence pack.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

/** A pack stands in the log. */
export const packStored = defineEvent(
  'pack.stored',
  z.object({
    packId: z.string(),
    scanId: z.string(),
    repository: z.string(),
    commit: z.string(),
    pullRequest: z.int().nullable(),
    grade: z.string(),
    score: z.number(),
  }),
)
