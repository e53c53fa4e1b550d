// SQL of what controls rest on: the newest pack of each repository.
import { empty, join, type Sql, sql, type Tx } from '../../platform/db.ts'
import { type Reader, reachConditions } from '../packs/reach.ts'
import { columns, type WholeRow } from '../packs/store.ts'

/** Contents of packs are large, so repositories come a few at a time. */
const pageSize = 100

export interface Wanted {
  repository?: string | undefined
  /** Unless given: `main`, else `master`, else the first that was sent; without pull requests. */
  branch?: string | undefined
}

/** Of every repository, in their order. */
export async function* newest(tx: Tx, reader: Reader, wanted: Wanted) {
  let after = ''
  while (true) {
    const rows: WholeRow[] = await page(tx, reader, { ...wanted, after })
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    after = last.repository
  }
}

async function page(
  tx: Tx,
  reader: Reader,
  { repository, branch, after }: Wanted & { after: string },
): Promise<WholeRow[]> {
  const only = repository === undefined ? empty : sql`and r.slug = ${repository}`
  const own = join(
    [sql`organization_id = r.organization_id and repository = r.slug`, ...reachConditions(reader)],
    ' and ',
  )
  const chosen = branch === undefined ? ownBranch(own) : sql`branch = ${branch}`
  return tx.rows<WholeRow>(sql`
    select ${columns}, weaknesses, control_results
      from evidence_repositories r cross join lateral (
        select * from evidence_packs where ${own} and ${chosen}
         order by log_index desc limit 1) p
     where r.organization_id = ${reader.organizationId} and r.slug > ${after} ${only}
     order by r.slug limit ${pageSize}`)
}

/**
 * A condition on packs: those of `main`, else of `master`, else of the first branch that was sent,
 * without pull requests.
 *
 * @param own the condition that says which packs are the repository's
 */
export function ownBranch(own: Sql): Sql {
  const merged = sql`from evidence_packs where ${own} and pull_request is null`
  return sql`pull_request is null and branch = coalesce(
    (select branch ${merged} and branch = 'main' limit 1),
    (select branch ${merged} and branch = 'master' limit 1),
    (select branch ${merged} order by log_index limit 1))`
}
