// Shapes of the token service.
import { z } from 'zod'

export const Token = z.object({
  access_token: z.string().describe('A JWT after RFC 9068, signed with RS256'),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string().optional(),
  refresh_token: z.string().optional(),
})
export type Token = z.infer<typeof Token>

const Credentials = z.object({
  client_id: z.string().optional().describe('With client_secret, unless both come as HTTP Basic'),
  client_secret: z.string().optional(),
})

export const TokenRequest = Credentials.extend({
  grant_type: z.enum(['client_credentials', 'refresh_token']),
  scope: z.string().optional().describe('Separated by spaces; all that there is unless given'),
  refresh_token: z.string().optional(),
})

export const TokenNamed = Credentials.extend({
  token: z.string(),
  token_type_hint: z.string().optional(),
})

export const Revoked = z.object({ status: z.literal('revoked'), revoked_at: z.iso.datetime() })

export const Introspection = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  token_type: z.enum(['Bearer', 'refresh_token']).optional(),
  exp: z.int().optional(),
  iat: z.int().optional(),
  sub: z.string().optional(),
  aud: z.string().optional(),
  iss: z.string().optional(),
  jti: z.string().optional(),
  task: z.string().optional().describe('What an AI agent has the token for'),
  act: z.record(z.string(), z.unknown()).optional().describe('Its owner, and that one’s'),
  resources: z.array(z.string()).readonly().optional(),
  actions: z.array(z.string()).readonly().optional(),
})
export type Introspection = z.infer<typeof Introspection>
