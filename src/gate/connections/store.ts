// SQL of connections.
import { sql, type Tx } from '../../platform/db.ts'
import type { ProviderName } from '../scans/schema.ts'
import type { Connection } from './schema.ts'

export interface NewConnection {
  organizationId: string
  id: string
  provider: ProviderName
  host: string
  name: string
  username: string | null
  sealedToken: Buffer
}

/** Null where there is one to this host already. */
export async function insert(tx: Tx, made: NewConnection): Promise<Connection | null> {
  return tx.maybe<Connection>(sql`
    insert into connections
      (organization_id, id, provider, host, name, username, sealed_token)
    values (${made.organizationId}, ${made.id}, ${made.provider}, ${made.host}, ${made.name},
      ${made.username}, ${made.sealedToken})
    on conflict (organization_id, provider, host) do nothing
    returning ${columns}`)
}

export async function list(tx: Tx, organizationId: string): Promise<Connection[]> {
  return tx.rows<Connection>(sql`select ${columns} from connections
    where organization_id = ${organizationId} order by created_at, id limit 1000`)
}

/** Answers what was deleted, or null. */
export async function remove(
  tx: Tx,
  organizationId: string,
  id: string,
): Promise<Connection | null> {
  return tx.maybe<Connection>(sql`delete from connections
    where organization_id = ${organizationId} and id = ${id} returning ${columns}`)
}

const columns = sql`id, provider, host, name, username, created_at, last_used_at`
