// What happened to a principal. Its attributes stay where they are asked for.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'
import { Actor } from './actor.ts'

const Principal = z.object({
  principal_id: z.string(),
  type: z.string(),
  name: z.string(),
  status: z.string(),
  actor: Actor,
})

export const principalCreated = defineEvent('principal.created', Principal)
export const principalUpdated = defineEvent(
  'principal.updated',
  Principal.extend({ changed: z.array(z.string()) }),
)
export const principalSuspended = defineEvent('principal.suspended', Principal)
export const principalTerminated = defineEvent('principal.terminated', Principal)
export const principalDeleted = defineEvent('principal.deleted', Principal)
