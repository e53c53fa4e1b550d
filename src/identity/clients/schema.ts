// Shapes of OAuth clients. The secret is in the answers that make one, and nowhere else.
import { z } from 'zod'
import { acceptedScopes } from '../keys/bounds.ts'
import { Pagination } from '../keys/v1.ts'

export const grantTypes = ['client_credentials', 'refresh_token'] as const

const time = z.iso.datetime()
const redirectForm = 'must be an https URL, or http on this machine, without a fragment'

export const Client = z.object({
  client_id: z.string(),
  name: z.string(),
  grant_types: z.array(z.enum(grantTypes)),
  scopes: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  ip_allow: z.array(z.string()),
  workspace_id: z.string(),
  created_at: time,
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
})
export type Client = z.infer<typeof Client>

export const CreatedClient = Client.extend({
  client_secret: z.string().describe('Shown this once'),
})
export type CreatedClient = z.infer<typeof CreatedClient>

export const RotatedClient = z.object({
  client_id: z.string(),
  client_secret: z.string().describe('Shown this once'),
  previous_secret_expires_at: time,
})
export type RotatedClient = z.infer<typeof RotatedClient>

export const DeletedClient = z.object({
  client_id: z.string(),
  status: z.literal('deleted'),
  deleted_at: time,
})

export const ClientList = z.object({ data: z.array(Client), pagination: Pagination })

export const CreateClient = z.strictObject({
  name: z.string().trim().min(1).max(200),
  grant_types: z
    .array(z.enum(grantTypes))
    .min(1)
    .max(grantTypes.length)
    .refine((types) => types.includes('client_credentials'), 'must hold client_credentials')
    .default([...grantTypes])
    .describe('Without refresh_token its tokens come without one'),
  scopes: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .describe(`Some of: ${acceptedScopes('identity').join(', ')}`),
  redirect_uris: z
    .array(z.string().max(2_000).refine(isRedirect, redirectForm))
    .max(20)
    .default([]),
  ip_allow: z
    .array(z.string().max(64))
    .max(100)
    .optional()
    .describe('Addresses and CIDR ranges that it works from, with its tokens'),
  expires_in_days: z.number().int().min(1).max(3_650).optional(),
})
export type CreateClient = z.infer<typeof CreateClient>

export const ClientPath = z.object({ client_id: z.string().max(64) })

/** RFC 9700, section 2.1: nothing that could leave the machine in clear. */
function isRedirect(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, hash, username, password } = new URL(text)
  const local = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return (protocol === 'https:' || local) && hash === '' && username === '' && password === ''
}
