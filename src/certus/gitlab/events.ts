// GitLab's deliveries, read leniently.
import { z } from 'zod'
import {
  BranchName,
  branchOf,
  CommitHash,
  forkBranch,
  type Head,
  PullNumber,
  placeOf,
} from '../checks/head.ts'

const Project = z.object({
  path_with_namespace: z.string(),
  default_branch: z.string().nullish(),
  /** 20 is open to everybody. */
  visibility_level: z.int().default(0),
})

const Push = z.object({
  object_kind: z.literal('push'),
  ref: z.string(),
  after: CommitHash,
  project: Project,
})

const Merge = z.object({
  object_kind: z.literal('merge_request'),
  project: Project,
  object_attributes: z.object({
    iid: PullNumber,
    action: z.enum(['open', 'update', 'reopen']),
    source_branch: BranchName,
    source_project_id: z.int(),
    target_project_id: z.int(),
    last_commit: z.object({ id: CommitHash }),
  }),
})

/** The commit to look at; null where there is none. */
export function headOf(payload: unknown): Head | null {
  const push = Push.safeParse(payload).data
  if (push !== undefined) {
    const branch = branchOf(push.ref)
    return branch === null ? null : headIn(push.project, { branch, commit: push.after })
  }
  const merge = Merge.safeParse(payload).data
  if (merge === undefined) return null
  const { iid, source_branch, last_commit, ...ids } = merge.object_attributes
  const isFork = ids.source_project_id !== ids.target_project_id
  return headIn(merge.project, {
    branch: isFork ? forkBranch(iid) : source_branch,
    commit: last_commit.id,
    pullRequests: [iid],
    isFork,
  })
}

function headIn(
  project: z.infer<typeof Project>,
  told: Pick<Head, 'branch' | 'commit'> & Partial<Head>,
): Head | null {
  const place = placeOf(project.path_with_namespace)
  if (place === null) return null
  return {
    pullRequests: [],
    isFork: false,
    run: '',
    isPrivate: project.visibility_level !== 20,
    isDefaultBranch: told.branch === project.default_branch,
    ...told,
    ...place,
  }
}
