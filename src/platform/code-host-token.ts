// The token that an organization has given for a code host. Gate keeps it and clones with it;
// Certus answers pushes with it.
import { sql, type Tx } from './db.ts'
import type { Secrets } from './secrets.ts'

interface Place {
  organizationId: string
  provider: string
  host: string
}

/** Ties a sealed token to its connection. */
export function connectionContext(organizationId: string, id: string): string {
  return `organization/${organizationId}/connection/${id}/token`
}

/** Null where there is none; marks it as used. Within the tenant. */
export async function codeHostToken(
  tx: Tx,
  secrets: Secrets,
  { organizationId, provider, host }: Place,
): Promise<{ token: string; username: string | null } | null> {
  const stored = await tx.maybe<{ id: string; username: string | null; sealed_token: Buffer }>(sql`
    update connections set last_used_at = now()
     where organization_id = ${organizationId} and provider = ${provider} and host = ${host}
    returning id, username, sealed_token`)
  if (stored === null) return null
  const context = connectionContext(organizationId, stored.id)
  return { token: secrets.open(stored.sealed_token, context).toString(), username: stored.username }
}
