// The cheapest way to a grade: which findings to mend so that the fewest are touched.
import {
  bands,
  capOfOne,
  debtAllowed,
  debtOf,
  type Grade,
  isAtLeast,
  type Weighed,
} from './score.ts'

export interface Way<Finding> {
  /** In the order in which they help most. */
  mend: Finding[]
  /** What is left is at or below what the grade allows. */
  debtAfter: number
  debtAllowed: number
}

/**
 * First what forbids the grade whatever the score, then the heaviest: no other choice of as few
 * findings leaves less debt. Controls are not counted; where they hold the score down, mending
 * findings alone does not reach the grade.
 */
export function wayTo<Finding extends Weighed>(
  wanted: Grade,
  findings: readonly Finding[],
): Way<Finding> {
  const allowed = bands[wanted] === 0 ? Number.POSITIVE_INFINITY : debtAllowed(bands[wanted])
  const heaviestFirst = [...findings]
    .filter((finding) => debtOf(finding) > 0)
    .sort((a, b) => debtOf(b) - debtOf(a))
  const forbidding = heaviestFirst.filter((finding) => !isAtLeast(capOfOne(finding), wanted))
  const others = heaviestFirst.filter((finding) => isAtLeast(capOfOne(finding), wanted))
  let debtAfter = others.reduce((sum, finding) => sum + debtOf(finding), 0)
  const mend = [...forbidding]
  for (const finding of others) {
    if (debtAfter <= allowed) break
    mend.push(finding)
    debtAfter -= debtOf(finding)
  }
  return { mend, debtAfter, debtAllowed: allowed }
}
