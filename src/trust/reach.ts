// What a caller's reach means for rows, and for what serves every workspace.

import { empty, type Sql, sql } from '../platform/db.ts'
import { common } from '../platform/errors.ts'
import type { Caller } from '../platform/http/caller.ts'
import type { Reach } from '../platform/http/reach.ts'

/** A condition on `organization_id` and `workspace_id` of one table. */
export function within({ organizationId, workspaceId }: Reach): Sql {
  return sql`organization_id = ${organizationId}
    ${workspaceId === null ? empty : sql`and workspace_id = ${workspaceId}`}`
}

/** What serves every workspace is changed by who is in all of them. Throws 403. */
export function requireWholeOrganization(caller: Caller): void {
  if (caller.organizationWide === true) return
  throw common.problem('workspace_access_denied', {
    message: 'This belongs to the whole organization, not to one workspace',
    details: { workspace_id: caller.workspaceId },
  })
}
