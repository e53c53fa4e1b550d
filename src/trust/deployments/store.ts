// SQL of deployments.
import { sql, type Tx } from '../../platform/db.ts'
import type { Deployment } from '../certificates/schema.ts'
import { offsetOf, type PageQuery } from '../paging.ts'

export async function listOf(
  tx: Tx,
  certificate: { organizationId: string; certificateId: number },
  page: PageQuery,
): Promise<{ data: Deployment[]; total: number }> {
  const where = sql`organization_id = ${certificate.organizationId}
    and certificate_id = ${certificate.certificateId}`
  const data = await tx.rows<Deployment>(sql`
    select id, version, target, agent_id as "agentId", cause, state, created_at as "createdAt",
      finished_at as "finishedAt"
      from deployments where ${where}
     order by id desc limit ${page.limit} offset ${offsetOf(page)}`)
  const { total } = await tx.one<{ total: number }>(
    sql`select count(*) as total from deployments where ${where}`,
  )
  return { data, total }
}
