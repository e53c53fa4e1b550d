// The key of an AI agent: its own, with no more than its maker carries, and no more than it needs.
import { keyCreated } from '../../events/key.ts'
import { appendAudit, type Origin } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/db.ts'
import type { Caller } from '../../platform/http/caller.ts'
import { appendEvent } from '../../platform/outbox.ts'
import { holds } from '../../platform/permissions.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { addressesWithin, expiryWithin, scopesWithin } from '../keys/bounds.ts'
import { mint } from '../keys/service.ts'

/** What an agent may do unless more is asked for. */
const leastScope = 'evaluate:decisions'

export interface Carried {
  scopes: string[]
  ipAllow: readonly string[]
  expiresAt: string | null
}

export interface AgentKey {
  id: string
  api_key: string
  scopes: string[]
}

/**
 * A maker without the scope that agents have by default makes one whose key carries none: it can
 * still ask for tokens. Throws 400 or 403 for what is asked for beyond the maker's.
 */
export function checkAgentKey(
  maker: Caller,
  wanted: { scopes?: string[] | undefined; expires_in_days?: number | undefined },
  now: number,
): Carried {
  const least = holds(maker.scopes, leastScope) ? [leastScope] : []
  const days = wanted.expires_in_days
  const end = days === undefined ? undefined : new Date(now + days * 86_400_000).toISOString()
  return {
    scopes: wanted.scopes === undefined ? least : scopesWithin(maker, 'identity', wanted.scopes),
    ipAllow: addressesWithin(maker, []),
    expiresAt: expiryWithin(maker, end, { now, field: 'expires_in_days' }),
  }
}

export async function mintAgentKey(
  tx: Tx,
  secrets: Secrets,
  asked: { origin: Origin; principal: { id: string; name: string }; carried: Carried },
): Promise<AgentKey> {
  const { origin, principal, carried } = asked
  const { organizationId, workspaceId, actor, session } = origin.caller
  const { id, api_key, scopes, name } = await mint(tx, secrets, {
    organizationId,
    workspaceId,
    createdBy: actor.id,
    personId: session?.userId ?? null,
    surface: 'identity',
    type: 'standard',
    name: principal.name,
    description: null,
    principalId: principal.id,
    ...carried,
  })
  await appendAudit(tx, origin, {
    action: 'key.created',
    objectType: 'key',
    objectId: id,
    details: { surface: 'identity', name, scopes, principal: principal.id },
  })
  const payload = { key_id: id, surface: 'identity', name, actor }
  await appendEvent(tx, keyCreated, { organizationId, payload })
  return { id, api_key, scopes }
}
