// Shapes of connections to code hosts. The token goes in and never comes out.
import { z } from 'zod'
import { providers } from '../scans/schema.ts'

export const Connection = z.object({
  id: z.uuid(),
  provider: z.enum(providers),
  host: z.string(),
  name: z.string(),
  username: z.string().nullable(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
})
export type Connection = z.infer<typeof Connection>

export const ConnectionList = z.object({ connections: z.array(Connection) })

export const CreateConnection = z.strictObject({
  provider: z.enum(providers),
  name: z.string().trim().min(1).max(200),
  token: z
    .string()
    .min(8)
    .max(10_000)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  username: z
    .string()
    .max(200)
    .regex(/^[\x21-\x39\x3b-\x7e]+$/, 'must be printable ASCII without ":"')
    .optional(),
  clone_url: z
    .url({ protocol: /^https$/, error: 'must be a URL that begins with https://' })
    .max(2_000)
    .optional()
    .describe('With provider git: a repository that the token opens, to test it with'),
})
export type CreateConnection = z.infer<typeof CreateConnection>

export const ConnectionPath = z.object({ connection_id: z.uuid() })
