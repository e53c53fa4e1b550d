// A severity out of a CVSS vector of any version, by our own computation: databases round, mix
// versions and sometimes state a score that does not belong to their vector.
import type { Severity } from '../../../finding.ts'
import { scoreV2 } from './v2.ts'
import { scoreV3 } from './v3.ts'
import { scoreV4 } from './v4.ts'

export interface CvssScore {
  /** `4.0`, `3.1`, `3.0` or `2.0`. */
  version: string
  /** From 0 to 10, with one decimal. */
  score: number
}

/** null for a text that is no vector of CVSS 2.0, 3.0, 3.1 or 4.0. */
export function scoreVector(vector: string): CvssScore | null {
  const text = vector.trim().replace(/\/$/, '')
  if (text.length > vectorCharsMax) return null
  const [, version, metrics] = /^CVSS:([234]\.[01])\/(.*)$/.exec(text) ?? [text, '2.0', text]
  const score = scoreMetrics(version ?? '', metrics ?? '')
  return score === null ? null : { version: version ?? '', score }
}

const vectorCharsMax = 400

function scoreMetrics(version: string, metrics: string): number | null {
  if (version === '4.0') return scoreV4(metrics)
  if (version === '3.1' || version === '3.0') return scoreV3(metrics)
  return version === '2.0' ? scoreV2(metrics) : null
}

/** The qualitative scale of versions 3 and 4; version 2 knew no critical. null for none (0.0). */
export function severityOfScore({ version, score }: CvssScore): Severity | null {
  if (score <= 0) return null
  if (score < 4) return 'low'
  if (score < 7) return 'medium'
  return score < 9 || version === '2.0' ? 'high' : 'critical'
}
