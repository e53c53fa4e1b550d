// What a submission comes to, whatever it claims.
import {
  formulaVersion,
  type Grade,
  type Severity,
  scoreOf,
  severities,
  type TestedControl,
} from './score.ts'

export interface Graded {
  findings: readonly { severity: Severity }[]
  control_results: readonly { status: 'pass' | 'fail' | 'partial' | 'not_tested' }[]
}

export interface ComputedGrade {
  grade: Grade
  score: number
  findings_score: number
  /** Null where no control was tested. */
  controls_score: number | null
  debt: number
  formula_version: number
}

export function computedOf({ findings, control_results }: Graded): ComputedGrade {
  // Only the severity counts: what else a client says of a finding could make it lighter.
  const weighed = findings.map(({ severity }) => ({ severity }))
  const result = scoreOf(weighed, control_results.flatMap(tested))
  return {
    grade: result.grade,
    score: result.score,
    findings_score: result.findings,
    controls_score: result.controls,
    debt: result.debt,
    formula_version: formulaVersion,
  }
}

export function countsOf({ findings }: Pick<Graded, 'findings'>): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
  for (const { severity } of findings) counts[severity] += 1
  return counts
}

export function totalOf(counts: Record<Severity, number>): number {
  return severities.reduce((sum, severity) => sum + counts[severity], 0)
}

const parts = { pass: 1, partial: 0.5, fail: 0 }

function tested({ status }: Graded['control_results'][number]): TestedControl[] {
  return status === 'not_tested' ? [] : [{ weight: 1, passed: parts[status] }]
}
