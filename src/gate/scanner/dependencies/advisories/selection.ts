// The selection of widely published vulnerabilities that comes with the package: what a scan knows
// before anybody has imported a database, and what of it counts once somebody has.
import type { Ecosystem } from '../package.ts'
import type { IndexDescription } from './index-file.ts'

export const selectionSource = 'Panthera'

/** Packages of these ecosystems were compared with the selection alone. */
export interface SelectedAdvisories {
  ecosystems: readonly Ecosystem[]
  /** How many vulnerabilities the selection holds of these ecosystems. */
  vulnerabilities: number
  /** The day as of which it was made, `2026-01-31`. */
  date: string | null
}

export function isSelection({ sources }: IndexDescription): boolean {
  return sources.length > 0 && sources.every(({ name }) => name === selectionSource)
}

/** null where none of the ecosystems has the selection alone. */
export function selectedAlone(
  ecosystems: readonly Ecosystem[],
  describe: (ecosystem: Ecosystem) => readonly IndexDescription[],
): SelectedAdvisories | null {
  const alone = ecosystems.flatMap((ecosystem) => {
    const indexes = describe(ecosystem)
    return indexes.length > 0 && indexes.every(isSelection) ? indexes.slice(0, 1) : []
  })
  if (alone.length === 0) return null
  return {
    ecosystems: alone.map(({ ecosystem }) => ecosystem),
    vulnerabilities: alone.reduce((sum, { vulnerabilities }) => sum + vulnerabilities, 0),
    date: alone.flatMap(({ date }) => date ?? []).sort()[0] ?? null,
  }
}
