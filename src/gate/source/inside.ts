// Paths of a folder that lies below the top of its repository. Scanners see them from the top, so
// that a finding is the same finding whether the folder is scanned or all of the repository; people
// see them from the folder that they asked for.
import { realpathSync } from 'node:fs'
import type { Finding } from '../scanner/finding.ts'
import type { FileResult } from '../scanner/scanner.ts'
import { locateRepository } from './git/locate.ts'
import { prefixOf } from './inherited.ts'

export interface Top {
  /** The top of the repository; the folder itself where it is in none. */
  folder: string
  /** From there to the folder: `''`, or `services/shop/`. */
  prefix: string
}

/** `folder` is a real path, without links. */
export function topOf(folder: string): Top {
  const located = locateRepository(folder)
  if (located === null) return { folder, prefix: '' }
  const top = realpathSync(located.top)
  return { folder: top, prefix: prefixOf(top, folder) }
}

/** What was found by paths from the top, by paths from the folder at `prefix`. */
export function insideOf(result: FileResult, prefix: string): FileResult {
  if (prefix === '') return result
  const { packages, shared } = result
  return {
    ...result,
    path: without(prefix, result.path),
    ...reportedInside(result, prefix),
    ...(shared !== undefined && { shared: reportedInside(shared, prefix) }),
    ...(packages !== undefined && {
      packages: packages.map((one) => {
        return { ...one, place: { ...one.place, path: without(prefix, one.place.path) } }
      }),
    }),
  }
}

type Reported = Pick<FileResult, 'findings' | 'suppressed'>

function reportedInside({ findings, suppressed }: Reported, prefix: string): Reported {
  return {
    findings: findings.map((finding) => findingInside(finding, prefix)),
    suppressed: suppressed.map((one) => {
      return { ...one, finding: findingInside(one.finding, prefix) }
    }),
  }
}

function findingInside(finding: Finding, prefix: string): Finding {
  const { location, steps } = finding
  return {
    ...finding,
    location: location && { ...location, path: without(prefix, location.path) },
    steps: steps.map((step) => ({ ...step, path: without(prefix, step.path) })),
  }
}

export const without = (prefix: string, path: string): string =>
  path.startsWith(prefix) ? path.slice(prefix.length) : path
