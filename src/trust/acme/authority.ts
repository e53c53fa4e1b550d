// The authority that an address names, as the ACME server sees it: from whatever organization, and
// only where it has one.
import { LRUCache } from 'lru-cache'
import { sql } from '../../platform/db.ts'
import type { Platform } from '../../platform/platform.ts'
import { type AuthorityRow, find } from '../authorities/store.ts'
import { AcmeSettings } from '../connectors/authority/acme-server.ts'
import { acmeErrors } from './errors.ts'

export interface AcmeAuthority {
  row: AuthorityRow
  organizationId: string
  id: number
  settings: AcmeSettings
  /** Of what lies below the authority's own address: `/order/1`. */
  url(path: string): string
}

/** Throws 404. */
export type KnownAuthorities = (id: number) => Promise<AcmeAuthority>

/** How long this node believes what it read: a change of settings shows after it. */
const keptMs = 1_000

export function knownAuthorities({ db, config }: Platform): KnownAuthorities {
  const known = new LRUCache<number, { authority: AcmeAuthority | null }>({
    max: 10_000,
    ttl: keptMs,
  })

  async function read(id: number): Promise<AcmeAuthority | null> {
    const owner = await db.inSystem((tx) =>
      tx.maybe<{ organizationId: string }>(sql`select organization_id as "organizationId"
        from certificate_authorities
        where id = ${id} and type = 'internal' and deleted_at is null`),
    )
    if (owner === null) return null
    const row = await db.inTenant(owner.organizationId, (tx) => find(tx, owner.organizationId, id))
    return row && authorityOf(row, config.publicUrl)
  }

  return async (id) => {
    const hit = known.get(id)
    const authority = hit === undefined ? await read(id) : hit.authority
    if (hit === undefined) known.set(id, { authority })
    if (authority === null || !authority.settings.enabled) throw acmeErrors.problem('acme_missing')
    return authority
  }
}

export function authorityOf(row: AuthorityRow, publicUrl: string): AcmeAuthority {
  const root = `${publicUrl.replace(/\/$/, '')}/trust/acme/${row.id}`
  return {
    row,
    organizationId: row.organizationId,
    id: row.id,
    settings: AcmeSettings.parse(row.settings.acme ?? {}),
    url: (path) => `${root}${path}`,
  }
}
