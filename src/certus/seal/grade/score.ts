// The score of findings and of controls, and the grade that follows: one formula, frozen by its
// version with every pack, in which each finding costs a part that can be named.

export const formulaVersion = 1

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof severities)[number]

/** The best first. */
export const grades = ['A', 'B', 'C', 'D', 'E', 'F'] as const
export type Grade = (typeof grades)[number]

/** What of a finding counts. */
export interface Weighed {
  severity: Severity
  /** In CISA's catalogue of exploited vulnerabilities. */
  exploited?: boolean
  /** EPSS: the probability of exploitation within 30 days, 0 to 1. */
  exploitation?: number
  /** Only ever by proof. */
  unreachable?: boolean
  /** A false positive, or a risk that is accepted and whose acceptance has not run out. */
  setAside?: boolean
}

export interface TestedControl {
  /** Above 0. */
  weight: number
  /** The part of it that holds, 0 to 1. */
  passed: number
}

export interface Score {
  grade: Grade
  /** 0 to 100: the lesser of the two below. */
  score: number
  /** Of the findings alone, 0 to 100. */
  findings: number
  /** Of the controls that were tested, 0 to 100; null where none was. */
  controls: number | null
  /** W of the formula. */
  debt: number
}

const severityWeights: Record<Severity, number> = {
  critical: 60,
  high: 15,
  medium: 4,
  low: 1,
  info: 0,
}
const exploitedFactor = 2
const likelyFactor = 1.5
const likelyFrom = 0.5
const unreachableFactor = 0.5
/** A debt of as much halves the score. */
const halfDebt = 60

/** The least score of each grade. */
export const bands: Record<Grade, number> = { A: 90, B: 75, C: 60, D: 45, E: 30, F: 0 }
/** However good the score: the best grade while one finding of the severity is open. */
const caps: Partial<Record<Severity, Grade>> = { critical: 'D', high: 'B' }

/** The finding's part of the debt. More exploitable or worse is never less. */
export function debtOf(finding: Weighed): number {
  if (finding.setAside === true) return 0
  const likely = (finding.exploitation ?? 0) >= likelyFrom ? likelyFactor : 1
  const factor = finding.exploited === true ? exploitedFactor : likely
  const reach = finding.unreachable === true ? unreachableFactor : 1
  return severityWeights[finding.severity] * factor * reach
}

/** `floor(100 · 60 / (60 + W))`, where W adds up the findings' debts. */
export function scoreOf(
  findings: readonly Weighed[],
  controls: readonly TestedControl[] = [],
): Score {
  const debt = findings.reduce((sum, finding) => sum + debtOf(finding), 0)
  const byFindings = Math.floor((100 * halfDebt) / (halfDebt + debt))
  const byControls = controlsScore(controls)
  const score = Math.min(byFindings, byControls ?? 100)
  const grade = worse(gradeOf(score), capOf(findings))
  return { grade, score, findings: byFindings, controls: byControls, debt }
}

/** The most debt with which findings still reach the score. */
export function debtAllowed(score: number): number {
  return (100 * halfDebt) / score - halfDebt
}

export function gradeOf(score: number): Grade {
  return grades.find((grade) => score >= bands[grade]) ?? 'F'
}

/** The best grade that the open findings allow. */
export function capOf(findings: readonly Weighed[]): Grade {
  return findings.map(capOfOne).reduce(worse, 'A')
}

/** The best grade beside this finding. */
export function capOfOne({ severity, setAside }: Weighed): Grade {
  return setAside === true ? 'A' : (caps[severity] ?? 'A')
}

export function isAtLeast(grade: Grade, wanted: Grade): boolean {
  return grades.indexOf(grade) <= grades.indexOf(wanted)
}

function worse(a: Grade, b: Grade): Grade {
  return isAtLeast(a, b) ? b : a
}

/** Untested controls are in neither sum: they are told as coverage and never as passed. */
function controlsScore(controls: readonly TestedControl[]): number | null {
  if (controls.length === 0) return null
  const all = controls.reduce((sum, { weight }) => sum + weight, 0)
  const passed = controls.reduce((sum, { passed, weight }) => sum + passed * weight, 0)
  return Math.floor((100 * passed) / all)
}
