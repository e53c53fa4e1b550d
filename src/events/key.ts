// What happened to an API key, of whichever surface. Never the key itself.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'
import { Actor } from './actor.ts'

const Key = z.object({
  key_id: z.string(),
  surface: z.string(),
  name: z.string(),
  actor: Actor,
})

export const keyCreated = defineEvent('key.created', Key)
export const keyRotated = defineEvent('key.rotated', Key.extend({ new_key_id: z.string() }))
export const keyRevoked = defineEvent('key.revoked', Key)
