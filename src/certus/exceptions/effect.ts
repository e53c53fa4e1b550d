// What a pack would come to if the findings whose risk is accepted counted nothing. It is shown
// beside what the pack comes to, and never in its place.
import type { Submission } from '../packs/schema.ts'
import { severities } from '../seal/grade/score.ts'
import { type ComputedGrade, computedOf } from '../seal/grade/submission.ts'
import type { Exception } from './schema.ts'

export interface Effect extends Pick<ComputedGrade, 'grade' | 'score'> {
  /** Findings of the pack that count nothing here. */
  accepted: number
}

/** @param exceptions in force */
export function effectOf(submission: Submission, exceptions: readonly Exception[]): Effect {
  const left = leftOf(submission, exceptions)
  const { grade, score } = computedOf({ ...submission, findings: left })
  return { grade, score, accepted: submission.findings.length - left.length }
}

/** The findings that count on. */
export function leftOf(
  { findings, repo_slug }: Pick<Submission, 'findings' | 'repo_slug'>,
  exceptions: readonly Exception[],
): Submission['findings'] {
  const own = exceptions.filter(({ repository }) => repository === repo_slug)
  const isAccepted = acceptedBy(own)
  return findings.filter((finding) => !isAccepted(finding))
}

type Named = Pick<Submission['findings'][number], 'id' | 'fingerprint' | 'severity'>

/** Two people agreed to a risk as it was: of one that has become worse they know nothing. */
export function acceptedBy(
  exceptions: readonly Pick<Exception, 'finding' | 'about'>[],
): (finding: Named) => boolean {
  const ranks = new Map<string | undefined, number>(
    exceptions.map(({ finding, about }) => [finding, severities.indexOf(about.severity)]),
  )
  return (finding) => {
    const rank = ranks.get(identityOf(finding))
    return rank !== undefined && severities.indexOf(finding.severity) >= rank
  }
}

/** How exceptions name a finding. */
export function identityOf(finding: { id?: string | undefined; fingerprint?: string | undefined }) {
  return finding.fingerprint ?? finding.id
}
