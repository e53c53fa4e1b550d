// What the log of decisions tells from time to time; single decisions are no events.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

export const decisionsRecorded = defineEvent(
  'decisions.recorded',
  z.object({ latest_at: z.iso.datetime() }),
)
