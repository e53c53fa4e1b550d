// SQL of what controls rest on: the newest pack of each repository.
import { empty, sql, type Tx } from '../../platform/db.ts'
import type { ControlResult } from '../packs/schema.ts'
import type { Weaknesses } from '../packs/weaknesses.ts'

export interface Newest {
  id: string
  repository: string
  stored_at: string
  control_results: ControlResult[]
  weaknesses: Weaknesses
}

const repositoriesMax = 1_000

export async function newest(
  tx: Tx,
  organizationId: string,
  repository: string | undefined,
): Promise<Newest[]> {
  const only = repository === undefined ? empty : sql`and slug = ${repository}`
  return tx.rows<Newest>(sql`
    select p.id, p.repository, p.stored_at, p.control_results, p.weaknesses
      from evidence_repositories r cross join lateral (
        select * from evidence_packs p
         where p.organization_id = r.organization_id and p.repository = r.slug
         order by p.stored_at desc, p.id limit 1) p
     where r.organization_id = ${organizationId} ${only}
     order by r.slug limit ${repositoriesMax}`)
}
