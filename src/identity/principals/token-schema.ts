// Shapes of an AI agent's tokens.
import { z } from 'zod'

const lifetimeMaxSeconds = 3_600
const pattern = z.string().trim().min(1).max(300)

export const CreateToken = z.strictObject({
  task: z.string().trim().min(1).max(500).describe('What the agent is to do; in the token'),
  scopes: z
    .array(z.string().max(100))
    .min(1)
    .max(50)
    .optional()
    .describe('Within those of its key, its owners and the caller; all of these unless given'),
  expires_in: z
    .number()
    .int()
    .min(1)
    .max(lifetimeMaxSeconds)
    .default(900)
    .describe('Seconds; the token also ends with the key'),
  resources: z
    .array(pattern.refine((text) => /[:*]/.test(text), 'must be type:id, such as mail:*'))
    .min(1)
    .max(50)
    .optional()
    .describe('`type:id` each, `*` for any text: decisions with the token are about these only'),
  actions: z.array(pattern).min(1).max(50).optional().describe('The same for actions'),
})
export type CreateToken = z.infer<typeof CreateToken>

export const TaskToken = z.object({
  id: z.string(),
  access_token: z.string().describe('A JWT after RFC 9068, signed with RS256'),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string(),
  principal: z.string(),
  task: z.string(),
  act: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('{"sub": its owner, "act": {"sub": that one’s owner, …}}'),
})
export type TaskToken = z.infer<typeof TaskToken>
