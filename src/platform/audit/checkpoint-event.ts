// What the sealer tells: where an organization's audit chain stands, signed.
import { z } from 'zod'
import { defineEvent } from '../events.ts'

export const auditCheckpointSigned = defineEvent(
  'audit_checkpoint.signed',
  z.object({ seq: z.int(), at: z.iso.datetime() }),
)
