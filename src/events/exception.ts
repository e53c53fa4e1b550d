// What happened to an exception: a finding whose risk somebody accepts until a day.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'
import { Actor } from './actor.ts'

const Exception = z.object({
  exception_id: z.uuid(),
  repository: z.string(),
  finding: z.string(),
  expires_at: z.iso.datetime(),
})
const ByActor = Exception.extend({ actor: Actor })

export const exceptionRequested = defineEvent('exception.requested', ByActor)
export const exceptionApproved = defineEvent('exception.approved', ByActor)
export const exceptionRejected = defineEvent('exception.rejected', ByActor)
export const exceptionRevoked = defineEvent('exception.revoked', ByActor)
export const exceptionExpired = defineEvent('exception.expired', Exception)
