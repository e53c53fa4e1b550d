// What is kept of a submission beside its content: enough to list, filter and show packs without
// reading through them. All of it follows from the content, and can be made again from it.
import { computedOf, countsOf } from '../seal/grade/submission.ts'
import type { Computed, ControlCounts, ControlResult, Counts, Submission } from './schema.ts'
import { type Weaknesses, weaknessesOf } from './weaknesses.ts'

export interface Facts {
  id: string
  repository: string
  branch: string
  commit: string
  pull_request: number | null
  /** RFC 3339 in UTC. */
  scanned_at: string | null
  claimed_grade: Computed['grade']
  claimed_score: number
  computed: Computed
  /** Of `computed`, once more: what a list is filtered by. */
  grade: Computed['grade']
  severities: Counts
  controls: ControlCounts
  /** Sorted. */
  frameworks: string[]
  weaknesses: Weaknesses
  control_results: ControlResult[]
}

export function factsOf(submission: Submission): Facts {
  const { control_results } = submission
  const computed = computedOf(submission)
  const controls = { pass: 0, fail: 0, partial: 0, not_tested: 0 }
  for (const { status } of control_results) controls[status] += 1
  return {
    id: submission.evidence_pack_id,
    repository: submission.repo_slug,
    branch: submission.branch,
    commit: submission.commit_hash,
    pull_request: submission.pull_request ?? null,
    scanned_at: submission.scanned_at ?? null,
    claimed_grade: submission.grade,
    claimed_score: submission.score,
    computed,
    grade: computed.grade,
    severities: countsOf(submission),
    controls,
    frameworks: [...new Set(control_results.map(({ framework }) => framework))].sort(),
    weaknesses: weaknessesOf(submission),
    control_results,
  }
}
