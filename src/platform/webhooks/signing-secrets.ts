// The secrets that sign what goes to one endpoint: one that stays, and those rotated out that sign
// along until their time is over. They rest sealed, as one list.
import { z } from 'zod'
import type { Secrets } from '../secrets.ts'
import { newSecret, parseSigningKey, type SigningKey } from './signing-key.ts'

export interface SigningSecret {
  /** `whsec_…`, as the receiver has it. */
  secret: string
  created_at: string
  /** Null for the one that stays. */
  expires_at: string | null
}

/** The place of a sealed list. */
export interface EndpointRef {
  organizationId: string
  endpointId: string
}

/** Rotating more often than this within the overlap drops the oldest before its time. */
const secretsMax = 5

/** @param now Unix time in milliseconds */
export function firstSecret(now: number): SigningSecret {
  return { secret: newSecret(), created_at: new Date(now).toISOString(), expires_at: null }
}

/** The list with a new secret at its head; those before it sign along for the overlap at most. */
export function rotate(
  list: readonly SigningSecret[],
  { now, overlapMs }: { now: number; overlapMs: number },
): [SigningSecret, ...SigningSecret[]] {
  const end = new Date(now + overlapMs).toISOString()
  const leaving = live(list, now).map((each) => ({
    ...each,
    expires_at: each.expires_at !== null && each.expires_at < end ? each.expires_at : end,
  }))
  return [firstSecret(now), ...live(leaving, now).slice(0, secretsMax - 1)]
}

/** What signs at this moment, the newest first. */
export function liveKeys(list: readonly SigningSecret[], now: number): SigningKey[] {
  return live(list, now).map(({ secret }) => parseSigningKey(secret))
}

export function sealSecrets(
  secrets: Secrets,
  endpoint: EndpointRef,
  list: readonly SigningSecret[],
): Buffer {
  return secrets.seal(JSON.stringify(list), contextOf(endpoint))
}

/** Throws SecretUnreadable. */
export function openSecrets(
  secrets: Secrets,
  endpoint: EndpointRef,
  sealed: Uint8Array,
): SigningSecret[] {
  return List.parse(JSON.parse(secrets.open(sealed, contextOf(endpoint)).toString()))
}

const List = z.array(
  z.object({ secret: z.string(), created_at: z.string(), expires_at: z.string().nullable() }),
)

function live(list: readonly SigningSecret[], now: number): SigningSecret[] {
  return list.filter(({ expires_at }) => expires_at === null || Date.parse(expires_at) > now)
}

function contextOf({ organizationId, endpointId }: EndpointRef): string {
  return `organization/${organizationId}/webhook/${endpointId}`
}
