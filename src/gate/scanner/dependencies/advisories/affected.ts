// Whether a version is affected, where databases disagree.
//
// A version is affected where any database says so: missing one is worse than asking once more. But
// databases often leave a range open because they do not know the fix. An open range of one
// therefore ends where another, which does not take the version for affected, knows a fix for it.
import type { VersionOrder } from '../versions/total-order.ts'
import type { Statement, Vulnerability } from './advisory.ts'
import { contains, type VersionRange } from './version-range.ts'

export interface Affected {
  /** The statement that holds, of the most preferred database among those that say so. */
  statement: Statement
  range: VersionRange
  /** Versions that mend it, above the given one, ascending. */
  fixedVersions: string[]
}

/** null where the version is not affected. `version` must be valid in the ecosystem. */
export function findAffected(
  { statements }: Vulnerability,
  version: string,
  order: VersionOrder,
): Affected | null {
  const open: { statement: Statement; range: VersionRange }[] = []
  for (const statement of statements) {
    const holding = statement.affected.filter((range) => contains(range, version, order))
    const bounded = holding.find(({ to }) => to !== null)
    if (bounded !== undefined) {
      const fixedVersions = fixesAbove(statements, version, order)
      return { statement, range: bounded, fixedVersions }
    }
    for (const range of holding.slice(0, 1)) open.push({ statement, range })
  }
  const [first] = open
  if (first === undefined || isMended(statements, version, order)) return null
  return { ...first, fixedVersions: fixesAbove(statements, version, order) }
}

/** Called where no bounded range holds the version, only open ones. */
function isMended(statements: readonly Statement[], version: string, order: VersionOrder): boolean {
  return statements.some(
    ({ affected }) =>
      !affected.some((range) => contains(range, version, order)) &&
      affected.some(({ to, end }) => {
        return to !== null && end === 'fixed' && order.compare(to, version) <= 0
      }),
  )
}

function fixesAbove(
  statements: readonly Statement[],
  version: string,
  order: VersionOrder,
): string[] {
  const ranges = statements.flatMap(({ affected }) => affected)
  const fixes = ranges.flatMap(({ to, end }) => (end === 'fixed' && to !== null ? [to] : []))
  const above = fixes.filter((fix) => order.isValid(fix) && order.compare(fix, version) > 0)
  // A fix of one database may be affected according to another.
  const clean = above.filter((fix) => !isAffected(statements, fix, order))
  const sorted = (clean.length > 0 ? clean : above).sort((a, b) => order.compare(a, b))
  return sorted.filter((fix, at) => at === 0 || order.compare(fix, sorted[at - 1] ?? '') !== 0)
}

function isAffected(
  statements: readonly Statement[],
  version: string,
  order: VersionOrder,
): boolean {
  return statements.some(({ affected }) =>
    affected.some((range) => range.to !== null && contains(range, version, order)),
  )
}
