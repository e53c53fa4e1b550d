// What was found and set aside: by whom, where that is written, and for which reason.
import type { Finding } from './finding.ts'

export const suppressors = ['comment', 'inherited', 'config'] as const
export type Suppressor = (typeof suppressors)[number]

/** A finding that somebody accepted. */
export interface Suppressed {
  finding: Finding
  /** Our own comment, a mark that was made for another tool, or the project's settings. */
  by: Suppressor
  /** What says so: `panthera-ignore`, `nosemgrep`, `.trivyignore`, `panthera.yaml`. */
  source: string
  /** Null where none is given. */
  reason: string | null
  /** Where it is written, if not on the finding's line. */
  line?: number
  /** The last day on which it counts, `2026-01-31`; it is for `settle`, which knows the day. */
  expires?: string
}

/** Whether it stands in the code, beside what it accepts, and not in a file of its own. */
export function isInSource({ by, source }: Suppressed): boolean {
  return (
    by === 'comment' || (by === 'inherited' && !/\.(?:\w+)?ignore\b|\.ya?ml$|\.toml$/.test(source))
  )
}

/** How many there are of each kind, for coverage. */
export type Verdict =
  | ({ kind: 'suppressed' } & Omit<Suppressed, 'finding'>)
  /** The note tells why a comment that was meant for it does not count. */
  | { kind: 'kept'; note: string | null }
