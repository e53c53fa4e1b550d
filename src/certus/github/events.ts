// GitHub's deliveries, read leniently: few fields, and null or nothing where one is not as it is
// described. Payloads grow fields and lose them over the years.
import { z } from 'zod'
import {
  BranchName,
  branchOf,
  CommitHash,
  forkBranch,
  type Head,
  PullNumber,
  placeOf,
  pullRequestsMax,
} from '../checks/head.ts'

const Repository = z.object({
  full_name: z.string(),
  private: z.boolean().default(true),
  default_branch: z.string().nullish(),
})
type Repository = z.infer<typeof Repository>

const Push = z.object({
  ref: z.string(),
  after: CommitHash,
  deleted: z.literal(false).optional(),
  repository: Repository,
})

const Pull = z.object({
  action: z.enum(['opened', 'synchronize', 'reopened', 'ready_for_review']),
  pull_request: z.object({
    number: PullNumber,
    head: z.object({
      sha: CommitHash,
      ref: BranchName,
      repo: z.object({ full_name: z.string() }).nullish(),
    }),
  }),
  repository: Repository,
})

const Suite = z.object({
  action: z.enum(['requested', 'rerequested']),
  check_suite: z.object({
    id: z.int(),
    head_sha: CommitHash,
    head_branch: BranchName,
    updated_at: z.string().max(100).default(''),
    pull_requests: z.array(z.object({ number: PullNumber })).default([]),
  }),
  repository: Repository,
})

const Installation = z.object({ installation: z.object({ id: z.int().min(1) }) })
const Removed = z.object({ action: z.literal('deleted') })

/** Whose delivery it is; null where it names none. */
export function installationOf(payload: unknown): string | null {
  const id = Installation.safeParse(payload).data?.installation.id
  return id === undefined ? null : String(id)
}

export function isRemoval(event: string, payload: unknown): boolean {
  return event === 'installation' && Removed.safeParse(payload).success
}

/** The commit to look at; null where there is none. */
export function headOf(event: string, payload: unknown): Head | null {
  if (event === 'push') return ofPush(Push.safeParse(payload).data)
  if (event === 'pull_request') return ofPull(Pull.safeParse(payload).data)
  if (event === 'check_suite') return ofSuite(Suite.safeParse(payload).data)
  return null
}

function ofPush(push: z.infer<typeof Push> | undefined): Head | null {
  const branch = push === undefined ? null : branchOf(push.ref)
  if (push === undefined || branch === null) return null
  return headIn(push.repository, { branch, commit: push.after })
}

function ofPull(pull: z.infer<typeof Pull> | undefined): Head | null {
  if (pull === undefined) return null
  const { head, number } = pull.pull_request
  // The repository that it comes from may be gone; then nobody knows whose it was.
  const isFork = head.repo?.full_name !== pull.repository.full_name
  return headIn(pull.repository, {
    branch: isFork ? forkBranch(number) : head.ref,
    commit: head.sha,
    pullRequests: [number],
    isFork,
  })
}

/** Of a stranger's pull request GitHub names no branch here; its own event tells of it. */
function ofSuite(told: z.infer<typeof Suite> | undefined): Head | null {
  if (told === undefined) return null
  const { action, check_suite: suite, repository } = told
  return headIn(repository, {
    branch: suite.head_branch,
    commit: suite.head_sha,
    pullRequests: suite.pull_requests.slice(0, pullRequestsMax).map(({ number }) => number),
    run: action === 'rerequested' ? `${suite.id} ${suite.updated_at}` : '',
  })
}

function headIn(
  repository: Repository,
  told: Pick<Head, 'branch' | 'commit'> & Partial<Head>,
): Head | null {
  const place = placeOf(repository.full_name)
  if (place === null) return null
  return {
    pullRequests: [],
    isFork: false,
    run: '',
    isPrivate: repository.private,
    isDefaultBranch: told.branch === repository.default_branch,
    ...told,
    ...place,
  }
}
