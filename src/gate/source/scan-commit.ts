// Scans one commit of a repository that was cloned, without checking it out.
import { Collector } from './collect.ts'
import { BlobReader } from './git/blobs.ts'
import { type Git, prepareGit } from './git/environment.ts'
import { listTree, type TreeListing } from './git/tree.ts'
import type { ScanOptions } from './options.ts'
import { outcomeOf, type ScanOutcome } from './outcome.ts'
import { readProjectOf, settled } from './project.ts'
import { scanFiles } from './scan-files.ts'
import { scanHistory } from './scan-history.ts'
import { membersOf, scanUnits, type UnitMember } from './scan-units.ts'
import { withSession } from './session.ts'

export interface CommitScan extends ScanOptions {
  gitDir: string
  commit: string
  /** A folder of the scan's own, for git's configuration and home. */
  scratchDir: string
}

/**
 * @throws {GitFailed} when the commit cannot be read; {RuleError} when a rule is wrong; the
 * signal's reason after an abort.
 */
export async function scanCommit(options: CommitScan): Promise<ScanOutcome> {
  const startedAt = performance.now()
  const { gitDir, commit, signal } = options
  const git = await prepareGit(options.scratchDir)
  return withSession(options, async (session) => {
    const { limits, pool, tree } = session
    const collector = new Collector(limits.findingsMax)
    const ignore = options.ignore ?? true
    const listing = await listTree(git, { gitDir, commit, limits, ignore, signal })
    for (const { path, reason } of listing.skipped) collector.skip(path, reason)
    const project = await projectOf(git, listing, options)
    const reader = new BlobReader(git, { gitDir, blobBytesMax: limits.manifestBytesMax, signal })
    try {
      const load = (blobs: readonly string[]) => reader.readAll(blobs)
      const { files } = listing
      const group = { pool, scanner: tree, files, root: null, load, limits, signal }
      const members: UnitMember[] = []
      let done = 0
      for await (const scanned of scanFiles({ ...group, name: false })) {
        collector.add(scanned.result, scanned.bytes)
        members.push(...membersOf(scanned))
        const total = files.length
        options.onProgress?.({ stage: 'scanning', files_done: ++done, files_total: total })
      }
      for await (const { result, files } of scanUnits(members, group)) {
        collector.addUnit(result, files)
      }
    } finally {
      reader.close()
    }
    const history = options.history
      ? await scanHistory(session, collector, {
          git,
          gitDir,
          scanned: new Set(listing.files.map(({ blob }) => blob)),
          excludes: listing.excludes,
          place: (path) => path,
        })
      : null
    const outcome = await outcomeOf(session, collector, { history, startedAt })
    return project === null ? outcome : settled(outcome, { ...project, whole: true })
  })
}

async function projectOf(git: Git, { files }: TreeListing, options: CommitScan) {
  const { project, gitDir, signal } = options
  if (project === undefined) return readProjectOf(git, files, { gitDir, signal })
  return project === null ? null : { word: project }
}
