// What happened in a repository at a code host.
import { z } from 'zod'
import { defineEvent } from '../platform/events.ts'

/** There is a commit to scan. */
export const repositoryPushed = defineEvent(
  'repository.pushed',
  z.object({
    /** Under which it is to be scanned: who told of the commit knows the result by it. */
    scan_id: z.uuid(),
    provider: z.enum(['github', 'gitlab', 'bitbucket']),
    owner: z.string(),
    name: z.string(),
    commit: z.string(),
    branch: z.string(),
    pull_request: z.int().nullable(),
    /** The commit is a stranger's: nothing in it is to be trusted, and no credential to be used. */
    is_fork: z.boolean(),
    /** GitHub's installation that may read the repository; null where none is needed. */
    installation_id: z.string().nullable(),
  }),
)

/** A check has something to do: to begin, or to be answered. */
export const checkDue = defineEvent('repository_check.due', z.object({ check_id: z.uuid() }))
