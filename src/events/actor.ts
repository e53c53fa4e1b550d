// Who did what an event tells of.
import { z } from 'zod'

export const Actor = z.object({
  kind: z.enum(['key', 'client', 'user', 'system']),
  id: z.string(),
  name: z.string(),
})
