// What clients of our ACME server did.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

/** The client says that a challenge can be validated. */
export const challengeOffered = defineEvent(
  'acme_challenge.offered',
  z.object({ challenge_id: z.uuid() }),
)
