// Bitbucket's deliveries, read leniently. One push may change several branches.
import { z } from 'zod'
import { BranchName, CommitHash, type Head, PullNumber, placeOf } from '../checks/head.ts'

const Repository = z.object({
  full_name: z.string(),
  is_private: z.boolean().default(true),
  mainbranch: z.object({ name: z.string() }).nullish(),
})

const Change = z.object({
  new: z.object({
    type: z.literal('branch'),
    name: BranchName,
    target: z.object({ hash: CommitHash }),
  }),
})

const Push = z.object({
  push: z.object({ changes: z.array(z.unknown()) }),
  repository: Repository,
})

const Pull = z.object({
  pullrequest: z.object({
    id: PullNumber,
    source: z.object({
      // Bitbucket shortens it here.
      commit: z.object({ hash: z.string().regex(/^[0-9a-f]{12,40}$/) }),
      branch: z.object({ name: BranchName }),
      repository: z.object({ full_name: z.string() }).nullish(),
    }),
  }),
  repository: Repository,
})

/** Bitbucket sends at most five changes of a push in full. */
const changesMax = 20

export function headsOf(event: string, payload: unknown): Head[] {
  if (event === 'repo:push') return ofPush(Push.safeParse(payload).data)
  if (!['pullrequest:created', 'pullrequest:updated'].includes(event)) return []
  const pull = Pull.safeParse(payload).data
  if (pull === undefined) return []
  const { id, source } = pull.pullrequest
  // A fork's commits are not in this repository, and nobody here may read the other one.
  if (source.repository?.full_name !== pull.repository.full_name) return []
  const commit = CommitHash.safeParse(source.commit.hash).data
  if (commit === undefined) return []
  return headIn(pull.repository, { branch: source.branch.name, commit, pullRequests: [id] })
}

function ofPush(told: z.infer<typeof Push> | undefined): Head[] {
  return (told?.push.changes ?? []).slice(0, changesMax).flatMap((change) => {
    const moved = Change.safeParse(change).data?.new
    if (told === undefined || moved === undefined) return []
    return headIn(told.repository, { branch: moved.name, commit: moved.target.hash })
  })
}

function headIn(
  repository: z.infer<typeof Repository>,
  told: Pick<Head, 'branch' | 'commit'> & Partial<Head>,
): Head[] {
  const place = placeOf(repository.full_name)
  if (place === null) return []
  const head = {
    pullRequests: [],
    isFork: false,
    run: '',
    isPrivate: repository.is_private,
    isDefaultBranch: told.branch === repository.mainbranch?.name,
    ...told,
    ...place,
  }
  return [head]
}
