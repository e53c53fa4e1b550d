// SQL of repositories: one row per organization and place, made when it is first named.
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { ProviderName } from '../scans/schema.ts'

export interface RepositoryPlace {
  provider: ProviderName
  owner: string
  name: string
  cloneUrl: string | null
}

/** Answers the id of the repository at a place. */
export async function ensure(
  tx: Tx,
  organizationId: string,
  place: RepositoryPlace,
): Promise<string> {
  const { provider, owner, name, cloneUrl } = place
  await tx.run(sql`
    insert into repositories (organization_id, id, provider, owner, name, clone_url)
    values (${organizationId}, ${uuid7()}, ${provider}, ${owner}, ${name}, ${cloneUrl})
    on conflict do nothing`)
  const { id } = await tx.one<{ id: string }>(sql`
    select id from repositories
     where organization_id = ${organizationId} and provider = ${provider} and owner = ${owner}
       and name = ${name} and coalesce(clone_url, '') = ${cloneUrl ?? ''}`)
  return id
}

export async function setDefaultBranch(
  tx: Tx,
  repository: { organizationId: string; id: string; branch: string },
): Promise<void> {
  await tx.run(sql`update repositories set default_branch = ${repository.branch}
    where organization_id = ${repository.organizationId} and id = ${repository.id}`)
}
