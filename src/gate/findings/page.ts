// One page of a list, the newest first, with its exact total, at a cost that does not grow with
// the number of findings: totals come from counters, and pages are merged from index ranges.
import { empty, join, type Sql, sql, type Tx } from '../../platform/db.ts'
import { type Filter, groupConditions, isCounted, isUnfiltered, selection } from './filter.ts'

export interface Window {
  limit: number
  offset: number
  /** Only what is older than this number. */
  before: number | null
}

export interface Page {
  total: number
  /** The newest first. */
  numbers: string[]
  hasMore: boolean
}

/** Beyond this depth one walk is cheaper than reading so far into every group. */
const mergedDepthMax = 1_000

export async function readPage(tx: Tx, filter: Filter, window: Window): Promise<Page> {
  const statement = isCounted(filter) ? countedPage(filter, window) : uncountedPage(filter, window)
  const { total, numbers } = await tx.one<{ total: number; numbers: string[] }>(statement)
  return { total, numbers: numbers.slice(0, window.limit), hasMore: numbers.length > window.limit }
}

function countedPage(filter: Filter, window: Window): Sql {
  const isDeep = window.offset + window.limit > mergedDepthMax
  const numbers =
    isUnfiltered(filter) || isDeep ? walked(selection(filter), window) : merged(filter, window)
  return sql`
    with groups as materialized (
      select c.repository_id, c.scan_type, c.severity, c.status, sum(c.n)::bigint as n
        from finding_counts c where ${join(countConditions(filter), ' and ')}
       group by 1, 2, 3, 4 having sum(c.n) > 0
    )
    select coalesce((select sum(n) from groups), 0)::bigint as total, array(${numbers}) as numbers`
}

const allRepositories = '00000000-0000-0000-0000-000000000000'

function countConditions(filter: Filter): Sql[] {
  const { organizationId } = filter
  const repositoryIds = filter.repositoryIds ?? [allRepositories]
  const counted = { ...filter, repositoryIds }
  return [sql`c.organization_id = ${organizationId}`, ...groupConditions(counted, sql`c`)]
}

/** Each group is one range of an index, already in order: the newest of each, merged. */
function merged(filter: Filter, window: Window): Sql {
  const { organizationId, repositoryIds } = filter
  const ofRepository = repositoryIds === null ? empty : sql`and f.repository_id = g.repository_id`
  return sql`
    select newest.number
      from groups g
     cross join lateral (
       select f.number from findings f
        where f.organization_id = ${organizationId} ${ofRepository}
          and f.scan_type = g.scan_type and f.severity = g.severity and f.status = g.status
          ${older(window)}
        order by f.number desc limit ${window.offset + window.limit + 1}
     ) newest
     order by newest.number desc limit ${window.limit + 1} offset ${window.offset}`
}

function walked(from: Sql, window: Window): Sql {
  return sql`select f.number from ${from} ${older(window)}
    order by f.number desc limit ${window.limit + 1} offset ${window.offset}`
}

/** An exact total without a counter means to count: once, and the page is cut from that. */
function uncountedPage(filter: Filter, window: Window): Sql {
  return sql`
    with f as materialized (select f.number from ${selection(filter)})
    select (select count(*) from f) as total,
      array(${walked(sql`f where true`, window)}) as numbers`
}

function older({ before }: Window): Sql {
  return before === null ? empty : sql`and f.number < ${before}`
}
