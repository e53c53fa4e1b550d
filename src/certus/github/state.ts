// Ties an installation to who asked for it: signed, over within an hour, and only good for the same
// person, so that nobody can make another install the app for them.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Caller } from '../../platform/http/caller.ts'
import type { Secrets } from '../../platform/secrets.ts'

const label = 'github-installation'
const hourMs = 3_600_000

const State = z.object({
  organization: z.uuid(),
  /** Who asked: a person, or a key. */
  actor: z.string(),
  /** Of the organization whose installation of Panthera this is. */
  isOperator: z.boolean(),
  since: z.int(),
})
export type State = z.infer<typeof State>

type Asking = Pick<Caller, 'organizationId' | 'actor' | 'firstOrganization'>

export function signState(
  secrets: Secrets,
  { organizationId, actor, firstOrganization: isOperator }: Asking,
  now: number,
): { state: string; expiresAt: string } {
  const content: State = { organization: organizationId, actor: actor.id, isOperator, since: now }
  const text = Buffer.from(JSON.stringify(content)).toString('base64url')
  const signature = mac(secrets.subkey(label), text).toString('base64url')
  return { state: `${text}.${signature}`, expiresAt: new Date(now + hourMs).toISOString() }
}

/** Null where it is not ours, or over. */
export function readState(secrets: Secrets, given: string, now: number): State | null {
  const [, text, signature] = /^([\w-]{1,1000})\.([\w-]{43})$/.exec(given) ?? []
  if (text === undefined || signature === undefined) return null
  const bytes = Buffer.from(signature, 'base64url')
  const holds = [secrets.subkey(label), secrets.previousSubkey(label)].some(
    (key) => key !== null && timingSafeEqual(mac(key, text), bytes),
  )
  if (!holds) return null
  const state = State.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  return now >= state.since && now < state.since + hourMs ? state : null
}

function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
