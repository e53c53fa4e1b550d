// SQL of the one comment that a pull request has from us.
import { sql, type Tx } from '../../platform/db.ts'

interface Place {
  organization_id: string
  linkId: string
  owner: string
  name: string
  pullRequest: number
}

export async function find(
  tx: Tx,
  place: Place,
): Promise<{ comment_id: string; shows_since: string } | null> {
  return tx.maybe<{ comment_id: string; shows_since: string }>(sql`
    select comment_id, shows_since from pull_request_comments
     where organization_id = ${place.organization_id} and link_id = ${place.linkId}
       and owner = lower(${place.owner}) and name = lower(${place.name})
       and pull_request = ${place.pullRequest}`)
}

export async function keep(
  tx: Tx,
  place: Place,
  shown: { id: string; showsSince: string },
): Promise<void> {
  await tx.run(sql`
    insert into pull_request_comments
      (organization_id, link_id, owner, name, pull_request, comment_id, shows_since)
    values (${place.organization_id}, ${place.linkId}, lower(${place.owner}),
      lower(${place.name}), ${place.pullRequest}, ${shown.id}, ${shown.showsSince})
    on conflict (organization_id, link_id, owner, name, pull_request)
    do update set comment_id = excluded.comment_id, shows_since = excluded.shows_since`)
}
