// Keys and clients that end together: those that a person made, also by keys of theirs, when the
// person is no longer among those who may make some; those of a workspace with it.
import { type Sql, sql, type Tx } from '../../platform/db.ts'
import { announceAuthorizationChange } from '../authorization/generation.ts'
import { announceRevocation } from '../revocations.ts'

export interface EndedCredentials {
  keys: { id: string; name: string; surface: string }[]
  clients: { id: string; name: string }[]
}

/** For a new key or client: the person who asks, or the one behind the credential that asks. */
export function personBehind(made: {
  organizationId: string
  createdBy: string
  personId?: string | null
}): Sql {
  const { organizationId, createdBy, personId = null } = made
  return sql`coalesce(${personId}::uuid,
    (select person_id from api_keys where organization_id = ${organizationId}
      and id = ${createdBy}),
    (select person_id from oauth_clients where organization_id = ${organizationId}
      and id = ${createdBy}))`
}

/** Of a person. */
export function endCredentials(
  tx: Tx,
  organizationId: string,
  userId: string,
): Promise<EndedCredentials> {
  return endCredentialsOf(tx, organizationId, sql`person_id = ${userId}`)
}

/** With all tokens of the clients. Within the tenant. */
export async function endCredentialsOf(
  tx: Tx,
  organizationId: string,
  which: Sql,
): Promise<EndedCredentials> {
  const keys = await tx.rows<EndedCredentials['keys'][number]>(sql`
    update api_keys set revoked_at = now() where organization_id = ${organizationId}
      and ${which} and revoked_at is null returning id, name, surface`)
  const clients = await tx.rows<EndedCredentials['clients'][number]>(sql`
    update oauth_clients set deleted_at = now() where organization_id = ${organizationId}
      and ${which} and deleted_at is null returning id, name`)
  const ids = clients.map(({ id }) => id)
  await tx.run(sql`update oauth_grants set revoked_at = now()
    where organization_id = ${organizationId} and client_id = any(${ids}) and revoked_at is null`)
  await announceAuthorizationChange(tx, organizationId)
  if (keys.length + clients.length > 0) await announceRevocation(tx)
  return { keys, clients }
}
