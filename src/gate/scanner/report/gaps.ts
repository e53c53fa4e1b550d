// What a scan did not look at, in the same words for every format: where it says nothing, silence
// must not be taken for an answer.
import type { SelectedAdvisories } from '../dependencies/advisories/selection.ts'
import { isolate } from './layout.ts'

export interface Gap {
  /**
   * - `cut`: a limit or a failure ended the look at a file, or at all of them.
   * - `no-advisories`: packages were compared with nothing.
   * - `few-advisories`: packages were compared only with what comes with Panthera.
   * - `no-version`: nothing says which version of a package is used.
   * - `left-out`: files that were left out on purpose; only counted.
   */
  kind: GapKind
  /** The file, or the folder with `/` at its end; null for the scan as a whole. */
  path: string | null
  /** Without a full stop. */
  text: string
}

export type GapKind = 'cut' | 'no-advisories' | 'few-advisories' | 'no-version' | 'left-out'

/** What is known of a scan, as a scan tells it or a server keeps it. */
export interface Looked {
  coverage: { skipped: Readonly<Record<string, number>>; complete: boolean }
  shortfalls: readonly { path: string | null; reason: string }[]
  /** Ecosystems without advisories, and how many packages have no version. */
  uncovered: readonly string[]
  unresolved: number
  /** Ecosystems of which only the selection that comes along is known. */
  selected?: SelectedAdvisories | null
}

/** The gravest first; at most some thousand. */
export function gapsOf(looked: Looked): Gap[] {
  const { coverage, shortfalls, uncovered, unresolved, selected = null } = looked
  const cuts = shortfalls.map(({ path, reason }): Gap => ({ kind: 'cut', path, text: reason }))
  const untold: Gap[] =
    coverage.complete || cuts.length > 0 ? [] : [{ kind: 'cut', path: null, text: incomplete }]
  const advisories: Gap[] =
    uncovered.length === 0
      ? []
      : [
          {
            kind: 'no-advisories',
            path: null,
            text: `there are no advisories for ${uncovered.join(', ')}: packages were not compared`,
          },
        ]
  const few: Gap[] =
    selected === null ? [] : [{ kind: 'few-advisories', path: null, text: selectionLine(selected) }]
  const versions: Gap[] =
    unresolved === 0
      ? []
      : [
          {
            kind: 'no-version',
            path: null,
            text: `${packages(unresolved)} not compared: no lock file tells the version`,
          },
        ]
  const left = Object.entries(coverage.skipped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]): Gap => {
      return { kind: 'left-out', path: null, text: `${count} left out: ${reason}` }
    })
  return [...untold, ...cuts, ...advisories, ...few, ...versions, ...left]
}

/** What the comparison with the selection alone is worth, and how to get the rest. */
export function selectionLine({ ecosystems, vulnerabilities, date }: SelectedAdvisories): string {
  const count = vulnerabilities.toLocaleString('en-US')
  return (
    `packages of ${ecosystems.join(', ')} were compared with the bundled ${count} widely ` +
    `published vulnerabilities${date === null ? '' : `, as of ${date}`}, alone: import a full ` +
    'database for complete results: panthera advisories update --from <zip, folder or URL>'
  )
}

const incomplete = 'a limit or a failure cut the scan short'
const packages = (count: number) =>
  count === 1 ? '1 package was' : `${count.toLocaleString('en-US')} packages were`

/** Those that may hide something; what was left out on purpose is told, but warns nobody. */
export const warnings = (gaps: readonly Gap[]): Gap[] =>
  gaps.filter(({ kind }) => kind !== 'left-out')

/** One line. */
export function gapLine({ path, text }: Gap): string {
  return isolate(path === null ? text : `${path}: ${text}`)
}
