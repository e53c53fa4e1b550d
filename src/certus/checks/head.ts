// What any code host tells of: a commit at the head of a branch or of a pull request.
import { z } from 'zod'

export interface Head {
  owner: string
  name: string
  commit: string
  /** `pull/<number>/head` for what a stranger wants to be taken over. */
  branch: string
  isDefaultBranch: boolean
  pullRequests: readonly number[]
  isFork: boolean
  isPrivate: boolean
  /** What sets a run that somebody asked for apart from the first; empty for that one. */
  run: string
}

/** A pull request shows in so many places at most. */
export const pullRequestsMax = 10

/** Of a commit that is there: a deleted branch has only zeros. */
export const CommitHash = z.string().regex(/^(?!0{40}$)[0-9a-f]{40}$/)
export const BranchName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^\P{Cc}+$/u)
export const PullNumber = z.int().min(1).max(2_147_483_647)

const segment = /^(?!\.{1,2}$)[\w.-]{1,100}$/

/** `owner/name`, where groups may stand in groups. Null where no repository is called so. */
export function placeOf(path: string): { owner: string; name: string } | null {
  const parts = path.split('/')
  const name = parts.pop() ?? ''
  const fits = parts.length > 0 && path.length <= 400
  if (!fits || ![...parts, name].every((part) => segment.test(part))) return null
  return { owner: parts.join('/'), name }
}

/** The branch of `refs/heads/<branch>`; null for tags and the rest. */
export function branchOf(reference: string): string | null {
  const name = /^refs\/heads\/(.+)$/.exec(reference)?.[1]
  return BranchName.safeParse(name).data ?? null
}

/** How a stranger's pull request is called among the branches. */
export function forkBranch(pullRequest: number): string {
  return `pull/${pullRequest}/head`
}
