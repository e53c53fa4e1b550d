// How far an order is: JSON that stands in the renewal before each question to the server.
import { z } from 'zod'

const url = z.string().max(2_000)

export const Challenge = z.object({
  authorization: url,
  url,
  identifier: z.string(),
  wildcard: z.boolean(),
  token: z.string().regex(/^[\w-]{1,500}$/),
  isPlaced: z.boolean().default(false),
  isAnswered: z.boolean().default(false),
})
export type Challenge = z.infer<typeof Challenge>

export const Progress = z.object({
  phase: z.enum([
    'account',
    'order',
    'authorizations',
    'place',
    'visible',
    'answer',
    'validate',
    'clear',
    'finalize',
  ]),
  /** Names one asking for a new order: whoever finds it and did not begin it looks first. */
  asking: z.string().nullable().default(null),
  /** The certificate to replace, as RFC 9773 names it. */
  replaces: z.string().nullable().default(null),
  mayReplace: z.boolean().default(true),
  account: url.nullable().default(null),
  order: url.nullable().default(null),
  /** Those that have not been read. */
  authorizations: z.array(url).default([]),
  challenges: z.array(Challenge).default([]),
  /** The life of a process that was to answer whoever looks; null where others do, as for DNS. */
  answeredBy: z.string().nullable().default(null),
  /** When its phase began. */
  since: z.number().default(0),
  /** Why the order came to nothing; told when everything has been cleared away. */
  failure: z.string().nullable().default(null),
  restarts: z.number().default(0),
})
export type Progress = z.infer<typeof Progress>

/** What may never be known of a new order is forgotten. */
export function anew({ restarts, mayReplace }: Progress): Progress {
  return { ...Progress.parse({ phase: 'account' }), restarts: restarts + 1, mayReplace }
}

export type Step =
  | { state: 'issued'; certificate: Uint8Array; chain: readonly Uint8Array[] }
  | { state: 'pending'; progress: Progress; retryAfterMs: number; message: string }

export function goOn(progress: Progress, message: string): Step {
  return { state: 'pending', progress, retryAfterMs: 0, message }
}

export function wait(progress: Progress, retryAfterMs: number, message: string): Step {
  return { state: 'pending', progress, retryAfterMs, message }
}
