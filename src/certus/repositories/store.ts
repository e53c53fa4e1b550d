// SQL of repositories with their newest packs.
import { sql, type Tx } from '../../platform/db.ts'
import { ownBranch } from '../controls/store.ts'
import { columns, type Row } from '../packs/store.ts'
import type { Grade } from '../seal/grade/score.ts'
import type { Repository, RepositoryQuery } from './schema.ts'

const trendMax = 10

export interface Listed {
  slug: string
  packs_total: number
  trend: Repository['trend']
}

/** In their order by name. */
export async function list(tx: Tx, organizationId: string, query: RepositoryQuery) {
  const own = sql`organization_id = r.organization_id and repository = r.slug`
  const repositories = await tx.rows<Listed>(sql`
    select r.slug, (select count(*)::integer from evidence_packs where ${own}) as packs_total,
        coalesce((select json_agg(json_build_object('evidence_pack_id', id, 'grade', grade,
            'score', (computed->>'score')::integer, 'stored_at', to_char(stored_at at time zone
              'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by log_index)
          from (select * from evidence_packs where ${own} and ${ownBranch(own)}
            order by log_index desc limit ${trendMax}) as last), '[]') as trend
      from evidence_repositories r where r.organization_id = ${organizationId}
     order by r.slug limit ${query.limit} offset ${query.offset}`)
  const { total } = await tx.one<{ total: number }>(sql`
    select count(*)::integer as total from evidence_repositories
     where organization_id = ${organizationId}`)
  return { repositories, total }
}

/** By the ids of packs. */
export async function packs(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, Row>> {
  const rows = await tx.rows<Row>(sql`select ${columns} from evidence_packs
    where organization_id = ${organizationId} and id = any(${ids}::text[])`)
  return new Map(rows.map((row) => [row.id, row]))
}

export async function gradesOf(
  tx: Tx,
  organizationId: string,
  ids: readonly string[],
): Promise<Grade[]> {
  const rows = await tx.rows<{ grade: Grade }>(sql`select distinct grade from evidence_packs
    where organization_id = ${organizationId} and id = any(${ids}::text[])`)
  return rows.map(({ grade }) => grade)
}
