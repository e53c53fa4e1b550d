// From a CVSS score to the severity that people speak of.
import type { Severity } from '../scanner/finding.ts'

/** The bands of CVSS 3 and 4. Null where there is no score, or 0, or one that cannot be. */
export function severityOfScore(score: number | null): Severity | null {
  if (score === null || score <= 0 || score > 10) return null
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  return score >= 4 ? 'medium' : 'low'
}
