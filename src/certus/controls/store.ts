// SQL of what controls rest on: the newest pack of each repository.
import { empty, sql, type Tx } from '../../platform/db.ts'
import { columns, type WholeRow } from '../packs/store.ts'

/** Contents of packs are large, so repositories come a few at a time. */
const pageSize = 100

export interface Wanted {
  repository?: string | undefined
  /** Unless given: `main`, else `master`, else the first that was sent; without pull requests. */
  branch?: string | undefined
}

/** Of every repository, in their order. */
export async function* newest(tx: Tx, organizationId: string, wanted: Wanted) {
  let after = ''
  while (true) {
    const rows: WholeRow[] = await page(tx, organizationId, { ...wanted, after })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last.repository
  }
}

async function page(
  tx: Tx,
  organizationId: string,
  { repository, branch, after }: Wanted & { after: string },
): Promise<WholeRow[]> {
  const only = repository === undefined ? empty : sql`and r.slug = ${repository}`
  const own = sql`organization_id = r.organization_id and repository = r.slug`
  const merged = sql`from evidence_packs where ${own} and pull_request is null`
  const chosen =
    branch === undefined
      ? sql`pull_request is null and branch = coalesce(
          (select branch ${merged} and branch = 'main' limit 1),
          (select branch ${merged} and branch = 'master' limit 1),
          (select branch ${merged} order by log_index limit 1))`
      : sql`branch = ${branch}`
  return tx.rows<WholeRow>(sql`
    select ${columns}, weaknesses, control_results
      from evidence_repositories r cross join lateral (
        select * from evidence_packs where ${own} and ${chosen}
         order by log_index desc limit 1) p
     where r.organization_id = ${organizationId} and r.slug > ${after} ${only}
     order by r.slug limit ${pageSize}`)
}
