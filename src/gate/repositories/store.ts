// SQL of repositories: one row per organization and place, made when it is first named. How it is
// spelled does not matter: code hosts ignore case, and `.git` at the end of a URL may be left out.
import { sql, type Tx } from '../../platform/db.ts'
import { uuid7 } from '../../platform/ids.ts'
import type { ProviderName } from '../scans/schema.ts'

export interface RepositoryPlace {
  provider: ProviderName
  owner: string
  name: string
  cloneUrl: string | null
}

/** Answers the id of the repository at a place. The first spelling of owner and name is kept. */
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
  return cloneUrl === null
    ? findHosted(tx, organizationId, place)
    : findGit(tx, organizationId, cloneUrl)
}

async function findHosted(tx: Tx, organizationId: string, place: RepositoryPlace): Promise<string> {
  const { id } = await tx.one<{ id: string }>(sql`
    select id from repositories
     where organization_id = ${organizationId} and provider = ${place.provider}
       and provider <> 'git'
       and lower(owner) = lower(${place.owner}) and lower(name) = lower(${place.name})`)
  return id
}

/** Not every server knows a repository by both spellings: what was named last is what is cloned. */
async function findGit(tx: Tx, organizationId: string, cloneUrl: string): Promise<string> {
  const found = await tx.one<{ id: string; clone_url: string }>(sql`
    select id, clone_url from repositories
     where organization_id = ${organizationId} and provider = 'git'
       and regexp_replace(clone_url, '[.]git$', '') = ${cloneUrl.replace(/\.git$/, '')}`)
  if (found.clone_url !== cloneUrl) {
    await tx.run(sql`update repositories set clone_url = ${cloneUrl}
      where organization_id = ${organizationId} and id = ${found.id}`)
  }
  return found.id
}

export async function setDefaultBranch(
  tx: Tx,
  repository: { organizationId: string; id: string; branch: string },
): Promise<void> {
  await tx.run(sql`update repositories set default_branch = ${repository.branch}
    where organization_id = ${repository.organizationId} and id = ${repository.id}`)
}
