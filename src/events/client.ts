// What happened to an OAuth client. Never its secret.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'
import { Actor } from './actor.ts'

const Client = z.object({ client_id: z.string(), name: z.string(), actor: Actor })

export const clientCreated = defineEvent('client.created', Client)
export const clientRotated = defineEvent('client.rotated', Client)
export const clientDeleted = defineEvent('client.deleted', Client)
