// What happened to a policy, and in which version it was then.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'
import { Actor } from './actor.ts'

const Policy = z.object({
  policy_id: z.string(),
  name: z.string(),
  status: z.string(),
  version: z.int(),
  actor: Actor,
})

export const policyCreated = defineEvent('policy.created', Policy)
export const policyUpdated = defineEvent('policy.updated', Policy)
export const policyActivated = defineEvent('policy.activated', Policy)
export const policyDeactivated = defineEvent('policy.deactivated', Policy)
export const policyArchived = defineEvent('policy.archived', Policy)
export const policyDeleted = defineEvent('policy.deleted', Policy)
